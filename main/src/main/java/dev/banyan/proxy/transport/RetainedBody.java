package dev.banyan.proxy.transport;

import dev.banyan.exchange.Body;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/// A body made of the network's own buffers, held by reference and never copied.
final class RetainedBody implements Body {
  private final List<ByteBuf> buffers;
  private final int length;
  private final AtomicBoolean released = new AtomicBoolean();

  private RetainedBody(List<ByteBuf> buffers, int length) {
    this.buffers = buffers;
    this.length = length;
  }

  /// Takes the buffers over.
  static Body of(List<ByteBuf> buffers) {
    if (buffers.isEmpty()) {
      return Body.EMPTY;
    }
    int length = 0;
    for (ByteBuf buffer : buffers) {
      length += buffer.readableBytes();
    }
    return new RetainedBody(List.copyOf(buffers), length);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public List<ByteBuffer> pieces() {
    if (released.get()) {
      throw new IllegalStateException("the body was given back already");
    }
    List<ByteBuffer> pieces = new ArrayList<>(buffers.size());
    for (ByteBuf buffer : buffers) {
      for (ByteBuffer piece : buffer.nioBuffers()) {
        pieces.add(piece.asReadOnlyBuffer());
      }
    }
    return pieces;
  }

  @Override
  public void release() {
    if (released.compareAndSet(false, true)) {
      buffers.forEach(ByteBuf::release);
    }
  }
}
