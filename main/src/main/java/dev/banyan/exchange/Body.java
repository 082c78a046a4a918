package dev.banyan.exchange;

import java.nio.ByteBuffer;
import java.util.Arrays;
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

  /// Whether both have the same bytes, however they are cut into pieces. Copies none.
  default boolean sameBytes(Body other) {
    return length() == other.length() && samePieces(pieces(), other.pieces());
  }

  private static boolean samePieces(List<ByteBuffer> lefts, List<ByteBuffer> rights) {
    int leftPiece = 0;
    int rightPiece = 0;
    int leftAt = 0;
    int rightAt = 0;
    while (leftPiece < lefts.size() && rightPiece < rights.size()) {
      ByteBuffer l = lefts.get(leftPiece);
      ByteBuffer r = rights.get(rightPiece);
      int n = Math.min(l.remaining() - leftAt, r.remaining() - rightAt);
      if (l.slice(l.position() + leftAt, n).mismatch(r.slice(r.position() + rightAt, n)) >= 0) {
        return false;
      }
      leftAt += n;
      rightAt += n;
      if (leftAt == l.remaining()) {
        leftPiece++;
        leftAt = 0;
      }
      if (rightAt == r.remaining()) {
        rightPiece++;
        rightAt = 0;
      }
    }
    return true;
  }

  /// A body that owns its bytes; the array must not be changed afterwards.
  static Body of(byte[] bytes) {
    return new Whole(bytes);
  }

  /// A body in one array.
  final class Whole implements Body {
    private final byte[] bytes;

    private Whole(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public int length() {
      return bytes.length;
    }

    @Override
    public List<ByteBuffer> pieces() {
      return List.of(ByteBuffer.wrap(bytes).asReadOnlyBuffer());
    }

    @Override
    public void release() {}

    /// Allocates nothing where the other is in one array too.
    @Override
    public boolean sameBytes(Body other) {
      return other instanceof Whole whole
          ? Arrays.equals(bytes, whole.bytes)
          : Body.super.sameBytes(other);
    }
  }
}
