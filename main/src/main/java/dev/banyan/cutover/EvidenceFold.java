package dev.banyan.cutover;

import dev.banyan.cutover.FamilyPolicy.GateLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The evidence of a family's present epoch, as it grows: another epoch, or other limits, begin it
/// anew. Guarded by itself; the latest [Step] may be read by any thread without waiting.
final class EvidenceFold {
  private @Nullable StepEvidence folding;
  private long epoch = -1;
  private @Nullable GateLimits limits;
  private volatile @Nullable Seen seen;

  /// A step's evidence, and what it was folded for.
  private record Seen(long epoch, GateLimits limits, Step step) {}

  /// Takes in what happened in the epoch of a standing.
  ///
  /// @param since how long the step has lasted
  synchronized void take(Standing at, FamilyPolicy by, TickDigest tick, Duration since) {
    StepEvidence present = folding;
    long now = at.state().epoch();
    if (present == null || epoch != now || !by.gates().equals(limits)) {
      present = fresh(at, by);
      folding = present;
      epoch = now;
      limits = by.gates();
    }
    present.take(tick, since);
    seen = new Seen(now, by.gates(), present.snapshot());
  }

  /// The evidence of a standing's epoch as of the latest digest; none of any other epoch.
  Step step(Standing at, FamilyPolicy by) {
    Seen latest = seen;
    return latest != null && latest.epoch == at.state().epoch() && latest.limits.equals(by.gates())
        ? latest.step
        : fresh(at, by).snapshot();
  }

  private static StepEvidence fresh(Standing at, FamilyPolicy by) {
    return new StepEvidence(at.state().phase(), by.gates(), at.baseline());
  }
}
