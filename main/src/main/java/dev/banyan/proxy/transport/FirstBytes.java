package dev.banyan.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Tells by a connection's first bytes which version of HTTP it speaks, and leaves.
///
/// A client that knows that HTTP/2 is spoken here begins with a line that no request of HTTP/1.1
/// can be (RFC 9113 §3.4). The handlers of HTTP/1.1 are there already; they are taken out again for
/// it.
final class FirstBytes extends ChannelInboundHandlerAdapter {
  private static final ByteBuf PREFACE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("PRI * HTTP/2.0\r\n", StandardCharsets.US_ASCII).asReadOnly());

  private final Front front;
  private final Worker worker;

  /// What came so far, where it is too little to tell.
  private @Nullable ByteBuf begun;

  FirstBytes(Front front, Worker worker) {
    this.front = front;
    this.worker = worker;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    ByteBuf before = begun;
    if (before != null) {
      begun = null;
      bytes = Unpooled.wrappedBuffer(before, bytes);
    }
    int known = Math.min(bytes.readableBytes(), PREFACE.readableBytes());
    boolean preface = ByteBufUtil.equals(bytes, bytes.readerIndex(), PREFACE, 0, known);
    if (preface && known < PREFACE.readableBytes()) {
      begun = bytes;
      ctx.pipeline().get(ClientConnection.class).undecided(true);
      return;
    }
    if (preface) {
      front.becomeHttp2(ctx.channel(), worker);
    }
    if (before != null && !preface) {
      ctx.pipeline().get(ClientConnection.class).undecided(false);
    }
    ctx.pipeline().remove(this);
    ctx.fireChannelRead(bytes);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (begun != null) {
      begun.release();
      begun = null;
    }
  }
}
