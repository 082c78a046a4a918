package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Makes connections to one address: the socket, the TLS handshake, and for HTTP/2 the backend's
/// first SETTINGS, all within `connect_timeout`. A connection that it hands out can carry a request
/// at once, and until then nothing of a request has been sent.
///
/// It belongs to one event loop.
// A failed connect comes to the attempt as well, failed closes as channelInactive.
@SuppressWarnings("FutureReturnValueIgnored")
final class Connector {
  /// Told once what came of it.
  interface Asking {
    void made(Channel channel);

    void failed(Throwable cause);
  }

  private final UpstreamPool pool;
  private final ServiceOptions options;
  private final EventLoop loop;
  private final LongSupplier nanos;
  private final @Nullable BackendTls tls;
  private final Bootstrap bootstrap;

  Connector(
      UpstreamPool pool,
      EventLoop loop,
      Sockets sockets,
      LongSupplier nanos,
      @Nullable BackendTls tls) {
    this.pool = pool;
    this.options = pool.options();
    this.loop = loop;
    this.nanos = nanos;
    this.tls = tls;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(sockets.client())
            .resolver(sockets.resolver())
            .remoteAddress(pool.address().socket())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                Math.clamp(options.connectTimeout().toMillis(), 1, Integer.MAX_VALUE));
  }

  /// Not before the event loop has been through what is ready now: a socket that is opened in the
  /// midst of it may get the number of one that has just been closed, and then Netty takes what was
  /// ready of the old one (such as its reset) for the new one's and closes it.
  void connect(Asking asking) {
    Attempt attempt = new Attempt(asking);
    loop.execute(() -> begin(attempt));
    // Netty's own limit is on the socket alone: not on the look-up before it, nor on what follows.
    if (tls != null
        || options.protocol() != Protocol.HTTP1
        || pool.address().socket().isUnresolved()) {
      attempt.limit();
    }
  }

  private void begin(Attempt attempt) {
    if (attempt.asking == null) {
      return; // its time was over before
    }
    bootstrap
        .clone()
        .handler(attempt)
        .connect()
        .addListener((ChannelFuture future) -> {
          if (future.isSuccess()) {
            return;
          }
          if (loop.inEventLoop()) {
            attempt.failed(future.cause());
          } else {
            // No socket could even be made, for lack of descriptors: Netty tells it elsewhere.
            loop.execute(() -> attempt.failed(future.cause()));
          }
        });
  }

  /// A connection that is being made.
  private final class Attempt extends ChannelInboundHandlerAdapter
      implements MultiplexedConnection.Settling {
    private @Nullable Asking asking;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> timer;

    Attempt(Asking asking) {
      this.asking = asking;
    }

    void limit() {
      if (asking != null) {
        timer =
            loop.schedule(
                () -> failed(new ConnectTimeoutException("not ready within the time")),
                options.connectTimeout().toNanos(),
                TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      context = ctx;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      if (asking == null) {
        ctx.close();
      } else if (tls == null) {
        speak(ctx);
      } else {
        ctx.pipeline().addFirst(tls.handler(ctx.alloc(), pool.url())); // begins the handshake
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
        ctx.fireUserEventTriggered(event);
      } else if (!handshake.isSuccess()) {
        failed(handshake.cause());
      } else if (options.protocol() == Protocol.H2 && !isHttp2(ctx)) {
        failed(new IOException("the backend did not agree to HTTP/2 (ALPN)"));
      } else if (asking != null) {
        speak(ctx);
      }
    }

    private static boolean isHttp2(ChannelHandlerContext ctx) {
      SslHandler handler = ctx.pipeline().get(SslHandler.class);
      return ApplicationProtocolNames.HTTP_2.equals(handler.applicationProtocol());
    }

    private void speak(ChannelHandlerContext ctx) {
      if (options.protocol() != Protocol.HTTP1) {
        ctx.pipeline().addLast(MultiplexedConnection.on(pool, nanos, this));
        return; // until the backend's SETTINGS are here
      }
      HttpDecoderConfig config =
          Http1.strict(UpstreamPool.ANSWER_LINE, UpstreamPool.ANSWER_HEADERS)
              .setStrictLineParsing(false); // old backends end lines with a bare LF
      Http1.FromBackend decoder = new Http1.FromBackend(config);
      Channel channel = ctx.channel();
      channel
          .pipeline()
          .addLast(
              new Http1.ToBackend(),
              decoder,
              new UpstreamConnection(pool, channel, decoder, nanos));
      made(ctx);
    }

    private void made(ChannelHandlerContext ctx) {
      Asking waiting = asking;
      over();
      ctx.pipeline().remove(this);
      if (waiting != null) {
        pool.address().reached();
        waiting.made(ctx.channel());
      }
    }

    @Override
    public void settled(MultiplexedConnection connection) {
      if (context != null) {
        made(context);
      }
    }

    @Override
    public void failed(Throwable cause) {
      Asking waiting = asking;
      over();
      if (context != null) {
        context.close();
      }
      if (waiting != null) {
        waiting.failed(cause);
      }
    }

    private void over() {
      asking = null;
      if (timer != null) {
        timer.cancel(false);
        timer = null;
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      ctx.fireChannelInactive();
      failed(new IOException("it ended before it was ready"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      failed(cause);
    }
  }
}
