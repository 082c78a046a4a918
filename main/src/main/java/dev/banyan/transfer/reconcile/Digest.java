package dev.banyan.transfer.reconcile;

import java.util.HexFormat;

/// Rows as one number, in whatever order they came: how many, the sum of their hashes and their
/// exclusive or, each of 128 bits.
public record Digest(long rows, long sumHigh, long sumLow, long xorHigh, long xorLow) {
  public static final Digest NONE = new Digest(0, 0, 0, 0, 0);

  public Digest plus(Digest other) {
    long low = sumLow + other.sumLow;
    long carry = Long.compareUnsigned(low, sumLow) < 0 ? 1 : 0;
    return new Digest(
        rows + other.rows,
        sumHigh + other.sumHigh + carry,
        low,
        xorHigh ^ other.xorHigh,
        xorLow ^ other.xorLow);
  }

  /// 64 hexadecimal digits; the count is not among them.
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(sumHigh)
        + hex.toHexDigits(sumLow)
        + hex.toHexDigits(xorHigh)
        + hex.toHexDigits(xorLow);
  }
}
