package dev.banyan.proxy.transport;

import dev.banyan.exchange.Body;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A body put together from copies of the pieces that passed by.
///
/// A reference to a piece would keep alive the whole buffer that one read filled, and with it the
/// chunk of the allocator that this buffer was cut from, for as long as a second leg takes: memory
/// that nobody has counted, and taken from clients. A copy takes as much as it is charged with.
final class CopiedBody implements Body {
  private final List<ByteBuffer> pieces;
  private final int length;

  private CopiedBody(List<ByteBuffer> pieces, int length) {
    this.pieces = pieces;
    this.length = length;
  }

  /// The bytes that can be read from the piece, which stays as it is.
  static byte[] copy(ByteBuf piece) {
    byte[] bytes = new byte[piece.readableBytes()];
    piece.getBytes(piece.readerIndex(), bytes);
    return bytes;
  }

  /// Takes the arrays over: nobody may change them any more.
  static Body of(List<byte[]> copies) {
    if (copies.isEmpty()) {
      return Body.EMPTY;
    }
    if (copies.size() == 1) {
      return Body.of(copies.getFirst());
    }
    int length = 0;
    List<ByteBuffer> pieces = new ArrayList<>(copies.size());
    for (byte[] copy : copies) {
      length += copy.length;
      pieces.add(ByteBuffer.wrap(copy).asReadOnlyBuffer());
    }
    return new CopiedBody(pieces, length);
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public List<ByteBuffer> pieces() {
    List<ByteBuffer> views = new ArrayList<>(pieces.size());
    for (ByteBuffer piece : pieces) {
      views.add(piece.duplicate());
    }
    return views;
  }

  @Override
  public void release() {
    // The arrays go with whoever holds this.
  }
}
