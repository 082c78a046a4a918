package dev.banyan.transfer.reconcile;

import java.util.BitSet;

/// The hashes of many rows, gathered by their keys into 65,536 buckets of count, sum and exclusive
/// or. In no order, so that no collation matters and parts can be added up.
///
/// Rows are gathered by key and not by content, so that a row that is changed meanwhile stays in
/// its bucket. For one thread at a time.
final class Buckets {
  static final int COUNT = 1 << 16;
  private static final int STRIDE = 5;

  private final long[] cells = new long[COUNT * STRIDE];

  static int of(long keyHash) {
    return (int) (keyHash >>> 48);
  }

  void add(int bucket, long high, long low) {
    int at = bucket * STRIDE;
    cells[at]++;
    long sum = cells[at + 2] + low;
    cells[at + 1] += high + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
    cells[at + 2] = sum;
    cells[at + 3] ^= high;
    cells[at + 4] ^= low;
  }

  void add(Buckets other) {
    for (int bucket = 0; bucket < COUNT; bucket++) {
      int at = bucket * STRIDE;
      cells[at] += other.cells[at];
      long sum = cells[at + 2] + other.cells[at + 2];
      long carry = Long.compareUnsigned(sum, other.cells[at + 2]) < 0 ? 1 : 0;
      cells[at + 1] += other.cells[at + 1] + carry;
      cells[at + 2] = sum;
      cells[at + 3] ^= other.cells[at + 3];
      cells[at + 4] ^= other.cells[at + 4];
    }
  }

  long rows(int bucket) {
    return cells[bucket * STRIDE];
  }

  BitSet differing(Buckets other) {
    BitSet differing = new BitSet(COUNT);
    for (int bucket = 0; bucket < COUNT; bucket++) {
      int at = bucket * STRIDE;
      for (int i = at; i < at + STRIDE; i++) {
        if (cells[i] != other.cells[i]) {
          differing.set(bucket);
          break;
        }
      }
    }
    return differing;
  }

  Digest digest() {
    Digest digest = Digest.NONE;
    for (int bucket = 0; bucket < COUNT; bucket++) {
      int at = bucket * STRIDE;
      if (cells[at] != 0) {
        digest =
            digest.plus(
                new Digest(cells[at], cells[at + 1], cells[at + 2], cells[at + 3], cells[at + 4]));
      }
    }
    return digest;
  }
}
