package dev.banyan.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AsciiString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of HTTP/2 to a backend, with a stream for each request on it.
///
/// It carries as many at once as the backend allows, and no more than [#MOST_STREAMS]. Once the
/// backend says GOAWAY it takes no more, and closes after the last. It belongs to one event loop.
// A failed write closes its stream or the connection, and that is told.
@SuppressWarnings("FutureReturnValueIgnored")
final class MultiplexedConnection extends Http2ConnectionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(MultiplexedConnection.class);

  /// Streams at once, whatever the backend allows: beyond that another connection shares the load,
  /// and what one lost connection takes with it stays small.
  static final int MOST_STREAMS = 100;

  /// What a backend may send ahead on a stream whose client is slow; this much of each may lie
  /// here.
  static final int STREAM_WINDOW = 128 * 1024;

  /// What a backend may send ahead on all streams together within one round trip. It is given back
  /// at once, so that a slow client does not stop the others.
  static final int CONNECTION_WINDOW = 1024 * 1024;

  /// A GOAWAY says which requests were not looked at, so a race with the backend's own limit does
  /// no harm, and a connection is kept for longer than one of HTTP/1.1.
  static final long IDLE_LIMIT = TimeUnit.SECONDS.toNanos(30);

  /// Told once whether the backend speaks HTTP/2.
  interface Settling {
    void settled(MultiplexedConnection connection);

    void failed(Throwable cause);
  }

  private final UpstreamPool pool;
  private final LongSupplier nanos;
  private final AsciiString scheme;
  private final AsciiString authority;
  private final Http2Connection.PropertyKey key;
  private final List<UpstreamStream> streams = new ArrayList<>();
  private final Deadlines deadlines;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Settling settling;
  private @Nullable Throwable fault;

  /// After GOAWAY: no new streams, and those above the last one were never looked at.
  private boolean leaving;

  private int lastProcessed = Integer.MAX_VALUE;

  /// Whether it has carried streams and was left without one.
  private boolean kept;

  /// Whether it is new, or something came since a stream began on a kept one.
  private boolean proven = true;

  private long idleSince;

  static MultiplexedConnection on(UpstreamPool pool, LongSupplier nanos, Settling settling) {
    return new MultiplexedConnectionBuilder(pool, nanos, settling).build();
  }

  MultiplexedConnection(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      MultiplexedConnectionBuilder made) {
    super(decoder, encoder, settings);
    this.pool = made.pool;
    this.nanos = made.nanos;
    this.settling = made.settling;
    this.scheme = AsciiString.of(pool.url().getScheme());
    this.authority = AsciiString.of(pool.url().getRawAuthority());
    this.key = connection().newKey();
    this.deadlines = new Deadlines(pool.options(), now());
    Events events = new Events();
    decoder.frameListener(events);
    connection().addListener(events);
    connection().remote().flowController().listener(this::writabilityChanged);
  }

  // ---- for the pool

  /// Whether it takes one more stream.
  boolean hasRoom() {
    return settling == null
        && !leaving
        && isActive()
        && streams.size() < Math.min(MOST_STREAMS, connection().local().maxActiveStreams());
  }

  /// Whether no stream is on it.
  boolean isIdle() {
    return streams.isEmpty();
  }

  /// Streams under way.
  int busy() {
    return streams.size();
  }

  boolean isLeaving() {
    return leaving;
  }

  UpstreamStream newStream() {
    if (streams.isEmpty()) {
      proven = !kept;
    }
    UpstreamStream stream = new UpstreamStream(this, new Deadlines(pool.options(), now()));
    streams.add(stream);
    return stream;
  }

  /// Takes no more streams, and closes after the last.
  void leave() {
    if (!leaving) {
      leaving = true;
      pool.leaving(this);
    }
    closeIfDone();
  }

  private void closeIfDone() {
    if (leaving && streams.isEmpty() && context != null) {
      context.channel().close();
    }
  }

  // ---- for its streams

  long now() {
    return nanos.getAsLong();
  }

  boolean isActive() {
    return context != null && context.channel().isActive();
  }

  String service() {
    return pool.options().name();
  }

  String where() {
    return service() + " at " + pool.address();
  }

  void later(Runnable task) {
    running().executor().execute(task);
  }

  /// Whether the backend may have given the connection up before the stream began.
  boolean mayBeStale() {
    return !proven;
  }

  /// Opens a stream.
  ///
  /// @return its number, or -1 if there can be none: nothing was sent then
  int writeHead(UpstreamStream stream, HttpRequest head, boolean ends) {
    int id = connection().local().incrementAndGetNextStreamId();
    if (id < 0) {
      leave();
      return -1;
    }
    ChannelPromise written = running().newPromise();
    encoder()
        .writeHeaders(
            running(), id, Http2Messages.request(head, scheme, authority), 0, ends, written);
    Http2Stream opened = connection().stream(id);
    if (opened == null || (written.isDone() && !written.isSuccess())) {
      return -1;
    }
    opened.setProperty(key, stream);
    return id;
  }

  void writeData(int id, ByteBuf data, boolean ends) {
    encoder().writeData(running(), id, data, 0, ends, running().newPromise());
  }

  void writeTrailers(int id, Http2Headers trailers) {
    encoder().writeHeaders(running(), id, trailers, 0, true, running().newPromise());
  }

  void flushAll() {
    flush(running());
  }

  boolean isWritable(int id) {
    Http2Stream stream = id < 0 ? null : connection().stream(id);
    return stream == null
        ? running().channel().isWritable()
        : connection().remote().flowController().isWritable(stream);
  }

  /// The backend may send as many bytes more.
  void consumed(int id, int bytes) {
    Http2Stream stream = connection().stream(id);
    if (stream == null) {
      return;
    }
    try {
      if (connection().local().flowController().consumeBytes(stream, bytes)) {
        running().flush();
      }
    } catch (Http2Exception e) {
      onError(running(), true, e);
    }
  }

  /// Ends a stream, if it was opened, without a word to its user.
  void reset(UpstreamStream stream, Http2Error why) {
    if (stream.id() < 0 || connection().stream(stream.id()) == null) {
      ended(stream);
      return;
    }
    resetStream(running(), stream.id(), why.code(), running().newPromise());
    running().flush();
  }

  /// A stream has left its place to another.
  void ended(UpstreamStream stream) {
    if (!streams.remove(stream)) {
      return;
    }
    if (streams.isEmpty()) {
      kept = true;
      idleSince = now();
      closeIfDone();
    }
    if (!leaving) {
      pool.freed(this);
    }
  }

  private ChannelHandlerContext running() {
    ChannelHandlerContext current = context;
    if (current == null) {
      throw new IllegalStateException("a stream on a connection that was never made");
    }
    return current;
  }

  // ---- the connection

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    idleSince = now();
    super.handlerAdded(ctx); // sends the preface
    connection()
        .local()
        .flowController()
        .incrementWindowSize(
            connection().connectionStream(),
            CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    ctx.flush();
    schedule();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    proven = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    super.channelReadComplete(ctx);
    for (int i = streams.size() - 1; i >= 0; i--) {
      if (i < streams.size()) {
        streams.get(i).readComplete();
      }
    }
  }

  private void writabilityChanged(Http2Stream stream) {
    UpstreamStream ours = stream.getProperty(key);
    if (ours != null) {
      ours.writabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    Settling waiting = settling;
    settling = null;
    if (waiting != null) {
      waiting.failed(fault != null ? fault : new IOException("it ended before its SETTINGS"));
    } else {
      pool.closed(this);
    }
    super.channelInactive(ctx);
    for (UpstreamStream left : List.copyOf(streams)) { // those that were never opened
      left.closed(true, "the connection ended", fault);
      ended(left);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
      return;
    }
    fault = cause;
    if (!(cause instanceof IOException)) {
      LOG.error("a connection to {} is closed for a fault of the gateway's own", service(), cause);
    }
    ctx.close();
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException failed) {
    Http2Stream stream = connection().stream(failed.streamId());
    UpstreamStream ours = stream == null ? null : stream.getProperty(key);
    if (ours != null && !outbound) {
      ours.malformed(String.valueOf(failed.getMessage()), failed);
    }
    super.onStreamError(ctx, outbound, cause, failed);
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception failed) {
    fault = cause;
    if (!leaving && settling == null) {
      leaving = true;
      pool.leaving(this);
    }
    if (!outbound) {
      for (UpstreamStream each : List.copyOf(streams)) {
        each.malformed(String.valueOf(cause.getMessage()), cause);
      }
    }
    super.onConnectionError(ctx, outbound, cause, failed);
  }

  // ---- time

  private void schedule() {
    running().executor().schedule(this::tick, deadlines.tick(), TimeUnit.NANOSECONDS);
  }

  private void tick() {
    if (!isActive()) {
      return;
    }
    long now = now();
    for (int i = streams.size() - 1; i >= 0; i--) {
      if (i < streams.size()) {
        streams.get(i).tick(now);
      }
    }
    if (streams.isEmpty() && now - idleSince >= IDLE_LIMIT) {
      leave();
    } else {
      schedule();
    }
  }

  private final class Events extends Http2EventAdapter {
    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      Settling waiting = settling;
      settling = null;
      if (waiting != null) {
        waiting.settled(MultiplexedConnection.this);
      } else if (!leaving) {
        pool.freed(MultiplexedConnection.this); // there may be more room
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int streamId,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end) {
      onHeadersRead(ctx, streamId, headers, padding, end);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean end) {
      UpstreamStream stream = ours(streamId);
      if (stream != null) {
        stream.headers(headers, end);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean end) {
      int window = data.readableBytes() + padding;
      UpstreamStream stream = ours(streamId);
      return stream == null ? window : stream.data(data, window, end);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int streamId, long code) {
      UpstreamStream stream = ours(streamId);
      if (stream != null) {
        stream.resetBy(code);
      }
    }

    @Override
    public void onGoAwayReceived(int lastStreamId, long code, ByteBuf debug) {
      lastProcessed = lastStreamId;
      leave();
    }

    @Override
    public void onStreamClosed(Http2Stream closed) {
      UpstreamStream stream = closed.getProperty(key);
      if (stream != null) {
        ended(stream);
        boolean unprocessed = closed.id() > lastProcessed;
        stream.closed(
            unprocessed,
            unprocessed ? "the backend is going away" : "the connection ended before the answer",
            fault);
      }
    }

    private @Nullable UpstreamStream ours(int streamId) {
      Http2Stream stream = connection().stream(streamId);
      return stream == null ? null : stream.getProperty(key);
    }
  }
}
