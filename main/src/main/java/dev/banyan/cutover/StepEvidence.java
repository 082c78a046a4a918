package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Threshold;
import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.cutover.KindEvidence.Split;
import dev.banyan.cutover.Step.Flow;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.cutover.Step.Tally;
import dev.banyan.cutover.Step.Units;
import dev.banyan.cutover.TickDigest.Strangers;
import dev.banyan.cutover.TickDigest.Unit;
import dev.banyan.migration.Phase;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Pairs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The evidence of one family in one epoch, folded tick by tick from the digests of all replicas,
/// in whatever order they come. A pure fold: the same digests at the same times give the same bits.
///
/// Which replica a digest is from makes no difference, for units are told apart by their hashes.
/// Where a weight splits the requests, each unit's first event of a kind counts, and the units that
/// had none yet are the exposure; where the candidate has all of them its rate is held against the
/// legacy's (GATES, "Two arms" and "One arm"). Mutable: guarded by its owner.
public final class StepEvidence {
  /// Units that make a cohort.
  private static final int ENOUGH = 256;

  /// Fewer do not make one, however often they come.
  private static final int FEW = 32;

  /// Requests after which a cohort ends, for those who are always the same few.
  private static final int MANY = 1_000;

  /// No cohort is shorter: a tick, whose timer may be a little early.
  private static final long SHORTEST = Duration.ofMillis(90).toNanos();

  private static final double PATIENCE_QUANTILE = 0.99;

  private final Window window;
  private final UnitSet units;
  private final FlowEvidence reads;
  private final FlowEvidence writes;

  /// Requests that name no unit: each is at risk once, when it comes.
  private final Cohorts strangers = new Cohorts();

  private int cohort;

  /// When the present cohort began.
  private long cohortBegan;

  /// Of the present cohort: units at risk, and their requests.
  private long met;

  private long requests;
  private final long[] seen = new long[2];
  private Duration lasted = Duration.ZERO;
  private long notFollowed;
  private long lost;

  /// @param baseline frozen before the step began, or null where nothing was
  public StepEvidence(Phase phase, GateLimits limits, @Nullable Baseline baseline) {
    this(phase, limits, baseline, UnitSet.MOST);
  }

  /// @param most how many units are followed
  StepEvidence(Phase phase, GateLimits limits, @Nullable Baseline baseline, int most) {
    Baseline frozen = baseline == null ? Baseline.NONE : baseline;
    window = new Window(limits.breaker().window(), patience(phase, frozen, limits));
    units = new UnitSet(most);
    reads = new FlowEvidence("reads", phase.reads().share(), frozen.reads(), limits);
    writes = new FlowEvidence("writes", phase.writes().share(), frozen.writes(), limits);
  }

  /// How long the candidate may take for an answer before its request counts as overdue: twice the
  /// time in which the legacy gave 99 of 100, and no less than half the breaker's window, for
  /// whoever has just been started. Of a legacy that was never measured nothing is known, and
  /// nothing is overdue.
  private static Duration patience(Phase phase, Baseline frozen, GateLimits limits) {
    Duration window = limits.breaker().window();
    return Stream.of(
            phase.reads().share() > 0 ? frozen.reads() : Yardstick.NONE,
            phase.writes().share() > 0 ? frozen.writes() : Yardstick.NONE)
        .flatMap(yardstick -> yardstick.thresholds().stream())
        .filter(threshold -> threshold.quantile() == PATIENCE_QUANTILE)
        .map(threshold -> threshold.slowerThan().multipliedBy(2))
        .max(Comparator.naturalOrder())
        .map(twice -> Stream.of(twice, window.dividedBy(2)).max(Duration::compareTo).orElseThrow())
        .orElse(window);
  }

  /// Takes in what one replica saw since its last digest.
  ///
  /// @param sinceStepBegan by the monotonic clock
  public void take(TickDigest tick, Duration sinceStepBegan) {
    if (sinceStepBegan.compareTo(lasted) > 0) {
      lasted = sinceStepBegan;
    }
    long now = lasted.toNanos();
    window.add(now, tick);
    if (tick.empty()) {
      return;
    }
    reads.take(tick.legacy().reads(), tick.candidate().reads(), tick.pairs(), now);
    writes.take(tick.legacy().writes(), tick.candidate().writes(), Pairs.NONE, now);
    lost += tick.lost();
    FlowEvidence split = reads.splits() ? reads : writes;
    if (split.splits()) {
      meet(tick, split);
      split.events(tick);
      endCohort(split, now);
    }
  }

  /// First all that were routed, then what became of them: whoever is at risk in a tick is so
  /// before it is known whom it hits.
  private void meet(TickDigest tick, FlowEvidence split) {
    for (Unit unit : tick.units()) {
      if (unit.routed() > 0) {
        meet(unit, split);
      }
    }
    meet(0, tick.legacyStrangers());
    meet(1, tick.candidateStrangers());
  }

  private void meet(Unit unit, FlowEvidence split) {
    int side = side(unit.candidate());
    int at = units.find(unit.hash());
    if (at < 0 && units.full()) {
      notFollowed++;
      return;
    }
    if (at < 0) {
      at = units.add(unit.hash(), unit.candidate() ? UnitSet.CANDIDATE : 0);
      seen[side]++;
    }
    boolean crossed = units.marked(at, UnitSet.CANDIDATE) != unit.candidate();
    if (crossed) {
      units.flip(at, UnitSet.CANDIDATE);
    }
    if (crossed || units.cohort(at) != cohort) {
      units.cohort(at, cohort);
      split.exposed(at, side);
      met++;
    }
    requests += unit.routed();
  }

  private void meet(int side, Strangers more) {
    if (more.routed() > 0) {
      strangers.add(cohort, side, more.routed());
      seen[side] += more.routed();
      met += more.routed();
      requests += more.routed();
    }
  }

  /// Ends a cohort once it has units enough, or once those that it has begin to come again. Not
  /// with every digest of many replicas: no more cohorts are remembered than reach back beyond a
  /// timeout.
  private void endCohort(FlowEvidence split, long now) {
    if (now - cohortBegan < SHORTEST) {
      return;
    }
    boolean repeats = requests >= 2 * met && met >= FEW;
    if (met >= ENOUGH || repeats || requests >= MANY) {
      cohort++;
      cohortBegan = now;
      met = 0;
      requests = 0;
      strangers.begin(cohort);
      split.begin(cohort);
    }
  }

  private static int side(boolean candidate) {
    return candidate ? 1 : 0;
  }

  public Step snapshot() {
    return new Step(
        lasted,
        reads.snapshot(),
        writes.snapshot(),
        new Units(seen[0], seen[1], notFollowed, lost),
        window.recent(),
        new Baseline(reads.yardstick(), writes.yardstick()));
  }

  /// The reads, or the writes.
  private final class FlowEvidence {
    private final String name;
    private final double share;
    private final Duration slowFrom;
    private final @Nullable Duration objective;
    private final List<KindEvidence> kinds = new ArrayList<>();
    private Answers legacy = Answers.NONE;
    private Tally candidate = Tally.NONE;
    private Tally late = Tally.NONE;
    private @Nullable Yardstick yardstick;

    FlowEvidence(String name, double share, Yardstick frozen, GateLimits limits) {
      this.name = name;
      this.share = share;
      this.slowFrom = limits.slowFrom();
      this.objective = limits.p99();
      kinds.add(new KindEvidence(null, frozen, limits, share));
      for (Threshold threshold : frozen.thresholds()) {
        kinds.add(new KindEvidence(threshold, frozen, limits, share));
      }
    }

    boolean splits() {
      return share > 0 && share < 1;
    }

    void take(Answers ofLegacy, Answers ofCandidate, Pairs pairs, long now) {
      if (ofLegacy.requests() > 0) {
        legacy = legacy.plus(ofLegacy);
        yardstick = null;
      }
      candidate = candidate.plus(ofCandidate.requests(), ofCandidate.errors());
      if (objective != null) {
        late =
            late.plus(
                ofCandidate.latencies().count(), ofCandidate.latencies().slowerThan(objective));
      }
      for (KindEvidence kind : kinds) {
        kind.take(ofLegacy, ofCandidate, pairs, now);
      }
    }

    void exposed(int at, int side) {
      for (int i = 0; i < kinds.size(); i++) {
        Split split = kinds.get(i).split();
        if (split != null && !units.marked(at, KindEvidence.mark(i))) {
          split.exposed(cohort, side, 1);
        }
      }
    }

    void begin(int next) {
      for (KindEvidence kind : kinds) {
        Split split = kind.split();
        if (split != null) {
          split.begin(next);
        }
      }
    }

    void events(TickDigest tick) {
      for (int i = 0; i < kinds.size(); i++) {
        KindEvidence kind = kinds.get(i);
        Split split = kind.split();
        if (split != null) {
          for (Unit unit : tick.units()) {
            if (kind.happened(unit.failed(), unit.slowest())) {
              event(unit, split, KindEvidence.mark(i));
            }
          }
          split.events(
              strangers.share(strangersCohort()),
              kind.events(tick.legacyStrangers().ended()),
              kind.events(tick.candidateStrangers().ended()));
        }
      }
    }

    /// Their answers do not say when they were routed: of late, most likely.
    private int strangersCohort() {
      return strangers.known(cohort) ? cohort : cohort - 1;
    }

    private void event(Unit unit, Split split, int mark) {
      int at = units.find(unit.hash());
      // A request may end on the other side than its unit's: the safety net's answer. What a unit
      // is
      // like is told by its own side.
      if (at >= 0
          && units.marked(at, UnitSet.CANDIDATE) == unit.candidate()
          && !units.marked(at, mark)) {
        split.event(units.cohort(at), side(unit.candidate()));
        units.mark(at, mark);
      }
    }

    Yardstick yardstick() {
      Yardstick known = yardstick;
      if (known == null) {
        known = Yardstick.of(legacy, slowFrom);
        yardstick = known;
      }
      return known;
    }

    Flow snapshot() {
      List<Kind> all = new ArrayList<>(kinds.size());
      for (KindEvidence kind : kinds) {
        all.add(kind.snapshot(strangers));
      }
      return new Flow(
          name, share, new Tally(legacy.requests(), legacy.errors()), candidate, late, all);
    }
  }
}
