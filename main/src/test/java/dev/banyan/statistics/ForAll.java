package dev.banyan.statistics;

import java.util.Random;
import java.util.function.Consumer;

/// A property checked on many random cases; a failure names the seed of its case.
final class ForAll {
  private ForAll() {}

  static void cases(int count, Consumer<Random> property) {
    for (long seed = 1; seed <= count; seed++) {
      try {
        property.accept(new Random(seed));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("with seed " + seed, e);
      }
    }
  }
}
