package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Threshold;
import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.cutover.Step.OneArm;
import dev.banyan.cutover.Step.Tally;
import dev.banyan.cutover.Step.TwoArms;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.RateBound;
import dev.banyan.statistics.RateTest;
import dev.banyan.statistics.TwoArmTest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The bets on one kind of event in one flow of requests, as a step goes on. For one thread.
final class KindEvidence {
  /// How sure the upper bound of a yardstick is: as sure as a rollback must be.
  private static final double CONFIDENCE = 0.999;

  /// An error rate below this is never held against anybody, unless an objective says otherwise.
  private static final double ERROR_FLOOR = 0.001;

  private final @Nullable Threshold threshold;
  private final double frozen;
  private final double upper;
  private final double floor;
  private final double ratio;
  private final double margin;
  private Tally legacy = Tally.NONE;
  private Tally candidate = Tally.NONE;
  private final @Nullable Split split;
  private final @Nullable Whole whole;

  /// @param threshold null for errors
  /// @param share the candidate's of the flow in this phase
  KindEvidence(
      @Nullable Threshold threshold, Yardstick yardstick, GateLimits limits, double share) {
    this.threshold = threshold;
    this.ratio = threshold == null ? limits.errorRatio() : limits.slowRatio();
    this.margin = limits.margin();
    Double objective = limits.errorRate();
    long trials = threshold == null ? yardstick.requests() : yardstick.answers();
    if (threshold == null) {
      this.frozen = yardstick.errorShare();
      this.floor = objective == null ? ERROR_FLOOR : objective / 2;
    } else {
      this.frozen = threshold.share();
      this.floor = 1 - threshold.quantile();
    }
    // What was measured on few requests is not what they really were like: whoever is accused by it
    // gets the benefit of the doubt.
    long events = Math.min(trials, Math.round(frozen * trials));
    this.upper = trials == 0 ? frozen : 1 - RateBound.lower(trials, events, CONFIDENCE);
    this.split = share > 0 && share < 1 ? new Split(ratio, margin) : null;
    this.whole = share >= 1 ? new Whole(limits.breaker().window()) : null;
  }

  /// The bit that marks a unit that had such an event.
  static int mark(int kind) {
    return UnitSet.CANDIDATE << (kind + 1);
  }

  @Nullable Split split() {
    return split;
  }

  boolean happened(boolean failed, long micros) {
    return threshold == null
        ? failed
        : micros >= 0 && micros * 1_000 > threshold.slowerThan().toNanos();
  }

  long trials(Answers answers) {
    return threshold == null ? answers.requests() : answers.latencies().count();
  }

  long events(Answers answers) {
    return threshold == null
        ? answers.errors()
        : answers.latencies().slowerThan(threshold.slowerThan());
  }

  void take(Answers ofLegacy, Answers ofCandidate, Pairs pairs, long now) {
    legacy = legacy.plus(trials(ofLegacy), events(ofLegacy));
    candidate = candidate.plus(trials(ofCandidate), events(ofCandidate));
    if (whole != null) {
      whole.take(trials(ofCandidate), events(ofCandidate), pairs, now);
    }
  }

  /// @param strangers those at risk who have no unit
  Kind snapshot(Cohorts strangers) {
    return new Kind(
        threshold == null ? 0 : threshold.quantile(),
        threshold == null ? Duration.ZERO : threshold.slowerThan(),
        frozen,
        legacy,
        candidate,
        split == null ? null : split.snapshot(strangers),
        whole == null ? null : whole.snapshot(),
        whole == null ? null : whole.pairs());
  }

  /// A multiple of a share; of a frequent event half-way between the share and all of them, where
  /// the multiple would be more than that.
  static double limit(double times, double share) {
    return Math.min(times * share, (1 + share) / 2);
  }

  /// Bets where a weight splits the units, each event against the exposure of the cohort that its
  /// unit was routed in: the units that had no such event before.
  static final class Split {
    private final TwoArmTest harm;
    private final TwoArmTest proof;
    private final Cohorts units = new Cohorts();
    private final long[] events = new long[2];

    Split(double ratio, double margin) {
      harm = TwoArmTest.harm(ratio);
      proof = TwoArmTest.proof(margin);
    }

    void exposed(int cohort, int side, long more) {
      units.add(cohort, side, more);
    }

    void begin(int cohort) {
      units.begin(cohort);
    }

    void event(int cohort, int side) {
      take(units.share(cohort), 1 - side, side);
    }

    void events(double share, long ofLegacy, long ofCandidate) {
      if (ofLegacy + ofCandidate > 0) {
        take(share, ofLegacy, ofCandidate);
      }
    }

    private void take(double share, long ofLegacy, long ofCandidate) {
      harm.take(share, ofCandidate, ofLegacy);
      proof.take(share, ofCandidate, ofLegacy);
      events[0] += ofLegacy;
      events[1] += ofCandidate;
    }

    TwoArms snapshot(Cohorts strangers) {
      double share = units.shareWith(strangers);
      return new TwoArms(events[0], events[1], share, harm.bets(), proof.bets());
    }
  }

  /// Bets where the candidate has all requests: its rate against the legacy's, frozen or shown by
  /// the shadow legs of late (so that an outage of both accuses nobody); and pairs of legs against
  /// each other.
  private final class Whole {
    private final long window;
    private final RateTest harm;
    private final RateTest proof = RateTest.below();
    private final TwoArmTest pairHarm = TwoArmTest.harm(ratio);
    private final TwoArmTest pairProof = TwoArmTest.proof(margin);
    private final Deque<Slice> late = new ArrayDeque<>();
    private Tally recent = Tally.NONE;
    private Tally events = Tally.NONE;
    private double harmLimit;
    private double proofLimit;

    Whole(Duration window) {
      this.window = window.toNanos();
      harmLimit = limit(ratio, Math.max(upper, floor));
      proofLimit = limit(margin, Math.max(frozen, floor));
      harm = RateTest.above(harmLimit < 1 ? harmLimit : floor);
    }

    void take(long trials, long hits, Pairs pairs, long now) {
      shadowed(trials(pairs.legacy()), events(pairs.legacy()), now);
      harmLimit = limit(ratio, Math.max(Math.max(upper, floor), recent.share()));
      proofLimit = limit(margin, Math.max(Math.max(frozen, floor), surelyOf(recent)));
      if (harmLimit < 1) {
        harm.take(harmLimit, trials, hits);
      }
      if (proofLimit < 1) {
        proof.take(proofLimit, trials, hits);
      }
      long ofLegacy = events(pairs.legacy());
      long ofCandidate = events(pairs.candidate());
      pairHarm.take(0.5, ofCandidate, ofLegacy);
      pairProof.take(0.5, ofCandidate, ofLegacy);
      events = new Tally(events.trials() + ofLegacy, events.events() + ofCandidate);
    }

    /// The share that the legacy has of late for sure. One failure among a few legs must not let
    /// the candidate prove itself against a yardstick of 50 %.
    private static double surelyOf(Tally seen) {
      return RateBound.lower(seen.trials(), seen.trials() - seen.events(), CONFIDENCE);
    }

    private void shadowed(long trials, long hits, long now) {
      if (trials > 0) {
        Slice last = late.peekLast();
        if (last != null && now - last.at < window / 100) {
          late.removeLast();
          late.add(new Slice(last.at, last.tally.plus(trials, hits)));
        } else {
          late.add(new Slice(now, new Tally(trials, hits)));
        }
        recent = recent.plus(trials, hits);
      }
      while (!late.isEmpty() && now - late.getFirst().at >= window) {
        Tally gone = late.removeFirst().tally;
        recent = new Tally(recent.trials() - gone.trials(), recent.events() - gone.events());
      }
    }

    OneArm snapshot() {
      return new OneArm(harmLimit, proofLimit, harm.bets(), proof.bets());
    }

    TwoArms pairs() {
      return new TwoArms(events.trials(), events.events(), 0.5, pairHarm.bets(), pairProof.bets());
    }

    private record Slice(long at, Tally tally) {}
  }
}
