package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
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
final class ClientConnection extends ChannelInboundHandlerAdapter
    implements ClientSide, ClientTimer.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

  private enum State {
    /// Takes requests.
    SERVING,
    /// The last answer is written; what still comes is thrown away.
    LINGERING,
    /// It has left HTTP, and belongs to a [Tunnel].
    TUNNELLED
  }

  private final Worker worker;
  private final Channel channel;
  private final Http1.ToClient encoder;
  private final Intake intake;
  private final int mostRequests;
  private final ClientTimer timer;
  private final ArrayDeque<Object> ahead = new ArrayDeque<>(2);
  private @Nullable RequestDecoder decoder;
  private boolean undecided;
  private State state = State.SERVING;
  private @Nullable InFlight current;

  /// Of the request under way: whether it came in HTTP/1.0, whether it is a `HEAD`, and whether
  /// another may follow it.
  private boolean old;

  private boolean toHead;
  private boolean stays;
  private boolean workingOff;
  private boolean reading = true;
  private boolean draining;
  private int requests;

  ClientConnection(Worker worker, Channel channel, Http1.ToClient encoder) {
    this.worker = worker;
    this.channel = channel;
    this.encoder = encoder;
    this.intake = new Intake(worker, channel);
    GatewayOptions.Limits limits = worker.options().limits();
    this.mostRequests = limits.requestsPerConnection();
    this.timer = new ClientTimer(channel, worker.nanos(), limits, this);
  }

  // ---- reading

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    decoder = ctx.pipeline().get(RequestDecoder.class);
    if (channel.isActive()) {
      timer.start();
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    timer.start();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.LINGERING) {
      ReferenceCountUtil.release(message);
    } else if (!ahead.isEmpty() || !hasRoom()) {
      ahead.addLast(message);
    } else {
      dispatch(message);
    }
  }

  /// Whether what comes next can be taken. No further request is, while the client has left answers
  /// lying: they would pile up.
  private boolean hasRoom() {
    return current == null ? channel.isWritable() : !current.isRequestComplete();
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
    String id = intake.name(request);
    ProxyFailure refusal = intake.refusal(request, id);
    if (refusal != null) {
      refuse(refusal, id);
      return;
    }
    boolean last = HeaderRules.mayBeOverlooked(request);
    stays = !last && HttpUtil.isKeepAlive(request) && mayStay();
    old = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    toHead = request.method().equals(HttpMethod.HEAD);
    timer.requestBegan();
    InFlight next = intake.admit(this, request, id, last);
    current = next;
    next.start();
  }

  private boolean mayStay() {
    if (++requests < mostRequests) {
      return true;
    }
    worker.outcomes().limited(Limit.REQUESTS_PER_CONNECTION);
    return false;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (current != null) {
      current.flushRequest();
    }
    if (state == State.SERVING) {
      timer.afterRead();
    }
    readingMayChange();
  }

  /// Reads on or stops, as there is room. Reading goes on while an answer is awaited: that is how a
  /// client that leaves is noticed.
  @Override
  public void readingMayChange() {
    if (state == State.TUNNELLED || !channel.isOpen()) {
      return; // closed, and perhaps not told yet: to read from it would be an error
    }
    boolean held = !ahead.isEmpty() || (decoder != null && decoder.isHolding());
    boolean room =
        state == State.LINGERING
            || (!held && (current == null ? channel.isWritable() : current.wantsMore()));
    if (room != reading) {
      reading = room;
      timer.readingChanged(room);
      channel.config().setAutoRead(room);
    }
  }

  /// What the client sent behind an offer to leave HTTP is the next request, as it stayed with
  /// HTTP.
  private void stayWithHttp() {
    if (decoder != null) {
      decoder.goOn();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    InFlight left = current;
    current = null;
    state = State.LINGERING;
    timer.cancel();
    if (left != null) {
      left.clientGone();
    }
    Object message;
    while ((message = ahead.pollFirst()) != null) {
      ReferenceCountUtil.release(message);
    }
  }

  /// HTTP/2 takes its place.
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    state = State.LINGERING;
    timer.cancel();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("a client's connection is closed for a fault of the gateway's own", cause);
    }
    channel.close(); // the request under way ends in channelInactive
  }

  // ---- writing

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!channel.isWritable()) {
      timer.awaitTaking();
    } else if (current != null) {
      current.clientWritable();
    } else {
      workOff();
    }
  }

  @Override
  public void interim(HttpResponse interim) {
    if (old) {
      return; // HTTP/1.0 knows none
    }
    timer.invited();
    HeaderRules.interimToClient(interim);
    channel.write(interim, channel.voidPromise());
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
  }

  @Override
  public void answer(HttpResponse head, String id) {
    stays = HeaderRules.toClient(head, id, old, toHead, stays && !draining);
    encoder.answering(toHead);
    channel.write(head, channel.voidPromise());
  }

  @Override
  public void write(HttpContent content) {
    timer.wrote(content.content().readableBytes());
    channel.write(content, channel.voidPromise());
  }

  @Override
  public void writeLast(HttpContent last) {
    timer.wrote(last.content().readableBytes());
    channel.writeAndFlush(last, channel.voidPromise());
  }

  @Override
  public void flush() {
    channel.flush();
  }

  @Override
  public Channel switched(HttpResponse head, String id) {
    current = null;
    state = State.TUNNELLED;
    timer.cancel();
    HeaderRules.switchToClient(head, id);
    encoder.answering(false);
    channel.write(head, channel.voidPromise());
    channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
    return channel;
  }

  // ---- ending requests

  @Override
  public void finished(boolean requestComplete) {
    current = null;
    stays &= requestComplete;
    if (!stays || draining) {
      linger();
      return;
    }
    timer.requestEnded();
    if (ahead.isEmpty()) {
      stayWithHttp();
    } else {
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
    while (state == State.SERVING && !ahead.isEmpty() && hasRoom()) {
      dispatch(ahead.removeFirst());
    }
    workingOff = false;
    if (current != null) {
      current.flushRequest();
      timer.afterRead(); // what it still waits for may have begun here
    } else if (ahead.isEmpty()) {
      stayWithHttp();
    }
    readingMayChange();
  }

  /// Refuses a request, perhaps before any service was asked. The connection may be out of step, so
  /// it ends.
  @Override
  public void refuse(ProxyFailure failure, String id) {
    current = null;
    stays = false;
    old = false;
    toHead = false;
    writeProblem(failure, id);
    linger();
  }

  @Override
  public void answerProblem(ProxyFailure failure, String id, boolean requestComplete) {
    stays &= requestComplete && !draining;
    writeProblem(failure, id);
    finished(true);
  }

  private void writeProblem(ProxyFailure failure, String id) {
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
    if (problem.retryAfter() > 0) {
      headers.set(HttpHeaderNames.RETRY_AFTER, problem.retryAfter());
    }
    HeaderRules.connection(headers, old, stays);
    encoder.answering(toHead);
    channel.writeAndFlush(response, channel.voidPromise());
  }

  /// The connection ends at once, by a reset, because the end of the connection alone can look like
  /// the end of a body.
  @Override
  public void breakOff() {
    current = null;
    state = State.LINGERING;
    reset();
  }

  private void reset() {
    if (channel.isOpen()) { // a closing gateway has closed it already
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    // Past TLS, whose own end would make the part look whole.
    channel.pipeline().firstContext().close();
  }

  private void linger() {
    state = State.LINGERING;
    Object message;
    while ((message = ahead.pollFirst()) != null) {
      ReferenceCountUtil.release(message);
    }
    stayWithHttp();
    readingMayChange();
    timer.ends();
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && channel.isActive()) {
                    HalfClose.of(channel);
                    timer.lingers();
                  } else {
                    channel.close();
                  }
                });
  }

  // ---- waiting and draining

  /// Takes no further request: closes now if there is none under way, after its answer otherwise.
  void drain() {
    draining = true;
    if (current == null && state == State.SERVING) {
      linger();
    }
  }

  @Override
  public @Nullable InFlight underWay() {
    return current;
  }

  @Override
  public boolean isReading() {
    return reading;
  }

  /// Something has come, and does not tell yet which version of HTTP it begins.
  void undecided(boolean now) {
    undecided = now;
  }

  @Override
  public boolean isWithinHead() {
    return undecided || (decoder != null && decoder.isWithinHead());
  }

  @Override
  public void tooLong(Limit limit) {
    if (state == State.TUNNELLED) {
      return; // the tunnel has bounds of its own
    }
    InFlight late = current;
    if (limit == Limit.HEADER_TIME) {
      String id = intake.name(null);
      refuse(intake.headTooSlow(id), id);
    } else if (limit == Limit.BODY_TIME && late != null) {
      worker.outcomes().limited(limit);
      late.requestBroken(intake.bodyTooSlow());
    } else {
      worker.outcomes().limited(limit);
      if (limit == Limit.IDLE) {
        channel.close();
      } else {
        reset();
      }
    }
  }
}
