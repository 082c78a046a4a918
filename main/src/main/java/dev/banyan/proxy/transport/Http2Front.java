package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import io.netty.channel.Channel;
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
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.util.concurrent.TimeUnit;

/// Puts Netty's parts of HTTP/2 together for one client's connection, each with its bound.
final class Http2Front {
  /// What a client may send beyond 64 KiB on all its streams together before any of it has been
  /// passed on. With it, one backend that takes nothing does not hold up the client's other
  /// uploads.
  static final int CONNECTION_ROOM = 1024 * 1024 - 65_535;

  /// Bytes of header fields remembered between requests, in either direction. A client may allow
  /// the gateway more; it is not used.
  static final int TABLE = 4_096;

  private static final long LOOK_MIN = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long LOOK_MAX = TimeUnit.SECONDS.toNanos(1);

  private Http2Front() {}

  static ClientStreams streams(Worker worker, Channel channel) {
    GatewayOptions.Limits limits = worker.options().limits();
    Http2Connection connection = new DefaultHttp2Connection(true, 0);
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    countStreamsOurselves(connection, limits.streams());
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new DefaultHttp2FrameWriter(new BoundedEncoder()));
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
    return new ClientStreams(decoder, encoder, settings, worker, channel);
  }

  /// How often the streams of a connection are looked at.
  static long interval(GatewayOptions.Limits limits) {
    long bodyOrHead = Math.min(limits.headerTime().toNanos(), limits.bodyTime().toNanos());
    long shortest = Math.min(limits.idle().toNanos(), bodyOrHead);
    return Math.max(LOOK_MIN, Math.min(LOOK_MAX, shortest / 4));
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

  /// Remembers no more than [#TABLE], however much the client offers.
  static final class BoundedEncoder extends DefaultHttp2HeadersEncoder {
    @Override
    public void maxHeaderTableSize(long most) throws Http2Exception {
      super.maxHeaderTableSize(Math.min(most, TABLE));
    }
  }
}
