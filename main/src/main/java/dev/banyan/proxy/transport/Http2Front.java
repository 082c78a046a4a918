package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Puts Netty's parts of HTTP/2 together for one client's connection, each with its bound.
final class Http2Front {
  /// What a client may send beyond 64 KiB on all its streams together before any of it has been
  /// passed on. With it, one backend that takes nothing does not hold up the client's other
  /// uploads.
  static final int CONNECTION_ROOM = 1024 * 1024 - 65_535;

  /// Bytes of header fields remembered between requests, in either direction. A client may allow
  /// the gateway more; it is not used.
  static final int TABLE = 4_096;

  /// How often streams are looked at, at most.
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);

  private Http2Front() {}

  /// How often streams are looked at so that none keeps the gateway waiting for much too long.
  static long lookInterval(GatewayOptions.Limits limits) {
    long shortest =
        Stream.of(limits.idle(), limits.headerTime(), limits.bodyTime(), limits.writeTime())
            .mapToLong(Duration::toNanos)
            .min()
            .orElseThrow();
    return Math.max(TimeUnit.MILLISECONDS.toNanos(10), Math.min(LOOK, shortest / 4));
  }

  static ClientStreams streams(Worker worker, Channel channel) {
    GatewayOptions.Limits limits = worker.options().limits();
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    countStreamsOurselves(connection, limits.streams());
    Http2Connection.PropertyKey requestKey = connection.newKey();
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(connection, new NoticingWriter(connection, requestKey));
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new PastStreams(connection)
                .reader(new FieldDecoder(limits.headerBlock()), Floods.CONTINUATIONS),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false, // FieldBlock validates, and knows the order of the fields
            false);
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(limits.streams())
            .maxHeaderListSize(limits.headerBlock());
    return new ClientStreams(decoder, encoder, settings, requestKey, worker, channel);
  }

  /// Netty refuses a stream beyond the limit before it knows the stream, and would take its DATA,
  /// which may be on the way, for an error of the whole connection. So [ClientStreams] counts, and
  /// Netty's own bound is only there behind it.
  static void countStreamsOurselves(Http2Connection connection, int streams) {
    connection.remote().maxActiveStreams(2 * streams + 100);
  }

  /// Whether a head was too large, and has been read to its end.
  static boolean isHeadTooLarge(Http2Exception.StreamException error) {
    return error instanceof Http2Exception.HeaderListSizeException large && large.duringDecode();
  }

  private static final class FieldDecoder extends DefaultHttp2HeadersDecoder {
    FieldDecoder(long most) {
      super(false, most);
    }

    @Override
    protected Http2Headers newHeaders() {
      return new FieldBlock();
    }
  }

  /// Tells a request of each piece of its answer that its client has made room for.
  private static final class NoticingWriter extends DefaultHttp2FrameWriter {
    private final Http2Connection connection;
    private final Http2Connection.PropertyKey requestKey;

    NoticingWriter(Http2Connection connection, Http2Connection.PropertyKey requestKey) {
      super(new BoundedEncoder());
      this.connection = connection;
      this.requestKey = requestKey;
    }

    @Override
    public ChannelFuture writeData(
        ChannelHandlerContext ctx,
        int id,
        ByteBuf data,
        int padding,
        boolean ends,
        ChannelPromise promise) {
      Http2Stream stream = connection.stream(id);
      ClientStream known = stream == null ? null : stream.getProperty(requestKey);
      if (known != null) {
        known.taking();
      }
      return super.writeData(ctx, id, data, padding, ends, promise);
    }
  }

  /// Remembers no more than [#TABLE], however much the client offers.
  static final class BoundedEncoder extends DefaultHttp2HeadersEncoder {
    @Override
    public void maxHeaderTableSize(long most) throws Http2Exception {
      super.maxHeaderTableSize(Math.min(most, TABLE));
    }
  }
}
