package dev.banyan.demo.tour;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A fault injected into a family's candidate at a place on its way.
///
/// @param errors the share of reads that are answered 500
/// @param latency the least that reads wait
record Strike(Place at, double errors, Duration latency) {

  /// A phase, and the weight in it; null for any.
  record Place(String phase, @Nullable String weight) {
    boolean is(Family family) {
      return phase.equals(family.phase()) && (weight == null || weight.equals(family.weight()));
    }

    @Override
    public String toString() {
      return weight == null ? phase : phase + " " + weight;
    }
  }
}
