package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What takes a family back without anybody being asked, with and without proof.
class BreakerTest {
  private final Rig rig = new Rig();

  private static SideTick refused(long connections) {
    return new SideTick(
        new Answers(connections, connections, Latencies.NONE), Answers.NONE, connections);
  }

  private static Sightings units(int legacy, int legacyFailed, int candidate, int failed) {
    long[] pairs = new long[4 * (legacy + candidate)];
    int length = 0;
    for (int i = 0; i < legacy + candidate; i++) {
      boolean mine = i >= legacy;
      int nth = mine ? i - legacy : i;
      pairs[length++] = 1L + i;
      pairs[length++] = Sightings.routed(mine);
      pairs[length++] = 1L + i;
      pairs[length++] = Sightings.ended(mine, nth < (mine ? failed : legacyFailed), 5_000);
    }
    return Sightings.of(pairs, length, 0);
  }

  private void split(int legacy, int legacyFailed, int candidate, int failed) {
    rig.tick(
        Rig.traffic(legacy, legacyFailed),
        Rig.traffic(candidate, failed),
        units(legacy, legacyFailed, candidate, failed),
        Pairs.NONE);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.Name.class,
      names = {"CANARY", "READS", "WRITES"})
  void errorsOfMoreThanHalfTakeTheFamilyBackToShadow(Phase.Name from) {
    rig.bring(from);
    rig.pass(Duration.ofSeconds(11));
    rig.tick(Rig.traffic(100, 0), Rig.traffic(20, 11));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.published.getLast()).isEqualTo(rig.state());
    LedgerEntry entry = rig.lastEntry();
    assertThat(entry.kind()).isEqualTo(LedgerEntry.Kind.ROLLBACK);
    assertThat(entry.actor()).isEqualTo("banyan");
    assertThat(entry.reason()).contains("11 of 20 candidate requests failed");
    assertThat(entry.gates()).extracting(GateReading::gate).startsWith("errors", "latency");
    assertThat(entry.gates().getFirst().opinion()).isEqualTo(Opinion.ROLL_BACK);
    assertThat(rig.heard).contains(entry);
  }

  @Test
  void fewRequestsOrFewErrorsDoNot() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(19, 18));
    rig.pass(Duration.ofSeconds(10));
    rig.tick(Rig.traffic(100, 0), Rig.traffic(100, 50));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void errorsAddUpOverTheWindowAndLeaveItAgain() {
    rig.bring(Phase.Name.CANARY);
    for (int i = 0; i < 6; i++) {
      rig.tick(SideTick.NONE, Rig.traffic(3, 2));
      rig.pass(Duration.ofSeconds(2));
    }
    // Never 20 within 10 seconds.
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    for (int i = 0; i < 7; i++) {
      rig.tick(SideTick.NONE, Rig.traffic(3, 2));
    }
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void anOutageOfBothSidesIsNobodysFault() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(200, 60), Rig.traffic(100, 33));
    rig.tick(Rig.traffic(200, 190), Rig.traffic(100, 95));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    rig.pass(Duration.ofSeconds(11));
    rig.tick(Rig.traffic(100, 0), Rig.traffic(100, 100));
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("none of 100 candidate requests was answered");
  }

  @Test
  void withoutAnyTrafficOfItsOwnTheLegacyIsSeenByItsShadowLegs() {
    rig.bring(Phase.Name.READS);
    rig.pass(Duration.ofSeconds(11));
    Answers down = Rig.answers(30, 28, Duration.ofMillis(5));
    rig.tick(SideTick.NONE, Rig.traffic(100, 95), Sightings.NONE, new Pairs(down, down));

    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);
    rig.pass(Duration.ofSeconds(11));
    Answers well = Rig.answers(30, 0, Duration.ofMillis(5));
    rig.tick(SideTick.NONE, Rig.traffic(100, 95), Sightings.NONE, new Pairs(well, down));
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void failingWritesDoNotHideAmongReads() {
    rig.bring(Phase.Name.WRITES);
    rig.pass(Duration.ofSeconds(11));
    rig.tick(Rig.traffic(100, 0), Rig.withWrites(Rig.traffic(1_000, 0), 19, 19));
    assertThat(rig.phase()).isEqualTo(Phase.Name.WRITES);
    rig.tick(Rig.traffic(100, 0), Rig.withWrites(Rig.traffic(1_000, 0), 1, 1));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("none of 20 candidate writes was answered");
  }

  @Test
  void connectionsThatFailInARowNeedNoShare() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), refused(9));
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), refused(10));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("10 connections to the candidate failed");
  }

  /// So many requests under way, and heads of answers; none of them has ended.
  private static SideTick underWay(long sent, long heard) {
    return new SideTick(Answers.NONE, Answers.NONE, 0, new Legs(sent, heard));
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.Name.class,
      names = {"CANARY", "READS", "WRITES"})
  void aCandidateThatAnswersNothingIsTakenBackLongBeforeItsTimeouts(Phase.Name from) {
    rig.bring(from);
    SideTick well = from == Phase.Name.CANARY ? underWay(100, 98) : SideTick.NONE;
    rig.tick(well, underWay(19, 0));
    rig.pass(Duration.ofSeconds(2));
    rig.tick(well, underWay(1, 0));
    rig.pass(Duration.ofMillis(4_800));
    rig.tick(well, SideTick.NONE);
    assertThat(rig.phase()).isEqualTo(from); // the twentieth may yet be answered
    rig.tick(well, SideTick.NONE);
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason())
        .contains("not one answer came from the candidate in the last 10.0 s", "sent 20 requests");
  }

  @Test
  void aSingleHeadOfAnAnswerSaysThatItIsThereHoweverLongItsStreamsGoOn() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(underWay(1_000, 1_000), underWay(50, 0));
    rig.pass(Duration.ofSeconds(6));
    rig.tick(underWay(1_000, 1_000), underWay(50, 1));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void whereTheLegacyIsAsSilentNobodyIsAccused() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(underWay(400, 290), underWay(50, 0));
    rig.pass(Duration.ofSeconds(6));
    rig.tick(SideTick.NONE, SideTick.NONE);
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);

    rig.tick(underWay(0, 50), SideTick.NONE);
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void whatTheLegacyAnswersLateIsWaitedForAsLong() {
    rig.bring(Phase.Name.SHADOW);
    rig.compared(400, 400, 0);
    rig.pass(Duration.ofSeconds(61));
    rig.tick(Rig.traffic(5_000, 0, Duration.ofSeconds(4)), SideTick.NONE);
    rig.pass(Duration.ofSeconds(61));
    rig.promote();
    rig.tick(underWay(100, 98), underWay(50, 0));
    rig.pass(Duration.ofSeconds(7));
    rig.tick(underWay(100, 98), underWay(50, 0));
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);

    rig.pass(Duration.ofSeconds(2));
    rig.tick(underWay(100, 98), SideTick.NONE);
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void anEventIsTheUnitsAndNotTheRequests() {
    rig.bring(Phase.Name.CANARY);
    long[] storm = new long[2_000];
    for (int i = 0; i < storm.length; i += 4) {
      storm[i] = 77;
      storm[i + 1] = Sightings.routed(true);
      storm[i + 2] = 77;
      storm[i + 3] = Sightings.ended(true, true, 0);
    }
    Sightings one = Sightings.of(storm, storm.length, 0);
    rig.tick(Rig.traffic(9_500, 5), Rig.traffic(5_000, 500), units(190, 5, 10, 0), Pairs.NONE);
    rig.tick(SideTick.NONE, SideTick.NONE, one, Pairs.NONE);

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void errorsThatAreProvedToBeMoreTakeItBackLongBeforeTheyAreHalf() {
    rig.bring(Phase.Name.CANARY);
    split(950, 5, 50, 4);
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    split(950, 5, 50, 10);

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason())
        .contains("the candidate is proved to fail more than 1 times as often as the legacy")
        .contains("of the units it first happened to, 10 of 15 were the candidate's");
  }

  @Test
  void whereTheCandidateHasAllTheReadsTheLegacysFrozenRateIsTheYardstick() {
    rig.bring(Phase.Name.READS);
    rig.tick(SideTick.NONE, Rig.traffic(10_000, 10));
    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);
    rig.tick(SideTick.NONE, Rig.traffic(5_000, 100));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("by the legacy's yardstick", "may");
  }

  @Test
  void slowAnswersAreJudgedByTheLegacysFrozenTime() {
    rig.bring(Phase.Name.READS);
    // The legacy took 5 ms; what is faster than 10 ms is never slow.
    rig.tick(SideTick.NONE, Rig.traffic(1_000, 0, Duration.ofMillis(9)));
    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);
    rig.tick(SideTick.NONE, Rig.traffic(500, 0, Duration.ofMillis(70)));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("500 of", "reads took more than 10.0 ms");
  }

  @Test
  void theFrozenTimeSurvivesARestart() {
    rig.bring(Phase.Name.READS);
    Rig next = new Rig(rig.store, Runnable::run);
    next.tick(SideTick.NONE, Rig.traffic(500, 0, Duration.ofMillis(70)));

    assertThat(next.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void slownessOfBothSidesIsNobodysFault() {
    rig.bring(Phase.Name.READS);
    Answers slow = Rig.answers(500, 0, Duration.ofMillis(80));
    for (int i = 0; i < 10; i++) {
      rig.tick(
          SideTick.NONE,
          Rig.traffic(500, 0, Duration.ofMillis(80)),
          Sightings.NONE,
          new Pairs(slow, slow));
    }

    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);
  }

  @Test
  void answersThatDifferTooOftenTakeItBack() {
    rig.bring(Phase.Name.CANARY);
    rig.compared(400, 400, 100);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(10, 0));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason())
        .contains("proved that more than 1% of the answers differ: 100 of 800");
  }

  @Test
  void inTheLegacysPhasesThereIsNothingToTakeBack() {
    rig.bring(Phase.Name.SHADOW);
    rig.tick(Rig.traffic(100, 100), Rig.traffic(100, 100));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.PROMOTE);
  }

  @Test
  void withAutoOffItTellsOnceAStep() {
    rig.configure(Rig.policy(DataOwnership.SHARED, false));
    rig.bring(Phase.Name.CANARY);
    for (int i = 0; i < 5; i++) {
      rig.tick(Rig.traffic(100, 0), Rig.traffic(20, 20));
    }

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    assertThat(rig.kinds()).containsOnlyOnce(LedgerEntry.Kind.ALARM);
    assertThat(rig.lastEntry().reason()).contains("none of 20", "auto: off");
  }

  @Test
  void outOfRetiredItOnlyTells() {
    rig.bring(Phase.Name.RETIRED);
    rig.tick(SideTick.NONE, Rig.traffic(100, 100));

    assertThat(rig.phase()).isEqualTo(Phase.Name.RETIRED);
    assertThat(rig.lastEntry().reason()).contains("the legacy may be switched off");
  }

  @Test
  void rollsBackThoughTheStoreFails() {
    rig.bring(Phase.Name.READS);
    rig.store.failing = true;
    rig.pass(Duration.ofSeconds(11));
    rig.tick(SideTick.NONE, Rig.traffic(100, 100));

    assertThat(rig.published.getLast().phase()).isEqualTo(new Phase.Shadow());
  }

  @Test
  void beginsANewWindowWithEachStep() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(15, 12));
    rig.cutover.rollback(Rig.order(), Phase.Name.SHADOW);
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(15, 0));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }
}
