package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence;
import dev.banyan.statistics.RateBound;

/// How sure one may be of what was counted.
public final class ParityRate {
  /// That the bound holds, however often one looks.
  public static final double CONFIDENCE = 0.95;

  private ParityRate() {}

  /// The bound that the units give; 0 while nothing was compared.
  public static ParityEvidence.Bound of(ParityEvidence parity) {
    return new ParityEvidence.Bound(
        parity.rate(),
        RateBound.lower(parity.comparedUnits(), parity.differedUnits(), CONFIDENCE),
        CONFIDENCE,
        parity.coverage());
  }
}
