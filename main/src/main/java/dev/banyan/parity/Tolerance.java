package dev.banyan.parity;

import dev.banyan.exchange.Difference;

/// Knows of differences that are no fault: values that the legacy itself never gives twice
/// ([Noise]), or ids that the two sides hand out apart ([IdMap]). Asked for every single one,
/// before those of one place are told of together. Called on the comparing thread, must not block.
@FunctionalInterface
public interface Tolerance {
  Tolerance NONE = _ -> false;

  boolean tolerates(Difference difference);

  default Tolerance or(Tolerance other) {
    return difference -> tolerates(difference) || other.tolerates(difference);
  }
}
