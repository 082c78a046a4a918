package dev.banyan.transfer.mysql;

import java.nio.charset.Charset;
import java.util.Arrays;

/// Reads an event's bytes from front to back. For one thread.
final class Bytes {
  private final byte[] bytes;
  private int at;

  Bytes(byte[] bytes) {
    this.bytes = bytes;
  }

  int at() {
    return at;
  }

  int left() {
    return bytes.length - at;
  }

  void skip(int count) {
    at += count;
  }

  int unsigned() {
    return bytes[at++] & 0xff;
  }

  /// Little-endian, without a sign.
  long little(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value |= (bytes[at + i] & 0xffL) << (8 * i);
    }
    at += count;
    return value;
  }

  /// Big-endian, without a sign.
  long big(int count) {
    long value = 0;
    for (int i = 0; i < count; i++) {
      value = (value << 8) | (bytes[at + i] & 0xffL);
    }
    at += count;
    return value;
  }

  /// The protocol's integer of one to nine bytes.
  int packed() {
    int first = unsigned();
    return switch (first) {
      case 252 -> (int) little(2);
      case 253 -> (int) little(3);
      case 254 -> Math.toIntExact(little(8));
      default -> first;
    };
  }

  byte[] take(int count) {
    byte[] taken = Arrays.copyOfRange(bytes, at, at + count);
    at += count;
    return taken;
  }

  String text(int count, Charset charset) {
    String text = Charsets.decode(bytes, at, count, charset);
    at += count;
    return text;
  }

  /// A bit of a bitmap that begins at a place.
  boolean bit(int from, int index) {
    return ((bytes[from + index / 8] >> (index % 8)) & 1) == 1;
  }
}
