package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.cutover.Baseline.Threshold;
import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.Crowd.Ways;
import dev.banyan.cutover.Step.OneArm;
import dev.banyan.cutover.Step.TwoArms;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepEvidenceTest {
  private static final FamilyPolicy POLICY = FamilyPolicy.plain("simulated");
  private static final Duration SLOW = Duration.ofMillis(10);
  private static final Baseline BASELINE =
      new Baseline(
          new Yardstick(1_000, 10, List.of(new Threshold(0.99, SLOW, 0.01))), Yardstick.NONE);

  private static StepEvidence canary() {
    return new StepEvidence(new Phase.Canary(Weight.parse("50%")), POLICY.gates(), BASELINE);
  }

  private static TickDigest seen(long... pairs) {
    return TickDigest.of(
        new TrafficTick(
            SideTick.NONE, SideTick.NONE, Sightings.of(pairs, pairs.length, 0), Pairs.NONE));
  }

  private static long ended(boolean candidate, boolean failed) {
    return Sightings.ended(candidate, failed, 1_000);
  }

  private static TwoArms errors(StepEvidence evidence) {
    return Objects.requireNonNull(evidence.snapshot().reads().errors().units());
  }

  @Test
  void aUnitHasOneErrorAStepHoweverOftenItFails() {
    StepEvidence evidence = canary();
    long to = Sightings.routed(true);
    evidence.take(seen(1, to, 2, 0, 1, ended(true, true), 1, ended(true, true)), Duration.ZERO);
    evidence.take(seen(1, to, 1, ended(true, true), 2, ended(false, true)), Duration.ofMillis(100));

    assertThat(errors(evidence).candidate()).isEqualTo(1);
    assertThat(errors(evidence).legacy()).isEqualTo(1);
    assertThat(evidence.snapshot().units()).isEqualTo(new Step.Units(1, 1, 0, 0));
  }

  @Test
  void slownessAndErrorsAreCountedApart() {
    StepEvidence evidence = canary();
    evidence.take(
        seen(1, 1, 2, 0, 1, Sightings.ended(true, false, 11_000), 1, ended(true, true)),
        Duration.ZERO);
    TwoArms slow = Objects.requireNonNull(evidence.snapshot().reads().slow().getFirst().units());

    assertThat(slow.candidate()).isEqualTo(1);
    assertThat(errors(evidence).candidate()).isEqualTo(1);
  }

  @Test
  void theSafetyNetsAnswerIsNotTheUnitsOwnSide() {
    StepEvidence evidence = canary();
    evidence.take(seen(1, 1, 2, 0, 1, ended(true, true), 1, ended(false, true)), Duration.ZERO);

    assertThat(errors(evidence).candidate()).isEqualTo(1);
    assertThat(errors(evidence).legacy()).isZero();
  }

  @Test
  void aRequestWithoutAUnitIsOneOfItsOwn() {
    StepEvidence evidence = canary();
    evidence.take(
        seen(0, 1, 0, 0, 0, 1, 0, ended(true, true), 0, ended(true, true), 0, ended(false, true)),
        Duration.ZERO);

    assertThat(errors(evidence).candidate()).isEqualTo(2);
    assertThat(errors(evidence).legacy()).isEqualTo(1);
    assertThat(evidence.snapshot().units()).isEqualTo(new Step.Units(1, 2, 0, 0));
  }

  @Test
  void digestsOfManyReplicasAreTheSightingsOfOne() {
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      long[] all = new long[200];
      for (int i = 0; i < all.length; i += 4) {
        long unit = random.nextInt(40);
        boolean candidate = unit % 2 == 0;
        all[i] = unit;
        all[i + 1] = Sightings.routed(candidate);
        all[i + 2] = unit;
        all[i + 3] = Sightings.ended(candidate, random.nextInt(5) == 0, random.nextInt(20_000));
      }
      StepEvidence one = canary();
      one.take(seen(all), Duration.ZERO);
      StepEvidence many = canary();
      for (int part = 0; part < 4; part++) {
        long[] own = Arrays.copyOfRange(all, part * 50 / 4 * 4, (part + 1) * 50 / 4 * 4);
        many.take(TickDigest.decode(seen(own).encode()), Duration.ZERO);
      }
      long[] rest = Arrays.copyOfRange(all, 4 * 50 / 4 * 4, all.length);
      many.take(TickDigest.decode(seen(rest).encode()), Duration.ZERO);

      assertThat(many.snapshot().units()).isEqualTo(one.snapshot().units());
      for (int kind = 0; kind < 2; kind++) {
        TwoArms whole = one.snapshot().reads().kinds().get(kind).units();
        TwoArms parts = many.snapshot().reads().kinds().get(kind).units();
        assertThat(Objects.requireNonNull(parts).candidate())
            .isEqualTo(Objects.requireNonNull(whole).candidate());
        assertThat(parts.legacy()).isEqualTo(whole.legacy());
      }
    }
  }

  @Test
  void aDigestSurvivesItsBytes() {
    Crowd crowd = new Crowd(new Ways(5_000, 300, 1, 0.1, 2, 2, at -> 0.3, at -> 1, 2, 0), 9);
    TrafficTick some = crowd.next(0.1);
    Answers more = some.legacy().reads();
    TickDigest digest =
        TickDigest.of(
            new TrafficTick(
                new SideTick(more, some.candidate().reads(), 7, new Legs(1_000, 3)),
                some.candidate(),
                some.units(),
                new Pairs(more, more)));

    assertThat(digest.units()).isNotEmpty();
    assertThat(TickDigest.decode(digest.encode())).isEqualTo(digest);
    assertThat(digest.plus(TickDigest.NONE)).isEqualTo(digest);
    TickDigest twice = TickDigest.decode(TickDigest.sum(digest.encode(), digest.encode()));
    assertThat(twice.units()).hasSameSizeAs(digest.units());
    assertThat(twice.candidate().requests()).isEqualTo(2 * digest.candidate().requests());
    assertThat(twice.legacy().legs()).isEqualTo(new Legs(2_000, 6));
    byte[] bytes = digest.encode();
    for (int length = 0; length < bytes.length; length += 97) {
      byte[] part = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> TickDigest.decode(part))
          .isInstanceOf(IllegalArgumentException.class);
    }
    bytes[0] = 9;
    assertThatThrownBy(() -> TickDigest.decode(bytes)).hasMessageContaining("version 9");
  }

  @Test
  void unitsBeyondTheBoundAreNotFollowedAndThatIsSaid() {
    StepEvidence evidence =
        new StepEvidence(new Phase.Canary(Weight.parse("50%")), POLICY.gates(), BASELINE, 2);
    evidence.take(
        seen(1, 0, 2, 1, 3, 1, 3, ended(true, true), 2, ended(true, true)), Duration.ZERO);

    assertThat(evidence.snapshot().units()).isEqualTo(new Step.Units(1, 1, 1, 0));
    assertThat(errors(evidence).candidate()).isEqualTo(1);
    GateReading units = new UnitsGate().read(situation(evidence, MOVING));
    assertThat(units.opinion()).isEqualTo(GateReading.Opinion.HOLD);
    assertThat(units.says()).contains("those beyond are not followed");
  }

  @Test
  void aUnitSetFindsWhatWasPutIn() {
    UnitSet set = new UnitSet();
    Random random = new Random(3);
    long[] hashes = random.longs(5_000).toArray();
    for (long hash : hashes) {
      set.cohort(set.add(hash, hash < 0 ? UnitSet.CANDIDATE : 0), (int) (hash >>> 40));
    }
    for (long hash : hashes) {
      int at = set.find(hash);
      assertThat(set.marked(at, UnitSet.CANDIDATE)).isEqualTo(hash < 0);
      assertThat(set.cohort(at)).isEqualTo((int) (hash >>> 40));
    }
    assertThat(set.find(random.nextLong())).isNegative();
    assertThat(set.size()).isEqualTo(5_000);
  }

  /// Where the legacy answers nothing in a step, what was frozen before stays.
  @Test
  void theYardstickForTheNextStepIsTheLegacysOfThisOne() {
    StepEvidence evidence = canary();
    SideTick legacy = new SideTick(Rig.answers(200, 4, Duration.ofMillis(30)), Answers.NONE, 0);
    evidence.take(
        TickDigest.of(new TrafficTick(legacy, SideTick.NONE, Sightings.NONE, Pairs.NONE)),
        Duration.ZERO);
    Baseline next = evidence.snapshot().baseline(BASELINE, 100);

    assertThat(next.reads().errorShare()).isEqualTo(0.02);
    assertThat(next.reads().thresholds())
        .extracting(Threshold::slowerThan)
        .allMatch(time -> time.toMillis() == 30);
    assertThat(next.writes()).isEqualTo(Yardstick.NONE);
    assertThat(canary().snapshot().baseline(BASELINE, 100)).isEqualTo(BASELINE);
  }

  /// A family whose shadow legs are few sees one of two fail now and then.
  @Test
  void aFewLegsOfTheLegacyAreNoYardstickToProveTheCandidateBy() {
    StepEvidence evidence = new StepEvidence(new Phase.Reads(), POLICY.gates(), BASELINE);
    Answers twoLegs = Rig.answers(2, 1, Duration.ofMillis(5));
    SideTick atTheMargin = new SideTick(Rig.answers(100, 2, Duration.ofMillis(5)), Answers.NONE, 0);
    evidence.take(
        TickDigest.of(
            new TrafficTick(
                SideTick.NONE,
                SideTick.NONE,
                Sightings.NONE,
                new Pairs(twoLegs, Rig.answers(2, 0, Duration.ofMillis(5))))),
        Duration.ZERO);
    for (int tick = 1; tick <= 50; tick++) {
      evidence.take(
          TickDigest.of(new TrafficTick(SideTick.NONE, atTheMargin, Sightings.NONE, Pairs.NONE)),
          Duration.ofMillis(100L * tick));
    }
    OneArm errors = Objects.requireNonNull(evidence.snapshot().reads().errors().alone());

    assertThat(errors.proof().logE()).isLessThan(StrictMath.log(Proof.WANTED));
  }

  /// Of those without a unit each is a unit of its own, and has its part of the exposure.
  @Test
  void theShareOfTheExposureIsThatOfAllWhoWereAtRisk() {
    StepEvidence evidence = canary();
    evidence.take(seen(0, 1, 0, 0, 0, 0, 7, 1, 0, ended(true, true)), Duration.ZERO);

    assertThat(errors(evidence).share()).isEqualTo(0.5);
  }

  /// An answer that takes half a minute is held against those who were sent with it, however many
  /// replicas tell what they see.
  @Test
  void aTimeoutIsHeldAgainstItsCohortThoughManyReplicasTell() {
    StepEvidence evidence = canary();
    evidence.take(seen(1, 1, 2, 0), Duration.ZERO);
    int replicas = 20;
    for (int tick = 1; tick <= 300; tick++) {
      for (int replica = 0; replica < replicas; replica++) {
        long[] crowd = new long[2 * 512];
        for (int i = 0; i < crowd.length; i += 2) {
          crowd[i] = 10L + i;
          crowd[i + 1] = Sightings.routed(i % 4 == 0);
        }
        evidence.take(seen(crowd), Duration.ofMillis(100L * tick));
      }
    }
    double before = errors(evidence).harm().logE();
    evidence.take(seen(1, ended(true, true)), Duration.ofSeconds(31));

    assertThat(errors(evidence).harm().logE()).isGreaterThan(before);
  }

  private static final RowAgreement.Moving MOVING =
      new RowAgreement.Moving(
          true,
          Duration.ofMillis(12),
          Duration.ofSeconds(5),
          3,
          List.of(),
          new RowAgreement.Reconciled(1_000, 0, true, Duration.ofSeconds(9)),
          Duration.ofMinutes(10));

  /// What is known of rows, each time something else.
  private static final List<RowAgreement.Reading> ROWS =
      List.of(
          MOVING,
          new RowAgreement.Untransferred(),
          new RowAgreement.Sent(null, null),
          new RowAgreement.Sent(
              new RowAgreement.Counts(1, 2, 3, 4, true, Duration.ofMillis(7)), MOVING));

  private static Situation situation(StepEvidence evidence, RowAgreement.Reading rows) {
    Phase phase = new Phase.Canary(Weight.parse("50%"));
    FamilyState state = new FamilyState("simulated", phase, 4, "lunch", Instant.EPOCH);
    return new Situation(
        POLICY,
        new Standing(state, BASELINE, new Approval(Phase.Name.WRITES, 4, "eve")),
        new Phase.Reads(),
        new CandidateHealth.Answered("http://candidate/healthz", 200),
        rows,
        ParityEvidence.none(Instant.EPOCH),
        evidence.snapshot(),
        Situation.Comparing.NONE,
        Duration.ofNanos(123_456_789),
        Duration.ofSeconds(4));
  }

  @Test
  void recordedEvidenceGivesTheSameReadingsToTheLastBit() {
    Crowd crowd = new Crowd(new Ways(300, 500, 1, 0.02, 3, 1.3, at -> 0.5, at -> 1, 1, 0), 4);
    StepEvidence evidence = canary();
    for (int tick = 1; tick <= 200; tick++) {
      evidence.take(TickDigest.of(crowd.next(0.1)), Duration.ofMillis(100L * tick));
      Situation situation = situation(evidence, ROWS.get(tick % ROWS.size()));
      String text = Recorded.write(situation);

      assertThat(Recorded.read(text)).isEqualTo(situation);
      assertThat(Recorded.harm(text)).isEqualTo(Gates.harm(situation));
      assertThat(Recorded.promotion(text)).isEqualTo(Gates.read(situation));
      assertThat(Recorded.write(Recorded.read(text))).isEqualTo(text);
    }
    assertThatThrownBy(() -> Recorded.read("{}")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Recorded.read("nothing")).hasMessageContaining("not readable");
  }
}
