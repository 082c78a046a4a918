package dev.banyan.transfer.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that are being put together, in the byte order of PostgreSQL's wire. For one thread.
final class Growing {
  static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /// What a buffer may keep after a large row went by.
  private static final int KEPT = 1 << 20;

  private byte[] bytes;
  private int size;

  Growing(int expected) {
    bytes = new byte[expected];
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  void clear() {
    if (bytes.length > KEPT) {
      bytes = new byte[KEPT];
    }
    size = 0;
  }

  /// Back to an earlier size.
  void cut(int earlier) {
    size = earlier;
  }

  private void room(int more) {
    if (size + more < 0) {
      throw new OutOfMemoryError("a row is larger than 2 GB");
    }
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.clamp(bytes.length * 2L, size + more, 0x7fff_fff0));
    }
  }

  void u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void i16(int value) {
    room(2);
    SHORT.set(bytes, size, (short) value);
    size += 2;
  }

  void i32(int value) {
    room(4);
    INT.set(bytes, size, value);
    size += 4;
  }

  void i64(long value) {
    room(8);
    LONG.set(bytes, size, value);
    size += 8;
  }

  void put(byte[] from) {
    room(from.length);
    System.arraycopy(from, 0, bytes, size, from.length);
    size += from.length;
  }

  void utf8(String text) {
    put(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Leaves room for a length that is known later.
  int lengthAhead() {
    i32(0);
    return size;
  }

  /// Writes the length of what came since [#lengthAhead].
  void length(int since) {
    INT.set(bytes, since - 4, size - since);
  }
}
