package dev.banyan.transfer;

import java.util.Random;

/// Tries a property on many random cases. A failure names the seed; run again with `-Dseed=` to see
/// it again.
public interface Property {
  void holds(Random random) throws Exception;

  static void forAll(int cases, Property property) throws Exception {
    long first = Long.getLong("seed", new Random().nextLong());
    for (int i = 0; i < cases; i++) {
      long seed = first + i;
      try {
        property.holds(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
