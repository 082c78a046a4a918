package dev.banyan.proxy.transport;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Side;
import dev.banyan.proxy.Address;
import dev.banyan.proxy.ProxyFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One request of the [SecondLegClient], until its answer is whole, refused, or too late.
final class SecondRequest implements UpstreamUser {
  private final Request request;
  private final Side side;
  private final IntPredicate admission;
  private final Consumer<Leg> told;
  private final Set<SecondRequest> underWay;
  private final LongSupplier nanos;
  private final Predicate<InetSocketAddress> allowed;
  private final List<byte[]> body = new ArrayList<>(2);
  private final long began;
  private long sentAt;
  private long headTook;
  private @Nullable AddressPools asked;

  /// What of the request's body is still to be sent.
  private Iterator<ByteBuffer> rest = Collections.emptyIterator();

  private @Nullable UpstreamLeg upstream;
  private @Nullable Future<?> timeout;
  private @Nullable Runnable again;
  private @Nullable Executor loop;
  private @Nullable Address chosen;
  private int status;
  private Headers headers = Headers.NONE;
  private boolean done;

  SecondRequest(
      Request request,
      Side side,
      IntPredicate admission,
      Consumer<Leg> told,
      Set<SecondRequest> underWay,
      LongSupplier nanos,
      Predicate<InetSocketAddress> allowed) {
    this.request = request;
    this.side = side;
    this.admission = admission;
    this.told = told;
    this.underWay = underWay;
    this.nanos = nanos;
    this.allowed = allowed;
    this.began = nanos.getAsLong();
  }

  void start(Pools pools, String service, EventLoop loop, Duration deadline) {
    this.loop = loop;
    underWay.add(this);
    timeout =
        loop.schedule(
            () -> end(Leg.Failure.TIMEOUT, "no whole answer within " + deadline),
            deadline.toNanos(),
            TimeUnit.NANOSECONDS);
    again = () -> acquire(pools, service, true);
    acquire(pools, service, false);
  }

  private void acquire(Pools pools, String service, boolean fresh) {
    AddressPools of = pools.of(service);
    if (of == null) {
      unavailable(Pools.missing(service));
      return;
    }
    asked = of;
    UpstreamPool pool = of.choose(Set.of(), nanos.getAsLong());
    chosen = pool.address();
    if (isAllowed()) {
      pool.acquire(this, fresh);
    }
  }

  /// Whether it may be sent to the chosen address; otherwise it has ended.
  private boolean isAllowed() {
    Address to = chosen;
    boolean may = to != null && allowed.test(to.socket());
    if (!may) {
      end(Leg.Failure.OVERLOAD, "nothing is sent to " + to);
    }
    return may;
  }

  @Override
  public boolean gone() {
    return done;
  }

  @Override
  public void connected(UpstreamLeg connection) {
    upstream = connection;
    if (!isAllowed()) {
      return; // it took a while to come by the connection, and much may have changed
    }
    sentAt = nanos.getAsLong();
    connection.begin(this, head());
    if (request.body().length() == 0) {
      rest = Collections.emptyIterator();
      connection.send(LastHttpContent.EMPTY_LAST_CONTENT);
    } else {
      rest = request.body().pieces().iterator();
      sendOn(connection);
    }
    connection.flush();
  }

  /// Sends as much of the body as the connection takes: what is written is copied into the
  /// network's memory, and a backend that does not read must not hold more than a piece or two of
  /// it.
  private void sendOn(UpstreamLeg connection) {
    while (rest.hasNext() && connection.isWritable()) {
      ByteBuf piece = Unpooled.wrappedBuffer(rest.next());
      connection.send(
          rest.hasNext() ? new DefaultHttpContent(piece) : new DefaultLastHttpContent(piece));
    }
  }

  private HttpRequest head() {
    HttpRequest head =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(request.method()), request.target());
    for (Headers.Field field : request.headers().fields()) {
      head.headers().add(field.name(), field.value());
    }
    head.headers().remove(HttpHeaderNames.EXPECT);
    if (request.body().length() > 0) {
      head.headers().set(HttpHeaderNames.CONTENT_LENGTH, request.body().length());
    }
    if (HeaderRules.mayBeOverlooked(head)) {
      HeaderRules.endAfter(head);
    }
    return head;
  }

  @Override
  public void unavailable(ProxyFailure failure) {
    failed(failure);
  }

  @Override
  public void interim(HttpResponse interim) {
    // Nobody waits for a hint.
  }

  @Override
  public void head(HttpResponse head) {
    status = head.status().code();
    headers = HeaderRules.captured(head.headers());
    long now = nanos.getAsLong();
    headTook = now - sentAt;
    if (asked != null) {
      asked.answered(head, now);
    }
  }

  @Override
  public void content(HttpContent content, boolean last) {
    if (last) {
      upstream = null;
    }
    if (done) {
      content.release();
      return;
    }
    int bytes = content.content().readableBytes();
    if (bytes > 0 && !admission.test(bytes)) {
      content.release();
      end(Leg.Failure.OVERLOAD, "no room for the answer's body");
      return;
    }
    if (bytes > 0) {
      body.add(CopiedBody.copy(content.content()));
    }
    content.release();
    if (last) {
      answered();
    }
  }

  private void answered() {
    finish();
    told.accept(
        new Leg.Answered(
            side,
            new Response(status, headers, CopiedBody.of(body)),
            Duration.ofNanos(headTook),
            took()));
  }

  @Override
  public void readComplete() {
    // Answers are only collected.
  }

  @Override
  public void writabilityChanged() {
    Executor later = loop;
    if (later != null && upstream != null && upstream.isWritable() && rest.hasNext()) {
      later.execute(this::sendRest); // this call may come from within a write
    }
  }

  private void sendRest() {
    UpstreamLeg to = upstream;
    if (to != null && rest.hasNext()) {
      sendOn(to);
      to.flush();
    }
  }

  @Override
  public void failed(ProxyFailure failure) {
    upstream = null;
    Runnable retry = again;
    if (failure.retryable() && retry != null) {
      // Once more, as a kept connection may have been stale: it is a safe request, one that is only
      // checked, or one whose idempotency key it keeps.
      again = null;
      retry.run();
      return;
    }
    end(kind(failure.kind()), failure.detail());
  }

  private static Leg.Failure kind(ProxyFailure.Kind kind) {
    return switch (kind) {
      case CONNECT -> Leg.Failure.CONNECT;
      case RESET -> Leg.Failure.RESET;
      case TIMEOUT -> Leg.Failure.TIMEOUT;
      case POOL_EXHAUSTED, WRITES_HELD, SHUTTING_DOWN -> Leg.Failure.OVERLOAD;
      case PROTOCOL,
          BAD_REQUEST,
          TARGET_TOO_LONG,
          HEADERS_TOO_LARGE,
          TOO_MANY_HEADERS,
          BODY_TOO_LARGE,
          BODY_NOT_KEPT,
          OUTBOX_FULL,
          OUTBOX_UNAVAILABLE,
          REQUEST_TIMEOUT,
          TOO_MANY_CONNECTIONS,
          AMBIGUOUS_PATH,
          METHOD_REFUSED,
          VERSION_UNSUPPORTED ->
          Leg.Failure.PROTOCOL;
    };
  }

  private void end(Leg.Failure failure, String detail) {
    if (done) {
      return;
    }
    finish();
    body.clear();
    told.accept(new Leg.Failed(side, failure, detail, took()));
  }

  /// Nothing is sent any more.
  void cutOff() {
    end(Leg.Failure.OVERLOAD, "Banyan is being stopped");
  }

  private void finish() {
    done = true;
    underWay.remove(this);
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (upstream != null) {
      upstream.abort();
      upstream = null;
    }
  }

  private Duration took() {
    return Duration.ofNanos(nanos.getAsLong() - began);
  }
}
