package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.Crowd.Ways;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.OneArmTest;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the gates promise, tried on crowds: the evaluator of production looks after every tick of
/// 100 ms, which at these rates is after almost every event. Seeds are fixed.
class GateSimulationTest {
  private static final Logger log = LoggerFactory.getLogger(GateSimulationTest.class);
  private static final double TICK = 0.1;

  /// As many times the runs with `-Dsimulations=20`.
  private static final int TIMES = Integer.getInteger("simulations", 2);

  /// One-sided z of 5 %, as it is often looked at again and again.
  private static final double NAIVE = 1.645;

  private static final FamilyPolicy POLICY = FamilyPolicy.plain("simulated");

  /// One canary under the evaluator.
  private static final class Canary {
    final Crowd crowd;
    private final UnaryOperator<TrafficTick> seenAs;
    private final Standing standing;
    private final StepEvidence evidence;
    private int ticks;

    Canary(Ways ways, double weight, long seed, UnaryOperator<TrafficTick> seenAs) {
      this.crowd = new Crowd(ways, seed);
      this.seenAs = seenAs;
      Phase phase = new Phase.Canary(new Weight((int) Math.round(weight * Weight.ALL)));
      Baseline baseline =
          new Baseline(Yardstick.of(crowd.before(10_000), Duration.ofMillis(1)), Yardstick.NONE);
      FamilyState state = new FamilyState("simulated", phase, 1, null, Instant.EPOCH);
      standing = new Standing(state, baseline);
      evidence = new StepEvidence(phase, POLICY.gates(), baseline);
    }

    Situation next() {
      Duration at = Duration.ofNanos(Math.round(++ticks * TICK * 1e9));
      evidence.take(TickDigest.of(seenAs.apply(crowd.next(TICK))), at);
      return new Situation(
          POLICY,
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
  }

  /// @param naive how often a z-test that is looked at all the time says so
  private record Alarms(int runs, int taken, int naive) {
    double rate() {
      return (double) taken / runs;
    }
  }

  private static Alarms alarms(
      String what, int atLeast, double seconds, Ways ways, UnaryOperator<TrafficTick> seenAs) {
    int runs = atLeast * TIMES;
    int found = 0;
    int naive = 0;
    for (int run = 0; run < runs; run++) {
      Canary canary = new Canary(ways, ways.weight().applyAsDouble(0), run, seenAs);
      boolean ever = false;
      boolean peeked = false;
      for (int tick = 0; tick < seconds / TICK && !ever; tick++) {
        Situation situation = canary.next();
        ever = Gates.harmful(situation);
        peeked |= z(situation.step()) > NAIVE;
      }
      found += ever ? 1 : 0;
      naive += peeked ? 1 : 0;
    }
    Alarms alarms = new Alarms(runs, found, naive);
    log.info("{}: {} false rollbacks in {} runs; naive peeking {}", what, found, runs, naive);
    return alarms;
  }

  /// Whether the candidate's share of the errors looks too large, for whoever knows no better.
  private static double z(Step step) {
    Step.Tally mine = step.reads().candidate();
    Step.Tally theirs = step.reads().legacy();
    double events = mine.events() + theirs.events();
    double trials = mine.trials() + theirs.trials();
    if (events < 5 || trials == 0) {
      return 0;
    }
    double expected = mine.trials() / trials;
    return (mine.events() - events * expected)
        / Math.sqrt(events * expected * (1 - expected) + 1e-9);
  }

  private static Ways usual(double rate, double base, double weight) {
    return Ways.plain(rate, 2_000, base, 1, weight);
  }

  @Test
  void seldomTakesBackACandidateThatIsNoWorse() {
    Alarms alarms =
        alarms("constant weight", 100, 30, usual(100, 0.02, 0.2), UnaryOperator.identity());

    assertThat(alarms.taken()).as("α is 0.001").isLessThanOrEqualTo(2 * TIMES);
    assertThat(alarms.naive()).as("naive peeking").isGreaterThan(10 * TIMES);
  }

  @Test
  void norWhileTheWeightGrows() {
    Ways ways = new Ways(200, 2_000, 0, 0.02, 1, 1, at -> 0.01 + 0.016 * at, at -> 1, 0, 0);

    assertThat(alarms("ramping weight", 60, 30, ways, UnaryOperator.identity()).taken())
        .isLessThanOrEqualTo(2 * TIMES);
  }

  @Test
  void norInAnOutageOfBoth() {
    Ways ways =
        new Ways(200, 2_000, 0, 0.01, 1, 1, at -> 0.2, at -> at > 5 && at < 20 ? 60 : 1, 0, 0);

    assertThat(alarms("shared outage", 50, 30, ways, UnaryOperator.identity()).taken())
        .isLessThanOrEqualTo(2 * TIMES);
  }

  @Test
  void norWhereAFewClientsAskMostAndTimeoutsComeLate() {
    Ways ways = new Ways(200, 1_000, 1, 0.02, 1, 1, at -> 0.2, at -> 1, 0, 15);

    assertThat(
            alarms("skewed units, late timeouts", 100, 30, ways, UnaryOperator.identity()).taken())
        .isLessThanOrEqualTo(2 * TIMES);
  }

  @Test
  void norWhereEachClientThatFailsKeepsTrying() {
    Ways storms = new Ways(200, 2_000, 0, 0.002, 1, 1, at -> 0.2, at -> 1, 20, 0);
    Alarms byUnit = alarms("retry storms", 100, 30, storms, UnaryOperator.identity());
    assertThat(byUnit.taken()).isLessThanOrEqualTo(2 * TIMES);

    Alarms byRequest =
        alarms("retry storms, every request a unit", 30, 30, storms, GateSimulationTest::strangers);
    assertThat(byRequest.rate()).as("without the rule of one event a unit").isGreaterThan(0.1);
  }

  /// The same traffic with no unit told apart from another.
  private static TrafficTick strangers(TrafficTick tick) {
    long[] pairs = new long[2 * tick.units().size()];
    int[] length = {0};
    tick.units()
        .forEach(
            new Sightings.Visitor() {
              @Override
              public void routed(long unit, boolean candidate) {
                pairs[length[0]++] = 0;
                pairs[length[0]++] = Sightings.routed(candidate);
              }

              @Override
              public void ended(long unit, boolean candidate, boolean failed, long micros) {
                pairs[length[0]++] = 0;
                pairs[length[0]++] = Sightings.ended(candidate, failed, micros);
              }
            });
    return new TrafficTick(
        tick.legacy(), tick.candidate(), Sightings.of(pairs, length[0], 0), tick.pairs());
  }

  @Test
  void weightsOfNothingAndOfAllAccuseNobody() {
    assertThat(
            alarms("nothing", 20, 20, usual(100, 0.05, 0.00001), UnaryOperator.identity()).taken())
        .isZero();
    assertThat(alarms("all", 60, 30, usual(100, 0.02, 1), UnaryOperator.identity()).taken())
        .isLessThanOrEqualTo(2 * TIMES);
  }

  @Test
  void tenTimesTheErrorsAreFoundWithinTwentySecondsAndFifteenErrors() {
    List<Double> times = new ArrayList<>();
    double excess = 0;
    int runs = 60;
    for (int run = 0; run < runs; run++) {
      Ways ways = Ways.plain(1_000, 20_000, 0.001, 10, 0.05);
      Canary canary = new Canary(ways, 0.05, 7_000 + run, UnaryOperator.identity());
      int tick = 1;
      while (!Gates.harmful(canary.next())) {
        tick++;
      }
      times.add(tick * TICK);
      excess += canary.crowd.candidateErrors() - 0.001 * canary.crowd.candidateRequests();
    }
    Collections.sort(times);
    log.info("10 times 0.1 % at 5 %: median {} s, {} excess errors", times.get(30), excess / runs);

    assertThat(times.get(runs / 2)).isLessThanOrEqualTo(20);
    assertThat(excess / runs).isLessThanOrEqualTo(15);
  }

  /// At twice the legacy's rate, which is what is to be disproved. Errors are frequent enough for
  /// the absolute objective to prove nothing.
  @Test
  void seldomProvesACandidateThatIsJustNotGoodEnough() {
    int runs = 60 * TIMES;
    int errors = 0;
    int slow = 0;
    for (int run = 0; run < runs; run++) {
      Ways ways = new Ways(400, 4_000, 0.5, 0.03, 2, 2, at -> 0.5, at -> 1, 0, 0);
      Canary canary = new Canary(ways, 0.5, 900 + run, UnaryOperator.identity());
      boolean provedErrors = false;
      boolean provedSlow = false;
      for (int tick = 0; tick < 200; tick++) {
        Step.Flow reads = canary.next().step().reads();
        provedErrors |= Proof.of(reads.errors(), POLICY.gates()).done();
        provedSlow |=
            reads.slow().subList(0, 3).stream()
                .allMatch(kind -> Proof.of(kind, POLICY.gates()).done());
      }
      errors += provedErrors ? 1 : 0;
      slow += provedSlow ? 1 : 0;
    }
    log.info("false proof at the boundary: errors {}, latency {} of {}", errors, slow, runs);

    // 5 % and two standard errors on top.
    int most = (int) (runs * 0.05 + 2 * Math.sqrt(runs * 0.05 * 0.95));
    assertThat(errors).isLessThanOrEqualTo(most);
    assertThat(slow).isLessThanOrEqualTo(most);
  }

  @Test
  void seldomProvesParityAtItsLimit() {
    Random random = new Random(11);
    int passed = 0;
    for (int run = 0; run < 1_000; run++) {
      int events = 0;
      boolean ever = false;
      for (int trial = 1; trial <= 2_000 && !ever; trial++) {
        events += random.nextDouble() < 0.01 ? 1 : 0;
        ever = OneArmTest.logE(0.01, trial, events) >= Math.log(Proof.WANTED);
      }
      passed += ever ? 1 : 0;
    }
    assertThat(passed).as("5 %% of a thousand and two standard errors").isLessThan(50 + 14);
  }

  @Test
  void reportsTheSameForTheSameSeed() {
    GateSimulation.Options options =
        new GateSimulation.Options(
            200, 0.01, 10, Weight.parse("20%"), 10, Duration.ofSeconds(20), 1_000, 3);
    GateSimulation.Report report = GateSimulation.run(options);

    assertThat(GateSimulation.run(options)).isEqualTo(report);
    assertThat(report.rollbackRate()).isEqualTo(1);
    assertThat(report.medianSeconds()).isBetween(0.1, 20.0);
    assertThat(report.p95Seconds()).isGreaterThanOrEqualTo(report.medianSeconds());
    assertThat(report.falseRollbackRate()).isZero();
  }

  @Test
  void refusesWhatWouldNeverEnd() {
    assertThatThrownBy(() ->
            new GateSimulation.Options(
                1e6, 0.01, 2, Weight.FULL, 100_000, Duration.ofDays(1), 0, 1))
        .hasMessageContaining("fewer runs or seconds");
    assertThatThrownBy(
            () -> new GateSimulation.Options(-1, 0.01, 2, Weight.FULL, 1, Duration.ofDays(1), 0, 1))
        .hasMessageContaining("a rate lies above 0");
  }

  @Test
  void theCrowdOfBeforeIsTheLegacys() {
    Answers before = new Crowd(usual(1, 0.1, 0.5), 5).before(10_000);
    assertThat(before.requests()).isEqualTo(10_000);
    assertThat(before.errors()).isBetween(800L, 1_200L);
    assertThat(before.latencies().quantile(0.5))
        .isBetween(Duration.ofMillis(18), Duration.ofMillis(22));
  }
}
