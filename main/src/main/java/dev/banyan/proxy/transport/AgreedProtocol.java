package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.RefusedRequest;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Waits for the end of a TLS handshake, serves the version of HTTP that was agreed on in it (ALPN,
/// RFC 7301), and leaves. A client that asks for none gets HTTP/1.1.
// A failed close comes back as channelInactive: its future adds nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class AgreedProtocol extends ApplicationProtocolNegotiationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(AgreedProtocol.class);

  private final Front front;
  private final Worker worker;

  AgreedProtocol(Front front, Worker worker) {
    super(ApplicationProtocolNames.HTTP_1_1);
    this.front = front;
    this.worker = worker;
  }

  @Override
  protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
    if (protocol.equals(ApplicationProtocolNames.HTTP_2)) {
      front.addHttp2(ctx.channel(), worker);
    } else {
      front.addHttp1(ctx.channel(), worker);
      ctx.fireChannelActive(); // for those who have just come
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent done && !done.isSuccess()) {
      tell(done.cause());
    }
    super.userEventTriggered(ctx, event);
  }

  private void tell(Throwable cause) {
    LOG.debug("a TLS handshake failed: {}", String.valueOf(cause));
    if (cause instanceof SslHandshakeTimeoutException) {
      worker.outcomes().limited(Limit.HEADER_TIME);
    } else if (cause instanceof NotSslRecordException) {
      ProxyFailure why = ProxyFailure.refused(Kind.BAD_REQUEST, "no TLS on a port of TLS");
      worker.outcomes().ended(new RefusedRequest(worker.ids().idOr(null), "", "", why));
    }
  }

  /// What went wrong with the handshake has been told by then.
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
