package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {
  private final Rig rig = new Rig();

  private static SideTick refused(long connections) {
    return new SideTick(
        new Answers(connections, connections, Latencies.NONE), Answers.NONE, connections);
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.Name.class,
      names = {"CANARY", "READS", "WRITES"})
  void errorsTakeTheFamilyBackToShadow(Phase.Name from) {
    rig.bring(from);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(20, 2));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.published.getLast()).isEqualTo(rig.state());
    LedgerEntry entry = rig.lastEntry();
    assertThat(entry.kind()).isEqualTo(LedgerEntry.Kind.ROLLBACK);
    assertThat(entry.actor()).isEqualTo("banyan");
    assertThat(entry.reason()).contains("2 of 20 candidate requests failed");
    assertThat(entry.gates())
        .extracting(GateReading::opinion)
        .containsExactly(Opinion.ROLL_BACK, Opinion.PROMOTE);
    assertThat(rig.heard).contains(entry);
  }

  @Test
  void fewRequestsOrFewErrorsDoNot() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(19, 9));
    rig.pass(Duration.ofSeconds(10));
    rig.tick(Rig.traffic(100, 0), Rig.traffic(100, 5));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void errorsAddUpOverTheWindowAndLeaveItAgain() {
    rig.bring(Phase.Name.CANARY);
    for (int i = 0; i < 6; i++) {
      rig.tick(SideTick.NONE, Rig.traffic(3, 1));
      rig.pass(Duration.ofSeconds(2));
    }
    // Never 20 within 10 seconds.
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    for (int i = 0; i < 7; i++) {
      rig.tick(SideTick.NONE, Rig.traffic(3, 1));
    }
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void anOutageOfBothSidesIsNobodysFault() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(200, 60), Rig.traffic(100, 33));
    rig.tick(Rig.traffic(200, 190), Rig.traffic(100, 95));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(100, 100));
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void failingWritesDoNotHideAmongReads() {
    rig.bring(Phase.Name.WRITES);
    rig.tick(Rig.traffic(100, 0), Rig.withWrites(Rig.traffic(1_000, 19), 19, 19));
    assertThat(rig.phase()).isEqualTo(Phase.Name.WRITES);
    rig.allIsWell();
    assertThat(rig.promote())
        .isInstanceOfSatisfying(
            CutoverResult.Refused.class,
            refused -> assertThat(refused.detail()).contains("19 of 19 candidate writes failed"));
    rig.tick(Rig.traffic(100, 0), Rig.withWrites(Rig.traffic(1_000, 20), 20, 20));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("20 of 20 candidate writes failed");
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

  @Test
  void slowAnswersAreJudgedByTheLegacysFrozenTime() {
    rig.bring(Phase.Name.CANARY);
    // The legacy's p99 was 20 ms, three times that is 60 ms.
    rig.tick(Rig.traffic(100, 0), Rig.traffic(100, 0, Duration.ofMillis(59)));
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(30, 0, Duration.ofMillis(70)));

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason())
        .contains("30 of 130 candidate answers took more than 60.0 ms");
  }

  @Test
  void theFrozenTimeSurvivesARestart() {
    rig.bring(Phase.Name.CANARY);
    Rig next = new Rig(rig.store, Runnable::run);
    next.tick(Rig.traffic(100, 0), Rig.traffic(30, 0, Duration.ofMillis(70)));

    assertThat(next.phase()).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void slownessOfBothSidesIsNobodysFault() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(
        Rig.traffic(100, 0, Duration.ofMillis(80)), Rig.traffic(100, 0, Duration.ofMillis(80)));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void aFastLegacyDoesNotMakeJitterHarm() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.traffic.total(dev.banyan.migration.Side.LEGACY, 500, 0, Duration.ofMillis(1));
    rig.promote();
    rig.tick(Rig.traffic(100, 0), Rig.traffic(100, 0, Duration.ofMillis(9)));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
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
    assertThat(rig.lastEntry().reason()).contains("20 of 20", "auto: off");
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
    rig.tick(SideTick.NONE, Rig.traffic(100, 100));

    assertThat(rig.published.getLast().phase()).isEqualTo(new Phase.Shadow());
  }

  @Test
  void beginsANewWindowWithEachStep() {
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(15, 9));
    rig.cutover.rollback(Rig.order(), Phase.Name.SHADOW);
    rig.bring(Phase.Name.CANARY);
    rig.tick(Rig.traffic(100, 0), Rig.traffic(15, 0));

    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }
}
