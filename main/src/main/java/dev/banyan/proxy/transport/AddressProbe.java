package dev.banyan.proxy.transport;

import dev.banyan.proxy.Address;
import dev.banyan.proxy.HealthAnswer;
import dev.banyan.proxy.ProxyFailure;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One question to one address by its health path, over a connection made for it, in the service's
/// own protocol. The whole answer must have come in time, and its body is thrown away: one that
/// does not end is not well.
///
/// It belongs to one event loop.
final class AddressProbe implements UpstreamUser {
  private final Address address;
  private final String path;
  private final Consumer<HealthAnswer> told;

  private @Nullable UpstreamPool asked;
  private @Nullable UpstreamLeg upstream;
  private @Nullable Future<?> timeout;
  private int status;
  private boolean done;

  /// @param told gets the answer once
  AddressProbe(Address address, String path, Consumer<HealthAnswer> told) {
    this.address = address;
    this.path = path;
    this.told = told;
  }

  void start(UpstreamPool pool, EventLoop loop, Duration patience) {
    asked = pool;
    timeout =
        loop.schedule(
            () -> end(new HealthAnswer.Late(patience)), patience.toNanos(), TimeUnit.NANOSECONDS);
    pool.acquire(this, true);
  }

  @Override
  public boolean gone() {
    return done;
  }

  @Override
  public void connected(UpstreamLeg connection) {
    upstream = connection;
    HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
    head.headers()
        .set(HttpHeaderNames.HOST, address.url().getRawAuthority())
        .set(HttpHeaderNames.USER_AGENT, "banyan-health");
    connection.begin(this, head);
    connection.send(LastHttpContent.EMPTY_LAST_CONTENT);
    connection.flush();
  }

  @Override
  public void unavailable(ProxyFailure failure) {
    failed(failure);
  }

  @Override
  public void interim(HttpResponse interim) {
    // The final answer is still to come.
  }

  @Override
  public void head(HttpResponse head) {
    status = head.status().code();
  }

  @Override
  public void content(HttpContent content, boolean last) {
    content.release();
    if (last) {
      upstream = null;
      end(new HealthAnswer.Said(status));
    }
  }

  @Override
  public void readComplete() {
    // There is nothing to pass on.
  }

  @Override
  public void writabilityChanged() {
    // The question was written as a whole.
  }

  @Override
  public void failed(ProxyFailure failure) {
    upstream = null;
    Throwable cause = failure.cause();
    boolean refused =
        cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
    end(refused ? new HealthAnswer.Refused() : new HealthAnswer.Failed(failure.detail()));
  }

  private void end(HealthAnswer answer) {
    if (done) {
      return;
    }
    done = true;
    if (timeout != null) {
      timeout.cancel(false);
    }
    if (upstream != null) {
      upstream.abort();
      upstream = null;
    }
    if (asked != null) {
      asked.forget(); // of HTTP/2 it was one stream that ended, and nothing else goes there
    }
    told.accept(answer);
  }
}
