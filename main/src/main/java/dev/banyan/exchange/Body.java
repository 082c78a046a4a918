package dev.banyan.exchange;

import java.nio.ByteBuffer;
import java.util.List;

/// The bytes of a message's body, without transfer coding, perhaps borrowed from the network's
/// buffers.
///
/// The bytes never change. They may be read from any thread until [#release] is called; whoever was
/// handed the body calls it once. After that the bytes must not be touched.
public interface Body {

  Body EMPTY = of(new byte[0]);

  /// In bytes.
  int length();

  /// The bytes in order, as read-only views with positions of their own.
  List<ByteBuffer> pieces();

  /// Gives borrowed memory back. Bodies made by [#of] have none to give.
  void release();

  /// A copy of all the bytes.
  default byte[] toByteArray() {
    byte[] all = new byte[length()];
    int at = 0;
    for (ByteBuffer piece : pieces()) {
      int n = piece.remaining();
      piece.get(piece.position(), all, at, n);
      at += n;
    }
    return all;
  }

  /// A body that owns its bytes; the array must not be changed afterwards.
  static Body of(byte[] bytes) {
    ByteBuffer whole = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    return new Body() {
      @Override
      public int length() {
        return bytes.length;
      }

      @Override
      public List<ByteBuffer> pieces() {
        return List.of(whole.duplicate());
      }

      @Override
      public void release() {}
    };
  }
}
