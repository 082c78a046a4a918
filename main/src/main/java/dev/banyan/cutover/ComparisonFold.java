package dev.banyan.cutover;

import dev.banyan.cutover.Situation.Comparing;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.statistics.RateTest;
import java.time.Duration;

/// How comparing goes on in a family's present step: what came of it since the last look goes into
/// a detector, for the e-value of all that was ever compared is deaf after a long good run. Another
/// epoch, another limit, or comparisons that were begun anew begin this anew. For one thread; the
/// latest may be read by any.
final class ComparisonFold {
  private long epoch = -1;
  private double limit;
  private long compared;
  private long matched;
  private long mismatched;
  private long firstCompared;
  private long began;
  private RateTest harm = RateTest.below();
  private volatile Seen latest = new Seen(-1, Comparing.NONE);

  private record Seen(long epoch, Comparing comparing) {}

  /// @param all that was compared so far
  /// @param now by the monotonic clock
  void take(long ofEpoch, double by, ParityEvidence all, long now) {
    long differed = all.differedUnits();
    if (ofEpoch != epoch
        || by != limit
        || all.compared() < compared
        || all.matched() < matched
        || differed < mismatched) {
      epoch = ofEpoch;
      limit = by;
      compared = all.compared();
      matched = all.matched();
      mismatched = differed;
      firstCompared = compared;
      began = now;
      harm = RateTest.above(limit);
    }
    long more = differed - mismatched;
    harm.take(limit, all.matched() - matched + more, more);
    compared = all.compared();
    matched = all.matched();
    mismatched = differed;
    Duration lasted = Duration.ofNanos(now - began);
    latest = new Seen(epoch, new Comparing(compared - firstCompared, lasted, harm.bets()));
  }

  Comparing of(long wanted) {
    Seen seen = latest;
    return seen.epoch == wanted ? seen.comparing : Comparing.NONE;
  }
}
