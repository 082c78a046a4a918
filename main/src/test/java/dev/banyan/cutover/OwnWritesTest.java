package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.RowAgreement.Moving;
import dev.banyan.cutover.RowAgreement.Reconciled;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Families that have rows of their own at each side.
class OwnWritesTest {
  private static final Reconciled GREEN = new Reconciled(1_000, 0, true, Duration.ofMinutes(1));

  private final Rig rig = new Rig();

  @BeforeEach
  void ownRows() {
    rig.configure(Rig.policy(DataOwnership.SYNCED, true));
  }

  private static Moving rows(
      boolean backfilled,
      @Nullable Duration lag,
      List<String> stopped,
      @Nullable Reconciled certificate) {
    return new Moving(
        backfilled, lag, Duration.ofSeconds(5), 12, stopped, certificate, Duration.ofMinutes(10));
  }

  private static Moving agreeing() {
    return rows(true, Duration.ofMillis(40), List.of(), GREEN);
  }

  private void refusedInShadow(RowAgreement.Reading rows, String why) {
    rig.rows = rows;
    rig.allIsWell();
    assertThat(rig.promote())
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(Code.GATE_REFUSED);
              assertThat(refused.detail()).contains(why);
            });
  }

  @Test
  void leaveShadowOnlyWithRowsThatAreShownToAgree() {
    rig.bring(Phase.Name.SHADOW);
    Duration lag = Duration.ofMillis(40);
    refusedInShadow(new RowAgreement.Untransferred(), "no transfer of banyan.yaml");
    refusedInShadow(rows(false, lag, List.of(), GREEN), "the backfill is not done");
    refusedInShadow(rows(true, null, List.of(), GREEN), "the change stream is not running");
    refusedInShadow(rows(true, Duration.ofSeconds(6), List.of(), GREEN), "6.0 s behind");
    refusedInShadow(rows(true, lag, List.of(), null), "no reconciliation has compared");
    refusedInShadow(
        rows(true, lag, List.of(), new Reconciled(1_000, 3, true, Duration.ZERO)),
        "found 3 differences");
    refusedInShadow(
        rows(true, lag, List.of(), new Reconciled(1_000, 0, false, Duration.ZERO)),
        "another mapping or another owner");
    refusedInShadow(
        rows(true, lag, List.of(), new Reconciled(1_000, 0, true, Duration.ofMinutes(11))),
        "more than the");
    refusedInShadow(
        rows(true, lag, List.of("app.users stopped at key 7: column name is too short"), GREEN),
        "app.users stopped at key 7");

    rig.rows = agreeing();
    rig.allIsWell();
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  private void inReads() {
    rig.rows = agreeing();
    rig.bring(Phase.Name.READS);
    rig.allIsWell();
  }

  @Test
  void giveTheirWritesAwayThroughTheHandoverAlone() {
    inReads();
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Writes(Weight.FULL));
    assertThat(rig.turns).hasSize(1);
    assertThat(rig.turns.getFirst().toCandidate()).isTrue();
    assertThat(rig.turns.getFirst().unfenced()).isFalse();
  }

  @Test
  void stayWhereTheyAreWhenTheHandoverFails() {
    inReads();
    rig.handing = "catch up: the new owner has not reached 0/99 within 3000 ms";
    assertThat(rig.promote())
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(Code.HANDOVER_FAILED);
              assertThat(refused.detail()).contains("stay where they were", "0/99");
            });
    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);
  }

  @Test
  void areNotHandedOverBeforeTheGatesAgree() {
    inReads();
    rig.rows = rows(true, Duration.ofMillis(40), List.of(), null);
    assertThat(rig.promote()).isInstanceOf(Refused.class);
    assertThat(rig.turns).isEmpty();
  }

  @Test
  void comeBackThroughTheHandoverAndNeverByATableAlone() {
    inReads();
    assertThat(rig.promote()).isInstanceOf(Done.class);
    rig.handing = "the old owner's database does not answer";
    assertThat(rig.cutover.rollback(Rig.order(), null)).isInstanceOf(Refused.class);
    assertThat(rig.cutover.rollbackHere(Rig.order(), null)).isInstanceOf(Refused.class);
    assertThat(rig.phase()).as("the rows are the candidate's").isEqualTo(Phase.Name.WRITES);

    rig.handing = null;
    assertThat(rig.cutover.rollback(Rig.order(), null)).isInstanceOf(Done.class);
    assertThat(rig.turns.getLast().toCandidate()).isFalse();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }
}
