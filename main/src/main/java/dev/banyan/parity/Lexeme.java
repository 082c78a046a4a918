package dev.banyan.parity;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A stretch of a JSON text, byte for byte as it stood on the wire.
final class Lexeme {
  private final byte[] source;
  private final int start;
  private final int end;

  Lexeme(byte[] source, int start, int end) {
    this.source = source;
    this.start = start;
    this.end = end;
  }

  int length() {
    return end - start;
  }

  boolean sameBytes(Lexeme other) {
    return Arrays.equals(source, start, end, other.source, other.start, other.end);
  }

  /// The same text without its first and last byte: a string without its quotes.
  Lexeme inner() {
    return new Lexeme(source, start + 1, end - 1);
  }

  /// A 64-bit hash of the bytes, for grouping; equal hashes prove nothing.
  long hash() {
    long hash = 0xcbf29ce484222325L;
    for (int i = start; i < end; i++) {
      hash = (hash ^ source[i]) * 0x100000001b3L;
    }
    return hash ^ (hash >>> 32);
  }

  /// At most so many bytes of it, with an ellipsis where it was cut.
  String excerpt(int atMost) {
    if (length() <= atMost) {
      return toString();
    }
    return new String(source, start, atMost, StandardCharsets.UTF_8) + "…";
  }

  @Override
  public String toString() {
    return new String(source, start, length(), StandardCharsets.UTF_8);
  }
}
