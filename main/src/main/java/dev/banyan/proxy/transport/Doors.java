package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.Problem;
import dev.banyan.proxy.ProxyFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Lets in as many clients as may be connected at one time, on all event loops together, and turns
/// the others away at little cost: no decoder, no timer of a request, one answer made beforehand.
// Failed writes come back as exceptionCaught, failed closes as channelInactive: futures add
// nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class Doors {
  /// Those who are being told, at one time; further ones are only closed.
  static final int TOLD = 256;

  /// How long one may take to hear it. A connection that is closed with bytes unread is reset, and
  /// the answer lost with it.
  private static final long HEARING = TimeUnit.SECONDS.toNanos(1);

  private static final ByteBuf FULL = Unpooled.unreleasableBuffer(answer());

  private final Outcomes outcomes;
  private final AtomicInteger within = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();

  Doors(Outcomes outcomes) {
    this.outcomes = outcomes;
  }

  private static ByteBuf answer() {
    Problem problem = Problem.of(ProxyFailure.Kind.TOO_MANY_CONNECTIONS);
    String json = new String(problem.json(null), StandardCharsets.US_ASCII);
    String head =
        "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            .formatted(problem.status(), problem.title(), Problem.MEDIA_TYPE, json.length());
    return Unpooled.directBuffer().writeBytes((head + json).getBytes(StandardCharsets.US_ASCII));
  }

  /// Lets a connection in, or else takes care of it.
  ///
  /// @param plain whether it can be told why in HTTP/1.1
  boolean open(Channel channel, int most, boolean plain) {
    if (within.incrementAndGet() <= most) {
      channel.closeFuture().addListener(_ -> within.decrementAndGet());
      return true;
    }
    within.decrementAndGet();
    outcomes.limited(Limit.CONNECTIONS);
    if (plain && told.incrementAndGet() <= TOLD) {
      channel.closeFuture().addListener(_ -> told.decrementAndGet());
      channel.pipeline().addLast(new TurnedAway());
    } else {
      if (plain) {
        told.decrementAndGet();
      }
      channel.close();
    }
    return false;
  }

  private static final class TurnedAway extends ChannelInboundHandlerAdapter {
    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      Channel channel = ctx.channel();
      channel
          .writeAndFlush(FULL.duplicate())
          .addListener(
              (ChannelFutureListener)
                  written -> {
                    if (written.isSuccess()) {
                      ((DuplexChannel) channel).shutdownOutput();
                    } else {
                      channel.close();
                    }
                  });
      Runnable close = channel::close;
      channel.eventLoop().schedule(close, HEARING, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
