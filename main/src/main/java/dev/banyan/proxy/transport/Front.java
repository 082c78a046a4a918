package dev.banyan.proxy.transport;

import dev.banyan.proxy.FrontTls;
import dev.banyan.proxy.GatewayOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Gives each new connection of a client its handlers: for HTTP/1.1 or HTTP/2, with or without TLS.
// A failed close comes back as channelInactive: its future adds nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class Front {
  private final @Nullable ShownCertificate certificate;

  /// @throws IOException with a message for people, when there is to be TLS and its files are unfit
  Front(@Nullable FrontTls tls) throws IOException {
    this.certificate = tls == null ? null : new ShownCertificate(tls);
  }

  @Nullable ShownCertificate certificate() {
    return certificate;
  }

  void init(Channel channel, Worker worker) {
    ChannelPipeline pipeline = channel.pipeline();
    if (certificate == null) {
      pipeline.addLast(new FirstBytes(this, worker));
      addHttp1(channel, worker);
      return;
    }
    SslHandler tls = certificate.newHandler(channel.alloc());
    tls.setHandshakeTimeout(worker.options().limits().headerTime().toNanos(), TimeUnit.NANOSECONDS);
    pipeline.addLast(tls, new AgreedProtocol(this, worker));
  }

  void addHttp1(Channel channel, Worker worker) {
    GatewayOptions.Limits limits = worker.options().limits();
    Http1.ToClient encoder = new Http1.ToClient();
    channel
        .pipeline()
        .addLast(
            encoder,
            new RequestDecoder(Http1.strict(limits.requestLine(), limits.headerBlock())),
            new ClientConnection(worker, channel, encoder));
  }

  void addHttp2(Channel channel, Worker worker) {
    channel.pipeline().addLast(Http2Front.streams(worker, channel));
  }

  /// Puts HTTP/2 in the place of HTTP/1.1.
  void becomeHttp2(Channel channel, Worker worker) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(Http1.ToClient.class);
    pipeline.remove(RequestDecoder.class);
    pipeline.remove(ClientConnection.class);
    addHttp2(channel, worker);
  }

  /// Ends a client's connection in order, from its event loop.
  static void drain(Channel channel) {
    ClientConnection one = channel.pipeline().get(ClientConnection.class);
    ClientStreams many = channel.pipeline().get(ClientStreams.class);
    if (one != null) {
      one.drain();
    } else if (many != null) {
      many.drain();
    } else {
      channel.close(); // still in its handshake
    }
  }
}
