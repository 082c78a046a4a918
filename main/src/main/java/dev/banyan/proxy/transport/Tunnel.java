package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.RequestEnd.How;
import dev.banyan.proxy.ServiceOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A client's and a backend's connection after a 101 (RFC 9110 §7.8): bytes pass both ways as they
/// are, and a full buffer at one end stops the reading at the other.
///
/// The end of one direction is passed on and leaves the other open, so long as that one is not
/// silent for [#HALF_OPEN]; where an end speaks TLS, which knows no such half, both directions end.
/// A reset at one end is one at the other. Both connections close together, and that is told as the
/// request's end.
///
/// It belongs to one event loop.
// Failed writes come back as exceptionCaught, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class Tunnel {
  private static final Logger LOG = LoggerFactory.getLogger(Tunnel.class);

  /// A client that is gone for good looks like one that has merely nothing more to say: silence may
  /// not last as long then.
  static final long HALF_OPEN = TimeUnit.SECONDS.toNanos(30);

  private final Worker worker;
  private final RequestAccount account;
  private final ServiceOptions service;
  private final End client;
  private final End backend;
  private long heard;
  private int connections = 2;

  /// How it came to its end, as soon as that has begun.
  private @Nullable How how;

  private @Nullable Future<?> timer;

  /// @param account of the request that asked for it; it ends with the tunnel
  /// @param service whose limits hold
  Tunnel(
      Worker worker,
      RequestAccount account,
      ServiceOptions service,
      Channel client,
      Channel backend) {
    this.worker = worker;
    this.account = account;
    this.service = service;
    this.client = new End(client);
    this.backend = new End(backend);
    this.heard = worker.nanos().getAsLong();
  }

  /// Takes over both connections. What their decoders have read beyond the request and the 101 is
  /// the first to pass.
  void open() {
    worker.tunnels().opened();
    client.takeOver();
    backend.takeOver();
    // Both ends stand and both encoders are gone before a decoder goes, which sets free what it
    // holds.
    remove(client, RequestDecoder.class);
    remove(backend, Http1.FromBackend.class);
    client.follow();
    backend.follow();
    watch();
  }

  private static void remove(End end, Class<? extends ChannelHandler> codec) {
    ChannelPipeline pipeline = end.channel.pipeline();
    if (pipeline.get(codec) != null) {
      pipeline.remove(codec);
    }
  }

  // ---- limits

  /// One timer, which looks when the tunnel might be over; bytes that pass only leave their time.
  private void watch() {
    if (timer != null) {
      timer.cancel(false);
    }
    long now = worker.nanos().getAsLong();
    long left = Math.min(silenceAllowed() - (now - heard), longest() - (now - account.began()));
    timer = client.channel.eventLoop().schedule(this::look, left, TimeUnit.NANOSECONDS);
  }

  private long longest() {
    Duration longest = service.longest();
    return longest == null ? Long.MAX_VALUE : longest.toNanos();
  }

  private long silenceAllowed() {
    long idle = service.streamIdle().toNanos();
    return client.finished || backend.finished ? Math.min(HALF_OPEN, idle) : idle;
  }

  private void look() {
    if (connections == 0) {
      return;
    }
    long now = worker.nanos().getAsLong();
    if (now - account.began() >= longest()) {
      cut(Limit.LONGEST);
    } else if (now - heard < silenceAllowed()) {
      watch();
    } else if (client.finished || backend.finished) {
      endAs(client.finished ? How.CLIENT_GONE : How.ANSWERED);
      close();
    } else {
      cut(Limit.STREAM_IDLE);
    }
  }

  private void cut(Limit limit) {
    worker.outcomes().limited(limit);
    endAs(How.BROKEN_OFF);
    close();
  }

  private void close() {
    client.channel.close();
    backend.channel.close();
  }

  // ---- ending

  private void endAs(How first) {
    if (how == null) {
      how = first;
    }
  }

  private void closed() {
    if (--connections > 0) {
      watch(); // the other end may not take its last bytes for ever
      return;
    }
    if (timer != null) {
      timer.cancel(false);
    }
    worker.tunnels().closed();
    account.tellEnd(worker.outcomes(), how == null ? How.BROKEN_OFF : how);
  }

  /// One end of the tunnel: reads there, writes to the other.
  private final class End extends ChannelInboundHandlerAdapter {
    final Channel channel;

    /// Whether it will send nothing more.
    boolean finished;

    private boolean broken;

    End(Channel channel) {
      this.channel = channel;
    }

    private End other() {
      return this == client ? backend : client;
    }

    /// Stands before the handler that has led this connection so far, which goes on to learn of its
    /// closing and of nothing else.
    void takeOver() {
      ChannelPipeline pipeline = channel.pipeline();
      pipeline.addBefore(pipeline.lastContext().name(), null, this);
      remove(this, this == client ? Http1.ToClient.class : Http1.ToBackend.class);
      channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    /// Reads exactly while the other end takes more.
    void follow() {
      channel.config().setAutoRead(other().channel.isWritable());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      Channel to = other().channel;
      if (!to.isActive()) {
        bytes.release(); // nobody is there to be told that it cannot be written
        return;
      }
      heard = worker.nanos().getAsLong();
      if (this == client) {
        account.bytesIn += bytes.readableBytes();
      } else {
        account.bytesOut += bytes.readableBytes();
      }
      to.write(bytes, to.voidPromise());
      if (!to.isWritable()) {
        follow();
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      other().channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      heard = worker.nanos().getAsLong(); // who takes bytes is there
      other().follow();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (finished || broken) {
        return; // over TLS a reset brings the same events as an end
      }
      if (event == ChannelInputShutdownEvent.INSTANCE) {
        finish(channel.pipeline().get(SslHandler.class) != null);
      } else if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
        finish(true);
      }
    }

    /// @param whole whether the other direction ends with this one
    private void finish(boolean whole) {
      finished = true;
      End to = other();
      if (whole || to.finished || to.channel.pipeline().get(SslHandler.class) != null) {
        endAs(How.ANSWERED);
        closeWhenWritten();
        to.closeWhenWritten();
      } else {
        to.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(to.shutdown());
      }
      watch();
    }

    /// What is not written yet would be lost with the direction.
    private ChannelFutureListener shutdown() {
      return written -> {
        if (written.isSuccess() && channel.isActive()) {
          HalfClose.of(channel);
        }
      };
    }

    private void closeWhenWritten() {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      if (!(cause instanceof IOException || cause.getCause() instanceof SSLException)) {
        LOG.error("a tunnel is closed for a fault of the gateway's own", cause);
      }
      // What could not be written because of a close here is not the other end's doing.
      broken |= !(cause instanceof ClosedChannelException);
      channel.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      finished = true;
      if (broken) {
        breakOff();
      } else {
        endAs(How.BROKEN_OFF); // closed by the gateway, unless the end had begun
        other().closeWhenWritten();
      }
      closed();
      ctx.fireChannelInactive();
    }

    private void breakOff() {
      if (how == null && this == backend) {
        account.failure =
            ProxyFailure.of(Kind.RESET, service.name(), service.name() + ": a tunnel was reset")
                .on(account.side);
      }
      endAs(this == client ? How.CLIENT_GONE : How.BROKEN_OFF);
      Channel to = other().channel;
      if (to.isOpen()) {
        to.config().setOption(ChannelOption.SO_LINGER, 0);
        // Past TLS, which would say first that all is well.
        to.unsafe().close(to.newPromise());
      }
    }
  }
}
