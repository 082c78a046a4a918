package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.RefusedRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's connection of HTTP/2 (RFC 9113): its streams, what bounds them, and its end.
///
/// Netty keeps the frames, the states and the windows; which requests are taken, in [FieldBlock]
/// and [ClientStream], is ours. It belongs to one event loop.
// Failed writes come back as errors of their stream, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class ClientStreams extends Http2ConnectionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ClientStreams.class);

  /// How long a connection that is being given up is still read from.
  private static final long LINGER = TimeUnit.SECONDS.toNanos(2);

  /// How long a client has to take note that no new stream is wanted (RFC 9113 §6.8).
  private static final long NOTICE = TimeUnit.SECONDS.toNanos(1);

  private static final long NOTICE_PING = 0x62616e79616eL;

  /// A connection without streams is left alone after so many looks, until its time is up.
  private static final int LOOKS = 5;

  private final Worker worker;
  private final Channel channel;
  private final Intake intake;
  private final GatewayOptions.Limits limits;
  private final Http2Connection.PropertyKey requestKey;
  private final Floods floods = new Floods();
  private final List<ClientStream> touched = new ArrayList<>(4);
  private final long interval;
  private final long opened;

  private @Nullable ChannelHandlerContext context;
  private @Nullable Future<?> timer;
  private boolean timerIsFar;
  private long lastLook;
  private long idleSince;
  private final Stall stall = new Stall();
  private int requests;
  private boolean reading;
  private boolean flushing;
  private boolean leaving;
  private boolean settled;
  private boolean over;
  private boolean floodTold;

  ClientStreams(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      Http2Connection.PropertyKey requestKey,
      Worker worker,
      Channel channel) {
    super(decoder, encoder, settings, true);
    this.worker = worker;
    this.channel = channel;
    this.intake = new Intake(worker, channel);
    this.limits = worker.options().limits();
    this.requestKey = requestKey;
    this.opened = worker.nanos().getAsLong();
    this.idleSince = opened;
    this.lastLook = opened;
    this.interval = Http2Front.lookInterval(limits);
    ClientFrames frames = new ClientFrames(this, floods, worker.nanos());
    decoder.frameListener(frames);
    connection().addListener(frames);
    encoder.flowController().listener(this::writabilityChanged);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    Http2Stream all = connection().connectionStream();
    decoder().flowController().incrementWindowSize(all, Http2Front.CONNECTION_ROOM);
    ctx.flush();
    schedule(interval);
  }

  private ChannelHandlerContext ctx() {
    ChannelHandlerContext own = context;
    if (own == null) {
      throw new IllegalStateException("not in a pipeline yet");
    }
    return own;
  }

  Intake intake() {
    return intake;
  }

  // ---- what comes from the client

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (over) {
      ReferenceCountUtil.release(message);
      return;
    }
    reading = true;
    super.channelRead(ctx, message);
  }

  /// Unlike in the class above, nothing is read while reading is turned off.
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    for (ClientStream each : touched) {
      each.flushRequest();
    }
    touched.clear();
    discardSomeReadBytes();
    flush(ctx);
  }

  void touch(ClientStream stream) {
    if (touched.isEmpty() || touched.getLast() != stream) {
      touched.add(stream);
    }
  }

  @Nullable ClientStream request(@Nullable Http2Stream stream) {
    return stream == null ? null : stream.getProperty(requestKey);
  }

  void open(Http2Stream stream, FieldBlock block, boolean ends) throws Http2Exception {
    if (connection().remote().numActiveStreams() > limits.streams()) {
      worker.outcomes().limited(Limit.STREAMS);
      throw Http2Exception.streamError(stream.id(), Http2Error.REFUSED_STREAM, "too many streams");
    }
    ClientStream next = new ClientStream(this, worker, limits, stream);
    String wrong = block.wrongForHead();
    if (wrong == null && ends && block.length() > 0) {
      wrong = "a body that is not as long as announced";
    }
    if (wrong != null) {
      tellRefused(ProxyFailure.refused(Kind.BAD_REQUEST, wrong));
      throw next.malformed(wrong);
    }
    stream.setProperty(requestKey, next);
    watch();
    touch(next);
    next.begin(block.head(ends, limits.requestLine()), block.length(), ends);
    if (++requests == limits.requestsPerConnection()) {
      worker.outcomes().limited(Limit.REQUESTS_PER_CONNECTION);
      drain();
    }
  }

  private void tellRefused(ProxyFailure why) {
    worker.outcomes().ended(new RefusedRequest(worker.ids().idOr(null), "", "", why));
  }

  // ---- what goes wrong

  Http2Exception flood(Limit limit) {
    floodTold = true;
    worker.outcomes().limited(limit);
    return Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, limit.word());
  }

  /// Ends one stream for a fault, and leaves the connection.
  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    if (over) {
      return;
    }
    Http2Stream stream = connection().stream(error.streamId());
    if (stream == null && Http2Front.isHeadTooLarge(error)) {
      answerTooLarge(error.streamId());
      return;
    }
    ClientStream known = request(stream);
    if (known != null) {
      known.broken(String.valueOf(error.getMessage()), outbound);
    }
    long now = now();
    if (!outbound && (stream == null ? floods.control(now) : floods.reset(now))) {
      onConnectionError(
          ctx, false, error, flood(stream == null ? Limit.CONTROL_FRAMES : Limit.RESETS));
      return;
    }
    super.onStreamError(ctx, outbound, cause, error);
  }

  /// Answers a head that has been read to its end but not kept.
  private void answerTooLarge(int id) {
    worker.outcomes().limited(Limit.HEADER_BLOCK);
    ProxyFailure why =
        HeaderRules.undecodable(new TooLongHttpHeaderException("a header block over its limit"));
    tellRefused(why);
    try {
      // Whether a body follows is not known any more. What comes of it is thrown away.
      ClientStream next =
          new ClientStream(this, worker, limits, connection().remote().createStream(id, false));
      next.stream.setProperty(requestKey, next);
      watch();
      next.refuse(why, worker.ids().idOr(null));
    } catch (Http2Exception e) {
      encoder().writeRstStream(ctx(), id, e.error().code(), ctx().newPromise());
    }
  }

  /// Ends the connection: nobody knows what the rest of its bytes means.
  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (over) {
      return;
    }
    if (error == null && cause instanceof IOException) {
      channel.close(); // the client has left; its streams end with the connection
      return;
    }
    Http2Error code = Http2Error.INTERNAL_ERROR;
    if (error != null) {
      code = error.error();
      if (code == Http2Error.ENHANCE_YOUR_CALM && !floodTold) {
        worker.outcomes().limited(Limit.CONTINUATIONS); // the only flood that Netty's reader counts
      }
    } else {
      LOG.error("a client's connection is closed for a fault of the gateway's own", cause);
    }
    goAway(
        ctx,
        connection().remote().lastStreamCreated(),
        code.code(),
        Unpooled.EMPTY_BUFFER,
        ctx.newPromise());
    end();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException) {
      channel.close();
    } else {
      onError(ctx, false, cause);
    }
  }

  // ---- what goes to the client

  boolean isWritable(Http2Stream stream) {
    return encoder().flowController().isWritable(stream);
  }

  /// Whether something waits for the client to take it.
  boolean isStalled(Http2Stream stream) {
    return encoder().flowController().hasFlowControlled(stream) && !isWritable(stream);
  }

  private void writabilityChanged(Http2Stream stream) {
    ClientStream known = request(stream);
    if (known != null) {
      known.writabilityChanged();
    }
  }

  ChannelFuture writeHead(Http2Stream stream, Http2Headers block, boolean ends) {
    return encoder().writeHeaders(ctx(), stream.id(), block, 0, ends, ctx().newPromise());
  }

  /// Owns the data from now on.
  ChannelFuture writeData(Http2Stream stream, ByteBuf data, boolean ends) {
    return encoder().writeData(ctx(), stream.id(), data, 0, ends, ctx().newPromise());
  }

  void reset(Http2Stream stream, Http2Error code) {
    if (stream.state() != Http2Stream.State.CLOSED) {
      resetStream(ctx(), stream.id(), code.code(), ctx().newPromise());
      flushSoon();
    }
  }

  /// Lets the client send as many bytes more on a stream.
  void giveBack(Http2Stream stream, int bytes) {
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(ctx(), true, e);
    }
  }

  /// Sends what has been written when this turn of the event loop is over, all streams at once.
  void flushSoon() {
    if (!flushing && !reading) {
      flushing = true;
      channel.eventLoop().execute(this::flushNow);
    }
  }

  private void flushNow() {
    flushing = false;
    if (channel.isActive()) {
      flush(ctx());
    }
  }

  /// A client that reads nothing is not read from: its frames would only cause more to write.
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    boolean writable = channel.isWritable();
    if (channel.isOpen()) { // it may be closed by what a write has led to
      channel.config().setAutoRead(writable || over);
    }
    super.channelWritabilityChanged(ctx);
  }

  // ---- time, and the end

  private long now() {
    return worker.nanos().getAsLong();
  }

  private void schedule(long delay) {
    cancelTimer();
    timerIsFar = delay > interval;
    timer = channel.eventLoop().schedule(this::look, delay, TimeUnit.NANOSECONDS);
  }

  /// There is a stream to look at; what was before it is no time that it took.
  private void watch() {
    if (timerIsFar) {
      lastLook = now();
      schedule(interval);
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void look() {
    if (over || !channel.isOpen()) {
      return;
    }
    long now = now();
    long passed = now - lastLook;
    lastLook = now;
    long idle = limits.idle().toNanos();
    boolean late = !decoder().prefaceReceived() && now - opened > limits.headerTime().toNanos();
    if (late || stall.lasts(channel, now, limits.writeTime().toNanos())) {
      worker.outcomes().limited(late ? Limit.HEADER_TIME : Limit.WRITE_TIME);
      channel.unsafe().close(channel.newPromise()); // past TLS, which would wait to say so
      return;
    }
    if (connection().numActiveStreams() > 0) {
      forEach(each -> each.look(now, passed));
      schedule(interval);
    } else if (!leaving && now - idleSince >= idle) {
      worker.outcomes().limited(Limit.IDLE);
      drain();
      schedule(interval); // a request may be on its way here
    } else {
      boolean quiet = now - idleSince > LOOKS * interval && decoder().prefaceReceived();
      schedule(quiet ? Math.max(interval, idle - (now - idleSince)) : interval);
    }
  }

  private void forEach(Consumer<ClientStream> action) {
    try {
      connection()
          .forEachActiveStream(stream -> {
            ClientStream known = request(stream);
            if (known != null) {
              action.accept(known);
            }
            return true;
          });
    } catch (Http2Exception e) {
      throw new IllegalStateException("going through the streams", e); // nothing there throws it
    }
  }

  /// Takes no further request: says so, and closes after the answers to those under way. In two
  /// steps, so that requests on their way here are served (RFC 9113 §6.8).
  void drain() {
    if (leaving || over) {
      return;
    }
    leaving = true;
    ChannelHandlerContext ctx = ctx();
    goAway(
        ctx,
        Integer.MAX_VALUE,
        Http2Error.NO_ERROR.code(),
        Unpooled.EMPTY_BUFFER,
        ctx.newPromise());
    encoder().writePing(ctx, false, NOTICE_PING, ctx.newPromise());
    flush(ctx);
    channel.eventLoop().schedule(this::settle, NOTICE, TimeUnit.NANOSECONDS);
  }

  private void settle() {
    if (settled || over || !channel.isActive()) {
      return;
    }
    settled = true;
    ChannelHandlerContext ctx = ctx();
    int last = connection().remote().lastStreamCreated();
    goAway(ctx, last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
    flush(ctx);
    endIfSettled();
  }

  /// No stream is left.
  void becameIdle() {
    idleSince = now();
    endIfSettled();
  }

  /// The client has answered a PING.
  void noticed(long ping) {
    if (leaving && ping == NOTICE_PING) {
      settle();
    }
  }

  void settingsTaken() {
    Http2Front.countStreamsOurselves(connection(), limits.streams());
  }

  private void endIfSettled() {
    if (settled && !over && connection().numActiveStreams() == 0) {
      end();
    }
  }

  /// Nothing is read any more, and nothing written after what has been.
  private void end() {
    over = true;
    cancelTimer();
    forEach(ClientStream::closed);
    channel.config().setAutoRead(true);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && channel.isActive()) {
                    HalfClose.of(channel);
                  }
                });
    channel.eventLoop().schedule(() -> channel.close(), LINGER, TimeUnit.NANOSECONDS);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    cancelTimer();
    super.channelInactive(ctx);
    over = true;
  }
}
