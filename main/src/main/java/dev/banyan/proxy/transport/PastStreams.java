package dev.banyan.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/// Tells which HEADERS come for a stream that its client has ended, or passed over.
///
/// What such a frame means depends on how the stream ended (RFC 9113 §5.1, §5.1.1), and Netty
/// forgets that with the stream. Two bits are kept for each of the last [#REMEMBERED] streams that
/// a client could have used. It belongs to one connection and its event loop.
final class PastStreams extends Http2ConnectionAdapter {
  /// A client that has been told of a reset sends nothing more for the stream. Until it is, it can
  /// use as many further streams as it may have at one time, and those are fewer.
  static final int REMEMBERED = 1_024;

  private final Http2Connection connection;
  private final long[] used = new long[REMEMBERED / Long.SIZE];
  private final long[] reset = new long[REMEMBERED / Long.SIZE];

  /// The identifier that the client used last; they only grow, and are odd.
  private int newest = -1;

  PastStreams(Http2Connection connection) {
    this.connection = connection;
    connection.addListener(this);
  }

  /// A reader whose frames are looked at before Netty's states are.
  Http2FrameReader reader(Http2HeadersDecoder headers, int continuations) {
    return new DefaultHttp2FrameReader(headers, continuations) {
      private @Nullable Http2FrameListener known;
      private @Nullable Http2FrameListener judging;

      @Override
      @SuppressWarnings("ReferenceEquality") // the same listener, or another one
      public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener listener)
          throws Http2Exception {
        Http2FrameListener first = judging;
        if (first == null || known != listener) { // another one once the preface is complete
          first = new Judging(listener);
          known = listener;
          judging = first;
        }
        super.readFrame(ctx, input, first);
      }
    };
  }

  @Override
  public void onStreamAdded(Http2Stream stream) {
    int id = stream.id();
    for (int passed = Math.max(newest, id - 2 * REMEMBERED) + 2; passed < id; passed += 2) {
      set(used, passed, false);
    }
    set(used, id, true);
    set(reset, id, false);
    newest = id;
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    if (stream.isResetSent()) {
      set(reset, stream.id(), true);
    }
  }

  private static void set(long[] bits, int id, boolean value) {
    int place = (id >>> 1) % REMEMBERED;
    long bit = 1L << place;
    if (value) {
      bits[place / Long.SIZE] |= bit;
    } else {
      bits[place / Long.SIZE] &= ~bit;
    }
  }

  private static boolean isSet(long[] bits, int id) {
    int place = (id >>> 1) % REMEMBERED;
    return (bits[place / Long.SIZE] & 1L << place) != 0;
  }

  /// Throws where the client may not send HEADERS on a stream. Where it may because it can not know
  /// better yet, Netty resets the stream.
  private void judge(int id) throws Http2Exception {
    Http2Stream stream = connection.stream(id);
    if (stream != null) {
      // Netty takes the first block of such a stream for two, and so the next for trailers after
      // trailers: a PROTOCOL_ERROR (DefaultHttp2Connection.DefaultStream.activate).
      if (stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE && !stream.isResetSent()) {
        throw Http2Exception.streamError(
            id, Http2Error.STREAM_CLOSED, "HEADERS after the end of a request");
      }
    } else if ((id & 1) != 0 && id <= newest && newest - id < 2 * REMEMBERED) {
      if (!isSet(used, id)) {
        throw Http2Exception.connectionError(
            Http2Error.PROTOCOL_ERROR, "a stream below one that was used before");
      }
      if (!isSet(reset, id)) {
        throw Http2Exception.connectionError(
            Http2Error.STREAM_CLOSED, "HEADERS for a stream that has ended");
      }
    }
  }

  private final class Judging extends Http2FrameListenerDecorator {
    Judging(Http2FrameListener next) {
      super(next);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean ends)
        throws Http2Exception {
      judge(id);
      super.onHeadersRead(ctx, id, headers, padding, ends);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean ends)
        throws Http2Exception {
      judge(id);
      super.onHeadersRead(ctx, id, headers, dependency, weight, exclusive, padding, ends);
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long code)
        throws Http2Exception {
      if (connection.stream(id) != null) {
        set(reset, id, true);
      }
      super.onRstStreamRead(ctx, id, code);
    }
  }
}
