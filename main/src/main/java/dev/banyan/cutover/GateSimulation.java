package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.Crowd.Ways;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the gates would do to a system like somebody's: canaries that were never run, judged by the
/// evaluator that judges real ones, tick by tick. Pure: the same options give the same report.
public final class GateSimulation {
  private static final double TICK = 0.1;

  /// In a second; what is divided by it has no odd last digits.
  private static final double TICKS = 10;

  /// How many of the legacy's answers the yardstick is taken from.
  private static final int BEFORE = 10_000;

  private GateSimulation() {}

  /// @param rate requests in a second, both sides together
  /// @param base the share of the legacy's requests that fail
  /// @param ratio how many times as often the candidate's do
  /// @param weight the candidate's share
  /// @param runs how many canaries, of each of the two kinds
  /// @param length how long each is watched
  /// @param units how many clients there are; 0 for requests that name none
  public record Options(
      double rate,
      double base,
      double ratio,
      Weight weight,
      int runs,
      Duration length,
      int units,
      long seed) {
    /// What one run may cost, in requests: beyond it a simulation takes longer than anybody waits.
    private static final double MOST = 1e10;

    public Options {
      require(rate > 0 && rate <= 1e6, "a rate lies above 0 and up to 1,000,000, not at " + rate);
      require(base >= 0 && base < 1, "an error share lies from 0 to below 1, not at " + base);
      require(ratio >= 0 && ratio <= 1e6, "a ratio lies from 0 to 1,000,000, not at " + ratio);
      require(runs > 0 && runs <= 100_000, "runs are 1 to 100,000, not " + runs);
      require(length.isPositive(), "a canary lasts longer than nothing");
      require(units >= 0 && units <= UnitSet.MOST, "units are 0 to " + UnitSet.MOST);
      require(
          rate * (length.toNanos() / 1e9) * runs <= MOST,
          "that is more than 10,000,000,000 requests; ask for fewer runs or seconds");
    }

    private static void require(boolean good, String otherwise) {
      if (!good) {
        throw new IllegalArgumentException(otherwise);
      }
    }
  }

  /// What came of it.
  ///
  /// @param rollbackRate the share of the canaries that were taken back
  /// @param medianSeconds until half of all canaries were taken back; null where fewer were.
  ///   `p95Seconds` likewise
  /// @param excessErrors how many more requests failed than the legacy would have, on average, of
  ///   those that were taken back
  /// @param falseRollbackRate the share that was taken back though the candidate fails as often as
  ///   the legacy
  /// @param promotableRate the share of those that was proved good enough for the next step
  /// @param promotableSeconds until half of those were; null where fewer were
  public record Report(
      double rollbackRate,
      @Nullable Double medianSeconds,
      @Nullable Double p95Seconds,
      @Nullable Double excessErrors,
      double falseRollbackRate,
      double promotableRate,
      @Nullable Double promotableSeconds) {}

  public static Report run(Options options) {
    List<Double> caught = new ArrayList<>();
    double excess = 0;
    for (int run = 0; run < options.runs; run++) {
      Canary bad = new Canary(options, options.ratio, options.seed + 2L * run);
      Double at = bad.untilRollback();
      if (at != null) {
        caught.add(at);
        excess += bad.excessErrors();
      }
    }
    int accused = 0;
    List<Double> promotable = new ArrayList<>();
    for (int run = 0; run < options.runs; run++) {
      Canary good = new Canary(options, 1, options.seed + 2L * run + 1);
      accused += good.untilRollback() == null ? 0 : 1;
      if (good.proved != null) {
        promotable.add(good.proved);
      }
    }
    return new Report(
        (double) caught.size() / options.runs,
        quantile(caught, 0.5, options.runs),
        quantile(caught, 0.95, options.runs),
        caught.isEmpty() ? null : excess / caught.size(),
        (double) accused / options.runs,
        (double) promotable.size() / options.runs,
        quantile(promotable, 0.5, options.runs));
  }

  /// Of all runs, those that came to nothing counted as longer than any.
  private static @Nullable Double quantile(List<Double> times, double quantile, int runs) {
    Collections.sort(times);
    int at = (int) Math.ceil(Math.nextDown(quantile) * runs) - 1;
    return at < times.size() ? times.get(at) : null;
  }

  /// One canary.
  private static final class Canary {
    private final Options options;
    private final Crowd crowd;
    private final FamilyPolicy policy;
    private final Standing standing;
    private final StepEvidence evidence;
    private @Nullable Double proved;

    Canary(Options options, double ratio, long seed) {
      this.options = options;
      crowd =
          new Crowd(
              Ways.plain(options.rate, options.units, options.base, ratio, options.weight.share()),
              seed);
      policy = FamilyPolicy.plain("simulated");
      Phase phase = new Phase.Canary(options.weight);
      Baseline baseline =
          new Baseline(
              Yardstick.of(crowd.before(BEFORE), policy.gates().slowFrom()), Yardstick.NONE);
      FamilyState state = new FamilyState("simulated", phase, 1, null, Instant.EPOCH);
      standing = new Standing(state, baseline);
      evidence = new StepEvidence(phase, policy.gates(), baseline);
    }

    /// Seconds until the gates take it back, or null where they do not.
    @Nullable Double untilRollback() {
      long ticks = Math.round(options.length.toNanos() / (TICK * 1e9));
      for (long tick = 1; tick <= ticks; tick++) {
        Duration at = Duration.ofNanos(Math.round(tick * TICK * 1e9));
        evidence.take(TickDigest.of(crowd.next(TICK)), at);
        Situation situation = situation(at);
        if (Gates.harmful(situation)) {
          return tick / TICKS;
        }
        // A proof is a matter of many seconds, and of many words.
        if (proved == null && tick % 10 == 0 && Gates.proved(situation)) {
          proved = tick / TICKS;
        }
      }
      return null;
    }

    private Situation situation(Duration at) {
      return new Situation(
          policy,
          standing,
          null,
          new CandidateHealth.Undeclared(),
          new RowAgreement.Untransferred(),
          ParityEvidence.none(Instant.EPOCH),
          evidence.snapshot(),
          Situation.Comparing.NONE,
          at,
          Duration.ZERO);
    }

    double excessErrors() {
      return crowd.candidateErrors() - crowd.candidateRequests() * options.base;
    }
  }
}
