package dev.banyan.parity;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/// Which units were met: one bit for each, at a place that follows from its hash. Two units may
/// share a bit, so there are never fewer units than bits; and what several have met is had by
/// putting their bits together, without a unit being counted twice.
///
/// Bits are only ever set. One thread at a time may set them, any may read.
public final class UnitBits {
  /// So many units of one endpoint are told apart at the most: 16 KiB. Of 10,000 units 4 % share a
  /// bit with another.
  static final int PLACES = 1 << 17;

  private static final int WORDS = PLACES / Long.SIZE;

  // Made with the first unit: of most endpoints nobody is told apart.
  private volatile @Nullable AtomicLongArray words;
  private volatile int count;

  /// Sets a unit's bit.
  ///
  /// @param unit its hash
  /// @return whether the bit was not set before
  boolean add(long unit) {
    AtomicLongArray all = words;
    if (all == null) {
      all = new AtomicLongArray(WORDS);
      words = all;
    }
    int place = (int) ((unit * 0x9E3779B97F4A7C15L) >>> 32) & (PLACES - 1);
    long word = all.get(place / Long.SIZE);
    long bit = 1L << place;
    if ((word & bit) != 0) {
      return false;
    }
    all.set(place / Long.SIZE, word | bit);
    count = Math.addExact(count, 1);
    return true;
  }

  /// How many bits are set.
  int count() {
    return count;
  }

  /// How many bits are set in any of these. Makes nothing: it is asked ten times a second for each
  /// endpoint, by who must not be late.
  static int count(List<UnitBits> all) {
    AtomicLongArray[] set =
        all.stream()
            .map(bits -> bits.words)
            .filter(Objects::nonNull)
            .toArray(AtomicLongArray[]::new);
    int count = 0;
    for (int i = 0; i < WORDS && set.length > 0; i++) {
      long any = 0;
      for (AtomicLongArray each : set) {
        any |= each.getPlain(i);
      }
      count += Long.bitCount(any);
    }
    return count;
  }

  /// The bits that either has.
  UnitBits with(UnitBits other) {
    AtomicLongArray left = words;
    AtomicLongArray right = other.words;
    if (left == null || right == null) {
      return left == null ? other : this;
    }
    long[] both = new long[WORDS];
    for (int i = 0; i < WORDS; i++) {
      both[i] = left.get(i) | right.get(i);
    }
    return of(both);
  }

  private static UnitBits of(long[] bits) {
    UnitBits all = new UnitBits();
    int count = 0;
    for (long word : bits) {
      count += Long.bitCount(word);
    }
    if (count > 0) {
      all.words = new AtomicLongArray(bits);
      all.count = count;
    }
    return all;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof UnitBits bits && Arrays.equals(toBytes(), bits.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  /// The bits as they are kept: none, or all of them, eight to a byte.
  public byte[] toBytes() {
    AtomicLongArray all = words;
    if (all == null) {
      return new byte[0];
    }
    ByteBuffer bytes = ByteBuffer.allocate(PLACES / Byte.SIZE);
    for (int i = 0; i < WORDS; i++) {
      bytes.putLong(all.get(i));
    }
    return bytes.array();
  }

  /// The bits that [#toBytes] gave.
  ///
  /// @throws IllegalArgumentException when they are of another number
  public static UnitBits of(byte[] kept) {
    if (kept.length != 0 && kept.length != PLACES / Byte.SIZE) {
      throw new IllegalArgumentException(
          kept.length + " bytes of units were kept, not " + PLACES / Byte.SIZE);
    }
    LongBuffer from = ByteBuffer.wrap(kept).asLongBuffer();
    long[] bits = new long[WORDS];
    from.get(bits, 0, from.remaining());
    return of(bits);
  }
}
