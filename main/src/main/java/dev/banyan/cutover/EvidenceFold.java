package dev.banyan.cutover;

import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.migration.Phase;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The evidence of a family's present epoch, as it grows: another epoch, another phase (of a
/// rollback that is in force and not recorded yet), or other limits begin it anew. Guarded by
/// itself; the latest [Step] may be read by any thread without waiting.
final class EvidenceFold {
  private @Nullable StepEvidence folding;
  private long epoch = -1;
  private @Nullable Phase phase;
  private @Nullable GateLimits limits;
  private volatile @Nullable Seen seen;

  /// A step's evidence, and what it was folded for.
  private record Seen(long epoch, Phase phase, GateLimits limits, Step step) {
    boolean isOf(Standing at, FamilyPolicy by) {
      return epoch == at.state().epoch()
          && phase.equals(at.state().phase())
          && limits.equals(by.gates());
    }
  }

  /// Takes in what happened in the epoch and the phase of a standing.
  ///
  /// @param since how long the step has lasted
  synchronized void take(Standing at, FamilyPolicy by, TickDigest tick, Duration since) {
    StepEvidence present = folding;
    long now = at.state().epoch();
    Phase in = at.state().phase();
    if (present == null || epoch != now || !in.equals(phase) || !by.gates().equals(limits)) {
      present = fresh(at, by);
      folding = present;
      epoch = now;
      phase = in;
      limits = by.gates();
    }
    present.take(tick, since);
    seen = new Seen(now, in, by.gates(), present.snapshot());
  }

  /// The evidence of a standing's epoch and phase as of the latest digest; none of any other.
  Step step(Standing at, FamilyPolicy by) {
    Seen latest = seen;
    return latest != null && latest.isOf(at, by) ? latest.step : fresh(at, by).snapshot();
  }

  private static StepEvidence fresh(Standing at, FamilyPolicy by) {
    return new StepEvidence(at.state().phase(), by.gates(), at.baseline());
  }
}
