package dev.banyan.replica;

import java.util.Arrays;

/// What one replica saw of one family in one tick, in bytes that only the gates read.
///
/// @param bytes up to [#MOST]; not copied, and not to be changed
@SuppressWarnings("ArrayRecordComponent") // handed on ten times a second; equality is by content
public record Digest(String replica, String family, long epoch, byte[] bytes) {
  /// The longest one.
  public static final int MOST = 1 << 20;

  public Digest {
    if (bytes.length > MOST) {
      throw new IllegalArgumentException(
          "a digest of " + bytes.length + " bytes; allowed: up to " + MOST);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Digest that
        && replica.equals(that.replica)
        && family.equals(that.family)
        && epoch == that.epoch
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * replica.hashCode() + family.hashCode()) + Long.hashCode(epoch);
  }

  @Override
  public String toString() {
    return replica + " " + family + " epoch " + epoch + ", " + bytes.length + " bytes";
  }
}
