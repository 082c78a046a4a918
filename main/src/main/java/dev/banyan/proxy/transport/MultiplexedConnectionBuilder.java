package dev.banyan.proxy.transport;

import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.function.LongSupplier;

/// Sets up Netty's HTTP/2 for one connection to a backend.
final class MultiplexedConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<
        MultiplexedConnection, MultiplexedConnectionBuilder> {
  final UpstreamPool pool;
  final LongSupplier nanos;
  final MultiplexedConnection.Settling settling;

  MultiplexedConnectionBuilder(
      UpstreamPool pool, LongSupplier nanos, MultiplexedConnection.Settling settling) {
    this.pool = pool;
    this.nanos = nanos;
    this.settling = settling;
    DefaultHttp2Connection connection = new DefaultHttp2Connection(false);
    connection
        .local()
        .flowController(
            new DefaultHttp2LocalFlowController(
                connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
    connection(connection);
    initialSettings(
        new Http2Settings()
            .pushEnabled(false)
            .initialWindowSize(MultiplexedConnection.STREAM_WINDOW)
            .maxHeaderListSize(UpstreamPool.ANSWER_HEADERS));
    // What the backend asks for is advice (RFC 9113 §6.5.2); it can answer 431 itself.
    encoderIgnoreMaxHeaderListSize(true);
  }

  @Override
  protected MultiplexedConnection build() {
    return super.build();
  }

  @Override
  protected MultiplexedConnection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    return new MultiplexedConnection(decoder, encoder, settings, this);
  }
}
