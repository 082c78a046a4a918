package dev.banyan.compare;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Leg.Failure;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Side;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.config.CharCodingConfig;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/// Asks a side over HTTP/1.1, with or without TLS.
///
/// The target goes out byte for byte, behind the path of the base URL; headers keep their order and
/// case ([WireRequest]). Nothing is followed, remembered, decompressed or asked twice, but for one
/// case: a safe request on a kept connection that the side had closed already is sent again on a
/// new one. Every other request has a new connection, so that this never happens to a write.
///
/// Connecting and each read end after the timeout, and the answer as a whole with the first read of
/// its body that returns later. A side that sends its head byte by byte can hold the thread for
/// longer; interrupting a virtual thread ends it. May be used from several threads.
public final class HttpAsking implements Asking, AutoCloseable {

  private static final Http1Config BOUNDS =
      Http1Config.custom().setMaxLineLength(64 << 10).setMaxHeaderCount(1_000).build();

  private static final TimeValue KEPT = TimeValue.ofSeconds(30);

  private final Side side;
  private final WireRequest wire;
  private final Duration timeout;
  private final int bodyLimit;
  private final LongSupplier nanos;
  private final HttpRoute route;
  private final HttpRequestExecutor executor = new HttpRequestExecutor();
  private final PoolingHttpClientConnectionManager connections =
      PoolingHttpClientConnectionManagerBuilder.create()
          .setConnectionFactory(
              ManagedHttpClientConnectionFactory.builder()
                  .http1Config(BOUNDS)
                  // one character for each byte, both ways: nothing is lost
                  .charCodingConfig(
                      CharCodingConfig.custom().setCharset(StandardCharsets.ISO_8859_1).build())
                  // the client's own parser passes over broken lines; here they are a finding
                  .responseParserFactory(new DefaultHttpResponseParserFactory(BOUNDS))
                  .build())
          .build();

  private HttpAsking(
      Side side,
      WireRequest wire,
      HttpHost host,
      Duration timeout,
      int bodyLimit,
      LongSupplier nanos) {
    this.side = side;
    this.wire = wire;
    this.timeout = timeout;
    this.bodyLimit = bodyLimit;
    this.nanos = nanos;
    this.route = new HttpRoute(host, null, host.getSchemeName().equals("https"));
  }

  /// @param base of the side, without user and password; a path in it is put before every target
  /// @param added set on every request, in place of recorded ones of the same name
  /// @param timeout for one answer as a whole
  /// @param bodyLimit bytes of an answer's body; one more is read, then the connection is dropped
  /// @param nanos a monotonic clock
  /// @throws IllegalArgumentException if the URL is not an `http` or `https` one with a host and no
  ///   user
  public static HttpAsking of(
      URI base, Side side, Headers added, Duration timeout, int bodyLimit, LongSupplier nanos) {
    String scheme = base.getScheme() == null ? "" : base.getScheme().toLowerCase(Locale.ROOT);
    if (base.getRawUserInfo() != null) {
      throw new IllegalArgumentException("a base URL with a user in it; use a header");
    }
    if (base.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException(base + " is no http or https URL with a host");
    }
    int ownPort = scheme.equals("https") ? 443 : 80;
    int port = base.getPort() > 0 ? base.getPort() : ownPort;
    HttpHost host = new HttpHost(scheme, base.getHost(), port);
    return new HttpAsking(side, new WireRequest(base, added), host, timeout, bodyLimit, nanos);
  }

  @Override
  public void close() {
    connections.close(CloseMode.IMMEDIATE);
  }

  @Override
  public Leg ask(Request request) {
    long began = nanos.getAsLong();
    boolean safe = Endpoint.isRead(request.method());
    if (!safe) {
      connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
    }
    Attempt first = new Attempt(began);
    Leg leg = first.ask(request);
    boolean closedBefore =
        leg instanceof Leg.Failed failed
            && failed.failure() == Failure.RESET
            && first.reused
            && !first.answered;
    if (safe && closedBefore) {
      connections.closeIdle(TimeValue.ZERO_MILLISECONDS);
      return new Attempt(began).ask(request);
    }
    return leg;
  }

  /// One request on one connection.
  private final class Attempt {
    private final long began;
    private boolean reused;
    private boolean connected;
    private boolean answered;

    Attempt(long began) {
      this.began = began;
    }

    Leg ask(Request request) {
      ConnectionEndpoint endpoint = null;
      try {
        Timeout most = Timeout.ofMilliseconds(timeout.toMillis());
        var message = wire.of(request);
        endpoint = connections.lease("ask", route, most, null).get(most);
        HttpClientContext context = HttpClientContext.create();
        reused = endpoint.isConnected();
        if (!reused) {
          connections.connect(endpoint, most, context);
        }
        connected = true;
        endpoint.setSocketTimeout(most);
        ClassicHttpResponse answer = endpoint.execute("ask", message, executor::execute, context);
        answered = true;
        return answered(request, endpoint, answer);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return failed(endpoint, Failure.TIMEOUT, e);
      } catch (TimeoutException e) {
        return failed(endpoint, Failure.TIMEOUT, e);
      } catch (IOException e) {
        return failed(endpoint, connected ? kind(e) : Failure.CONNECT, e);
      } catch (HttpException | ExecutionException | IllegalArgumentException e) {
        return failed(endpoint, Failure.PROTOCOL, e);
      }
    }

    private Leg answered(Request request, ConnectionEndpoint endpoint, ClassicHttpResponse answer)
        throws IOException {
      List<Headers.Field> fields = new ArrayList<>();
      for (Header header : answer.getHeaders()) {
        if (!WireRequest.HOP.contains(header.getName().toLowerCase(Locale.ROOT))) {
          fields.add(new Headers.Field(header.getName(), header.getValue()));
        }
      }
      byte[] body = body(answer.getEntity());
      // what a side sends behind the answer to a HEAD request would be taken for the next answer
      boolean keep =
          body.length <= bodyLimit && keepsAlive(answer) && !request.method().equals("HEAD");
      if (!keep) {
        endpoint.close(CloseMode.IMMEDIATE);
      }
      connections.release(endpoint, null, keep ? KEPT : TimeValue.ZERO_MILLISECONDS);
      return new Leg.Answered(
          side, new Response(answer.getCode(), new Headers(fields), Body.of(body)), took());
    }

    private byte[] body(@Nullable HttpEntity entity) throws IOException {
      if (entity == null) {
        return new byte[0];
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      byte[] piece = new byte[16 << 10];
      // never closed: that would read an endless answer to its end
      InputStream content = entity.getContent();
      while (body.size() <= bodyLimit) {
        int n = content.read(piece, 0, Math.min(piece.length, bodyLimit + 1 - body.size()));
        if (n < 0) {
          break;
        }
        body.write(piece, 0, n);
        if (took().compareTo(timeout) > 0) {
          throw new SocketTimeoutException("the answer did not end in time");
        }
      }
      return body.toByteArray();
    }

    private Leg failed(@Nullable ConnectionEndpoint endpoint, Failure failure, Exception e) {
      if (endpoint != null) {
        endpoint.close(CloseMode.IMMEDIATE);
        connections.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
      }
      String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      return new Leg.Failed(side, failure, said, took());
    }

    private Duration took() {
      return Duration.ofNanos(nanos.getAsLong() - began);
    }
  }

  private static boolean keepsAlive(ClassicHttpResponse answer) {
    Header connection = answer.getLastHeader("connection");
    String said = connection == null ? "" : connection.getValue().toLowerCase(Locale.ROOT);
    HttpEntity entity = answer.getEntity();
    boolean framed = entity == null || entity.isChunked() || entity.getContentLength() >= 0;
    boolean current =
        answer.getVersion() == null || answer.getVersion().greaterEquals(HttpVersion.HTTP_1_1);
    return framed && !said.contains("close") && (current || said.contains("keep-alive"));
  }

  private static Failure kind(IOException e) {
    if (e instanceof InterruptedIOException) {
      return Failure.TIMEOUT;
    }
    boolean malformed =
        e instanceof MalformedChunkCodingException && !(e instanceof TruncatedChunkException);
    return malformed ? Failure.PROTOCOL : Failure.RESET;
  }
}
