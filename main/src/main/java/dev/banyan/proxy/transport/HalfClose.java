package dev.banyan.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/// Tells a client that nothing more comes, and still reads from it: a connection that is closed
/// with bytes unread is reset, and the reset can overtake the last answer (RFC 9112 §9.6).
// A write that fails closes the connection, which is all that is wanted of it.
@SuppressWarnings("FutureReturnValueIgnored")
final class HalfClose {
  private HalfClose() {}

  /// With TLS, its own end is told first, so that nobody takes the connection for cut off.
  static void of(Channel channel) {
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      ((DuplexChannel) channel).shutdownOutput();
      return;
    }
    ChannelFuture told = tls.closeOutbound();
    told.addListener(
        (ChannelFutureListener)
            done -> {
              if (channel.isActive()) {
                ((DuplexChannel) channel).shutdownOutput();
              }
            });
  }
}
