package dev.banyan.proxy.transport;

import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RefusedRequest;
import dev.banyan.proxy.StickyUnit;
import dev.banyan.routing.Decision;
import dev.banyan.routing.Route;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection: its requests one after the other, each with its answer before the next
/// begins.
///
/// What a client sends ahead (pipelining, RFC 9112 §9.3.2) waits here, and reading stops until it
/// has been worked off. It belongs to one event loop.
// Failed writes come back as exceptionCaught, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  /// How long a connection that is being given up is still read from, so that the client gets the
  /// last answer and not a reset (RFC 9112 §9.6).
  private static final long LINGER = TimeUnit.SECONDS.toNanos(2);

  private enum State {
    /// Takes requests.
    SERVING,
    /// The last answer is written; what still comes is thrown away.
    LINGERING
  }

  private final Worker worker;
  private final Channel channel;
  private final Http1.ToClient encoder;
  private final ArrayDeque<Object> ahead = new ArrayDeque<>(2);
  private State state = State.SERVING;
  private @Nullable InFlight current;
  private boolean workingOff;
  private boolean reading = true;
  private boolean draining;
  private long idleSince;

  /// Ends the connection some day. A timer keeps all of the connection in memory until it is
  /// cancelled.
  private @Nullable Future<?> timer;

  private @Nullable String address;

  ClientConnection(Worker worker, Channel channel, Http1.ToClient encoder) {
    this.worker = worker;
    this.channel = channel;
    this.encoder = encoder;
  }

  // ---- reading

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    idleSince = worker.nanos().getAsLong();
    scheduleIdleCheck(worker.options().clientIdle().toNanos());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.LINGERING) {
      ReferenceCountUtil.release(message);
    } else if (!ahead.isEmpty() || (current != null && current.isRequestComplete())) {
      ahead.addLast(message);
    } else {
      dispatch(message);
    }
  }

  private void dispatch(Object message) {
    if (message instanceof HttpRequest request) {
      begin(request);
      if (message instanceof HttpContent) {
        // Only what could not be decoded comes as one piece, and it has been refused.
        ReferenceCountUtil.release(message);
      }
      return;
    }
    HttpContent content = (HttpContent) message;
    InFlight receiving = current;
    if (receiving == null) {
      content.release();
    } else if (content.decoderResult().isSuccess()) {
      if (content instanceof LastHttpContent end && !end.trailingHeaders().isEmpty()) {
        HeaderRules.trailersToBackend(end.trailingHeaders());
      }
      receiving.requestContent(content);
    } else {
      content.release();
      current = null;
      receiving.requestBroken(HeaderRules.undecodable(content.decoderResult().cause()));
    }
  }

  private void begin(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String id = worker.ids().idOr(headers.get(HeaderRules.REQUEST_ID));
    ProxyFailure refusal = HeaderRules.refusal(request);
    if (refusal != null) {
      tellRefused(request, refusal, id);
      refuse(refusal, id);
      return;
    }
    boolean last = HeaderRules.mayBeOverlooked(request);
    boolean keepAlive = !last && HttpUtil.isKeepAlive(request);
    boolean old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    HeaderRules.toOriginForm(request);
    if (old && !headers.contains(HttpHeaderNames.HOST)) {
      headers.set(HttpHeaderNames.HOST, ownAddress());
    }
    Route route = worker.table().current().match(request.method().name(), request.uri());
    Decision decision = StickyUnit.decide(route, new Unit(headers, id));
    HeaderRules.toBackend(request, id, worker.ids(), clientAddress());
    if (last) {
      HeaderRules.endAfter(request);
    }
    InFlight next = new InFlight(worker, this, request, decision, id, old, keepAlive);
    current = next;
    next.start();
  }

  private void tellRefused(HttpRequest request, ProxyFailure refusal, String id) {
    // What could not be decoded holds a method and a target that nobody sent.
    boolean read = request.decoderResult().isSuccess();
    String method = read ? request.method().name() : "";
    worker.outcomes().ended(new RefusedRequest(id, method, read ? request.uri() : "", refusal));
  }

  private final class Unit implements StickyUnit.Source {
    private final HttpHeaders headers;
    private final String id;

    Unit(HttpHeaders headers, String id) {
      this.headers = headers;
      this.id = id;
    }

    @Override
    public @Nullable CharSequence header(String name) {
      return headers.get(name);
    }

    @Override
    public String address() {
      return clientAddress();
    }

    @Override
    public String id() {
      return id;
    }
  }

  /// What a client of HTTP/1.0 that names no host has called; the backend is spoken to in HTTP/1.1,
  /// which must name one (RFC 9112 §3.2 and §3.3).
  private String ownAddress() {
    return channel.localAddress() instanceof InetSocketAddress local
        ? NetUtil.toSocketAddressString(local)
        : "";
  }

  private String clientAddress() {
    String known = address;
    if (known == null) {
      known =
          channel.remoteAddress() instanceof InetSocketAddress remote
              ? remote.getAddress().getHostAddress()
              : "";
      address = known;
    }
    return known;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (current != null) {
      current.flushRequest();
    }
    readingMayChange();
  }

  /// Reads on or stops, as there is room. Reading goes on while an answer is awaited: that is how a
  /// client that leaves is noticed.
  void readingMayChange() {
    boolean room =
        state == State.LINGERING || (ahead.isEmpty() && (current == null || current.wantsMore()));
    if (room != reading) {
      reading = room;
      channel.config().setAutoRead(room);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    InFlight left = current;
    current = null;
    state = State.LINGERING;
    cancelTimer();
    if (left != null) {
      left.clientGone();
    }
    Object message;
    while ((message = ahead.pollFirst()) != null) {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("a client's connection is closed for a fault of the gateway's own", cause);
    }
    channel.close(); // the request under way ends in channelInactive
  }

  // ---- writing

  boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable() && current != null) {
      current.clientWritable();
    }
  }

  void writeInterim(HttpResponse interim) {
    HeaderRules.interimToClient(interim);
    channel.write(interim, channel.voidPromise());
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
  }

  void write(HttpResponse head, boolean toHead) {
    encoder.answering(toHead);
    channel.write(head, channel.voidPromise());
  }

  void write(HttpContent content) {
    channel.write(content, channel.voidPromise());
  }

  void writeLast(HttpContent last) {
    channel.writeAndFlush(last, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  // ---- ending requests

  /// The request under way is answered.
  ///
  /// @param stays whether the next one may come on this connection
  void finished(boolean stays) {
    current = null;
    if (!stays || draining) {
      linger();
      return;
    }
    idleSince = worker.nanos().getAsLong();
    if (!ahead.isEmpty()) {
      workOff();
    }
  }

  /// Goes on with what the client sent ahead. A request that ends at once calls back here; the loop
  /// that is running takes care of what follows.
  private void workOff() {
    if (workingOff) {
      return;
    }
    workingOff = true;
    while (state == State.SERVING
        && !ahead.isEmpty()
        && (current == null || !current.isRequestComplete())) {
      dispatch(ahead.removeFirst());
    }
    workingOff = false;
    if (current != null) {
      current.flushRequest();
    }
    readingMayChange();
  }

  /// Refuses a request before any service was asked. The connection may be out of step, so it ends.
  void refuse(ProxyFailure failure, String id) {
    current = null;
    writeProblem(failure, id, false, false, false);
    linger();
  }

  /// Answers the request under way with an error of the gateway's own.
  void answerProblem(ProxyFailure failure, String id, boolean toHead, boolean stays) {
    writeProblem(failure, id, toHead, true, stays && !draining);
    finished(stays);
  }

  private void writeProblem(
      ProxyFailure failure, String id, boolean toHead, boolean old, boolean stays) {
    Problem problem = Problem.of(failure.kind());
    byte[] json = problem.json(id);
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(problem.status(), problem.title()),
            toHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json));
    HttpHeaders headers = response.headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, Problem.MEDIA_TYPE);
    headers.set(HttpHeaderNames.CONTENT_LENGTH, json.length);
    headers.set(HeaderRules.REQUEST_ID, id);
    HeaderRules.connection(headers, old, stays);
    encoder.answering(toHead);
    channel.writeAndFlush(response, channel.voidPromise());
  }

  /// The answer under way cannot be finished: the connection ends at once, by a reset, because the
  /// end of the connection alone can look like the end of a body.
  void breakOff() {
    current = null;
    state = State.LINGERING;
    if (channel.isOpen()) { // a closing gateway has closed it already
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    channel.close();
  }

  private void linger() {
    state = State.LINGERING;
    Object message;
    while ((message = ahead.pollFirst()) != null) {
      ReferenceCountUtil.release(message);
    }
    readingMayChange();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && channel.isActive()) {
                    ((DuplexChannel) channel).shutdownOutput();
                    after(LINGER, channel::close);
                  } else {
                    channel.close();
                  }
                });
  }

  // ---- idling and draining

  boolean isDraining() {
    return draining;
  }

  /// Takes no further request: closes now if there is none under way, after its answer otherwise.
  void drain() {
    draining = true;
    if (current == null && state == State.SERVING) {
      linger();
    }
  }

  private void scheduleIdleCheck(long delay) {
    after(delay, this::checkIdle);
  }

  private void after(long delay, Runnable action) {
    cancelTimer();
    timer = channel.eventLoop().schedule(action, delay, TimeUnit.NANOSECONDS);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void checkIdle() {
    if (!channel.isOpen() || state == State.LINGERING) {
      return;
    }
    long limit = worker.options().clientIdle().toNanos();
    long idle = current != null ? 0 : worker.nanos().getAsLong() - idleSince;
    if (idle >= limit) {
      channel.close();
    } else {
      scheduleIdleCheck(limit - idle);
    }
  }
}
