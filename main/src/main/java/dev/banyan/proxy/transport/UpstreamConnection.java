package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ProxyFailure.Progress;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection to a backend: idle in its pool, or with one user and one request on it.
///
/// It belongs to one event loop. It goes back to its pool by itself when an answer is whole, the
/// request was sent whole, and both sides want to keep it; otherwise it closes.
// Failed writes come back as exceptionCaught, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class UpstreamConnection extends ChannelInboundHandlerAdapter implements UpstreamLeg {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamConnection.class);

  private final UpstreamPool pool;
  private final Channel channel;
  private final Http1.FromBackend decoder;
  private final LongSupplier nanos;
  private final Deadlines deadlines;

  private @Nullable UpstreamUser user;
  private boolean reused;
  private boolean written;
  private boolean requestSent;
  private boolean expectsContinue;
  private boolean interim;
  private boolean anyAnswer;
  private boolean keepAlive;
  private boolean lastRequest;
  private boolean paused;

  /// The protocols that the request offers, the 101 that has agreed to one, and whether the
  /// connection has gone over to it.
  private @Nullable String offered;

  private @Nullable HttpResponse agreed;
  private boolean tunnelled;

  UpstreamConnection(
      UpstreamPool pool, Channel channel, Http1.FromBackend decoder, LongSupplier nanos) {
    this.pool = pool;
    this.channel = channel;
    this.decoder = decoder;
    this.nanos = nanos;
    this.deadlines = new Deadlines(pool.options(), nanos.getAsLong());
  }

  @Override
  public void begin(UpstreamUser asking, HttpRequest head) {
    user = asking;
    written = false;
    requestSent = false;
    interim = false;
    anyAnswer = false;
    expectsContinue = head.headers().contains(HttpHeaderNames.EXPECT);
    offered = head.headers().get(HttpHeaderNames.UPGRADE);
    lastRequest = !HttpUtil.isKeepAlive(head);
    decoder.expectAnswer(head.method().equals(HttpMethod.HEAD));
    deadlines.begin(nanos.getAsLong());
    if (!channel.isActive()) {
      // Nothing will ever be heard of it; the user must, but not before this call has returned.
      channel.eventLoop().execute(() -> fail(Kind.RESET, "the connection had ended", null));
      return;
    }
    written = true;
    channel.write(head, channel.voidPromise());
  }

  @Override
  public void send(HttpContent content) {
    expectsContinue = false;
    deadlines.heard(nanos.getAsLong());
    requestSent = content instanceof LastHttpContent;
    channel.write(content, channel.voidPromise());
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void pause() {
    if (!paused) {
      paused = true;
      channel.config().setAutoRead(false);
    }
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      deadlines.heard(nanos.getAsLong());
      channel.config().setAutoRead(true);
    }
  }

  boolean isPaused() {
    return paused;
  }

  @Override
  public void handTo(UpstreamUser other) {
    user = other;
  }

  @Override
  public void abort() {
    user = null;
    channel.close();
  }

  /// Whether an idle connection can be given to a user.
  boolean isUsable(long now, long idleLimit) {
    return channel.isActive() && deadlines.silence(now) < idleLimit;
  }

  void markReused() {
    reused = true;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    schedule(deadlines.tick());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (user == null) {
      // Nobody asked: an answer without a request is an attack or a bug, and the connection is out
      // of step.
      ReferenceCountUtil.release(message);
      channel.close();
      return;
    }
    deadlines.heard(nanos.getAsLong());
    if (message instanceof HttpResponse head) {
      if (!head.decoderResult().isSuccess()) {
        ReferenceCountUtil.release(message);
        fail(Kind.PROTOCOL, "undecodable answer", head.decoderResult().cause());
        return;
      }
      head(head);
    }
    if (message instanceof HttpContent content) {
      content(content);
    }
  }

  private void head(HttpResponse head) {
    UpstreamUser asking = user;
    if (asking == null) {
      return;
    }
    if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      if (head.status().code() == 101) {
        agreed(head);
        return;
      }
      interim = true;
      anyAnswer = true;
      expectsContinue = false;
      asking.interim(head);
      return;
    }
    if (!HeaderRules.isFramedWell(head)) {
      fail(Kind.PROTOCOL, "a transfer coding other than chunked", null);
      return;
    }
    anyAnswer = true;
    keepAlive = HttpUtil.isKeepAlive(head);
    deadlines.answered(head);
    asking.head(head);
  }

  private void agreed(HttpResponse head) {
    if (requestSent && Upgrade.isAnswered(offered, head)) {
      agreed = head;
    } else {
      fail(Kind.PROTOCOL, "a switch of protocols that nobody asked for", null);
    }
  }

  /// The 101 has been read to its end, so that the decoder can go and leave behind what follows.
  private void hand(UpstreamUser asking, HttpResponse head) {
    user = null;
    agreed = null;
    tunnelled = true;
    asking.switched(head, channel, pool.options());
  }

  private void content(HttpContent content) {
    UpstreamUser asking = user;
    if (asking == null) {
      content.release();
      return;
    }
    if (!content.decoderResult().isSuccess()) {
      content.release();
      fail(Kind.PROTOCOL, "undecodable body", content.decoderResult().cause());
      return;
    }
    boolean last = content instanceof LastHttpContent;
    if (agreed != null) {
      content.release();
      hand(asking, agreed);
      return;
    }
    if (interim) {
      interim = !last;
      content.release();
      return;
    }
    if (last) {
      finish();
    }
    asking.content(content, last);
  }

  /// Back to the pool before the user learns of the end: its next request may want a connection.
  private void finish() {
    user = null;
    resume();
    // Bytes beyond the answer would be taken for the answer to the next request.
    if (keepAlive && !lastRequest && isRequestGone() && channel.isActive() && !decoder.hasMore()) {
      deadlines.heard(nanos.getAsLong());
      pool.released(this);
    } else {
      channel.close();
    }
  }

  /// Whether the whole request has left. What an early answer finds still here must not be written
  /// any more: the backend may never read it, and a second leg's body is only borrowed.
  private boolean isRequestGone() {
    ChannelOutboundBuffer left = channel.unsafe().outboundBuffer();
    return requestSent && left != null && left.totalPendingWriteBytes() == 0;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (user != null) {
      user.readComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (user != null) {
      user.writabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    pool.closed(this);
    fail(Kind.RESET, "the connection ended before the answer", null);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error(
          "a connection to {} is closed for a fault of the gateway's own",
          pool.options().name(),
          cause);
    }
    fail(Kind.RESET, String.valueOf(cause.getMessage()), cause);
  }

  private void fail(Kind kind, String detail, @Nullable Throwable cause) {
    fail(kind, null, detail, cause);
  }

  private void fail(Kind kind, @Nullable Limit limit, String detail, @Nullable Throwable cause) {
    UpstreamUser asking = user;
    user = null;
    channel.close();
    if (asking != null) {
      asking.failed(
          new ProxyFailure(
              kind,
              null,
              pool.options().name(),
              progress(kind),
              limit,
              pool.options().name() + " at " + pool.address() + ": " + detail,
              cause));
    }
  }

  private Progress progress(Kind kind) {
    if (anyAnswer) {
      return Progress.ANSWERING;
    }
    if (!written) {
      return Progress.UNSENT;
    }
    return reused && kind == Kind.RESET ? Progress.STALE : Progress.UNANSWERED;
  }

  private void schedule(long delay) {
    channel.eventLoop().schedule(this::tick, Math.max(delay, 1_000_000), TimeUnit.NANOSECONDS);
  }

  private void tick() {
    if (!channel.isOpen() || tunnelled) {
      return;
    }
    long now = nanos.getAsLong();
    if (user == null) {
      if (deadlines.silence(now) >= UpstreamPool.IDLE_LIMIT) {
        channel.close();
      } else {
        schedule(deadlines.tick());
      }
      return;
    }
    Limit reached = deadlines.reached(now, isBackendsTurn(), paused);
    if (reached != null) {
      fail(Kind.TIMEOUT, reached, deadlines.describe(reached), null);
    } else {
      schedule(deadlines.untilNext(now));
    }
  }

  /// Silence counts only while it is the backend's: not while the client is slow to send the
  /// request.
  private boolean isBackendsTurn() {
    return requestSent || expectsContinue || !channel.isWritable();
  }
}
