package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.cutover.RowAgreement.Moving;
import dev.banyan.cutover.RowAgreement.Reconciled;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.SideTick;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
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
  void haveChangedSidesOnceThatIsWrittenThoughTheStoreFailsThen() {
    inReads();
    rig.replicas.awaiting = new UncheckedIOException(new IOException("the disk is gone"));
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Writes(Weight.FULL));
  }

  @Test
  void haveChangedSidesThoughTheRowsDatabaseFailsThen() {
    inReads();
    rig.afterFlip = "what the transfer keeps can not be read";
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Writes(Weight.FULL));
  }

  @Test
  void aFlipThatFailsSaysSoForWhatIsWrittenToBeLookedAt() {
    inReads();
    rig.replicas.awaiting = new IllegalStateException("a fault of ours");
    assertThat(rig.promote()).isInstanceOf(Refused.class);
    assertThat(rig.turns.getFirst().flip().isWritten()).isTrue();
  }

  @Test
  void aFlipThatIsWrittenAndNotAnsweredIsInForceOnceThatIsKnown() {
    bothInReads();
    rig.store.failingAfter = true;
    assertThat(rig.promote()).isInstanceOf(Refused.class);
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.READS);

    assertThat(rig.turns.getFirst().flip().isWritten()).isTrue();
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.WRITES);
    assertThat(phaseOf("orders")).isEqualTo(Phase.Name.WRITES);
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

  private static Order orders() {
    return Order.of("orders", "ann", "because");
  }

  private Phase.Name phaseOf(String family) {
    return rig.cutover.state(family).orElseThrow().phase().name();
  }

  private void bothInReads() {
    FamilyPolicy users = Rig.policy(DataOwnership.SYNCED, true);
    rig.configure(users, Rig.named("orders", users));
    rig.together = Set.of("users", "orders");
    rig.rows = agreeing();
    while (phaseOf("orders") != Phase.Name.READS) {
      rig.allIsWell();
      assertThat(rig.promote()).isInstanceOf(Done.class);
      assertThat(rig.cutover.promote(orders(), null, null)).isInstanceOf(Done.class);
    }
    rig.allIsWell();
  }

  @Test
  void moveTogetherWithThoseThatWriteTheSameTables() {
    bothInReads();
    long head = rig.lastEntry().seq();
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.WRITES);
    assertThat(phaseOf("orders")).isEqualTo(Phase.Name.WRITES);
    assertThat(rig.store.page(head, 10))
        .extracting(LedgerEntry::family)
        .containsExactly("orders", "users");

    assertThat(rig.cutover.rollback(orders(), null)).isInstanceOf(Done.class);
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.SHADOW);
    assertThat(phaseOf("orders")).isEqualTo(Phase.Name.SHADOW);
  }

  @Test
  void moveTogetherThoughWhoeverHearsOfItFails() {
    bothInReads();
    rig.listenerFails = true;
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.WRITES);
    assertThat(phaseOf("orders")).isEqualTo(Phase.Name.WRITES);
  }

  @Test
  void moveNeitherForwardNorBackWhereTheStoreFailsAtOneOfThem() {
    bothInReads();
    rig.store.failingAt = "users"; // which is written after orders
    assertThat(rig.promote())
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.detail()).contains("the disk is full"));
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.READS);
    assertThat(phaseOf("orders")).isEqualTo(Phase.Name.READS);
    assertThat(rig.turns.getFirst().flip().isWritten()).isFalse();

    rig.store.failingAt = null;
    assertThat(rig.promote()).isInstanceOf(Done.class);
    rig.store.failingAt = "users";
    assertThat(rig.cutover.rollback(orders(), null)).isInstanceOf(Refused.class);
    assertThat(phaseOf("users")).isEqualTo(Phase.Name.WRITES);
    assertThat(phaseOf("orders")).isEqualTo(Phase.Name.WRITES);
    assertThat(rig.published.getLast().phase().name()).isEqualTo(Phase.Name.WRITES);
  }

  private void harm() {
    rig.tick(SideTick.NONE, Rig.traffic(100, 90));
  }

  @Test
  void comeBackByThemselvesThroughTheHandoverWhenTheCandidateDoesHarm() {
    inReads();
    assertThat(rig.promote()).isInstanceOf(Done.class);
    rig.turns.clear();
    harm();

    assertThat(rig.turns).hasSize(1);
    assertThat(rig.turns.getFirst().toCandidate()).isFalse();
    assertThat(rig.turns.getFirst().unfenced()).as("nobody has approved that").isFalse();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().kind()).isEqualTo(Kind.ROLLBACK);
    assertThat(rig.lastEntry().actor()).isEqualTo(Cutover.ITSELF);
    assertThat(Recorded.disagreement(rig.lastEntry())).isEmpty();
    assertThat(rig.kinds()).doesNotContain(Kind.ALARM);
  }

  @Test
  void areTriedToBeGivenBackAFewTimesAndEachFailureIsTold() {
    inReads();
    assertThat(rig.promote()).isInstanceOf(Done.class);
    rig.turns.clear();
    rig.handing = "catch up: the new owner has not reached 0/99 within 3000 ms";
    for (int i = 0; i < 600; i++) {
      harm();
    }
    assertThat(rig.turns).as("within a minute").hasSize(HandBacks.MOST);
    assertThat(rig.phase()).as("the rows are the candidate's").isEqualTo(Phase.Name.WRITES);
    List<LedgerEntry> alarms =
        rig.store.page(0, 10_000).stream().filter(each -> each.kind() == Kind.ALARM).toList();
    assertThat(alarms).hasSize(HandBacks.MOST);
    assertThat(alarms.getFirst().reason()).contains("0/99", "tried again in 10.0 s");
    assertThat(alarms.getLast().reason()).contains("banyan rollback");
    assertThat(alarms).allMatch(each -> Recorded.disagreement(each).isEmpty());

    rig.handing = null;
    harm();
    assertThat(rig.turns).as("that is for a person now").hasSize(HandBacks.MOST);
    assertThat(rig.cutover.rollback(Rig.order(), null)).isInstanceOf(Done.class);
  }

  @Test
  void areLeftWhereTheyAreByAProcessThatDoesNotDecideOrIsToldNotTo() {
    inReads();
    assertThat(rig.promote()).isInstanceOf(Done.class);
    rig.turns.clear();
    rig.replicas.term = OptionalLong.empty();
    harm();
    rig.replicas.cutOff = true;
    harm();
    assertThat(rig.cutover.rollback(Rig.order(), null)).isInstanceOf(Refused.class);
    rig.replicas.term = OptionalLong.of(0);
    rig.replicas.cutOff = false;
    rig.configure(Rig.policy(DataOwnership.SYNCED, false));
    harm();
    assertThat(rig.turns).isEmpty();
    assertThat(rig.phase()).isEqualTo(Phase.Name.WRITES);
    assertThat(rig.kinds()).containsOnlyOnce(Kind.ALARM);
  }

  private Rig another(KeptInMemory kept) {
    Rig other = new Rig(rig.store, kept, Runnable::run);
    other.configure(Rig.policy(DataOwnership.SYNCED, true));
    other.rows = agreeing();
    return other;
  }

  private static void hear(Rig replica) {
    replica.cutover.refresh(() -> Cutover.Known.of(replica.store)).join();
  }

  private List<String> alarms() {
    return rig.store.page(0, 10_000).stream()
        .filter(each -> each.kind() == Kind.ALARM)
        .map(LedgerEntry::reason)
        .toList();
  }

  @Test
  void areNotTakenBackByARollbackFromBeforeTheHandoverThatIsWrittenAfterIt() {
    inReads();
    KeptInMemory kept = new KeptInMemory();
    Rig cutOff = another(kept);
    rig.store.failing = true;
    assertThat(cutOff.cutover.rollback(Rig.order(), null))
        .isInstanceOfSatisfying(Done.class, done -> assertThat(done.recorded()).isFalse());
    assertThat(cutOff.phase()).isEqualTo(Phase.Name.SHADOW);
    rig.store.failing = false;
    assertThat(rig.promote()).isInstanceOf(Done.class);
    List<Unwritten> left = kept.kept;

    hear(cutOff);
    assertThat(cutOff.published.getLast().phase().name())
        .as("where its writes go, before it has written anything")
        .isEqualTo(Phase.Name.WRITES);
    cutOff.look();
    assertThat(cutOff.phase()).isEqualTo(Phase.Name.WRITES);
    assertThat(rig.store.standings().getFirst().state().phase().name())
        .isEqualTo(Phase.Name.WRITES);
    assertThat(alarms()).singleElement().asString().contains("because", "ask again");
    assertThat(kept.kept).isEmpty();

    kept.kept = left; // killed before it had heard
    Rig next = another(kept);
    assertThat(next.phase()).isEqualTo(Phase.Name.WRITES);
    next.look();
    assertThat(next.phase()).isEqualTo(Phase.Name.WRITES);
    assertThat(rig.kinds()).doesNotContain(Kind.ROLLBACK);
    assertThat(alarms()).hasSize(2);

    assertThat(cutOff.cutover.rollback(Rig.order(), null)).isInstanceOf(Done.class);
    assertThat(cutOff.turns).hasSize(1);
  }

  @Test
  void areNotTakenBackByARollbackThatFindsTheHandoverInTheStore() {
    inReads();
    Rig other = another(new KeptInMemory());
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(other.phase()).as("it has not heard yet").isEqualTo(Phase.Name.READS);
    assertThat(other.cutover.rollback(Rig.order(), null))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.code()).isEqualTo(Code.STATE_CHANGED));
    assertThat(other.phase()).isEqualTo(Phase.Name.WRITES);
    assertThat(rig.kinds()).doesNotContain(Kind.ROLLBACK);
  }

  @Test
  void goWhereTheirRowsAreThoughTheReplicaHadTakenTheCandidateOffByItself() {
    inReads();
    Rig other = another(new KeptInMemory());
    other.replicas.cutOff = true;
    other.tick(SideTick.NONE, Rig.traffic(100, 90));
    assertThat(other.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.promote()).isInstanceOf(Done.class);
    hear(other);
    assertThat(other.published.getLast().phase().name()).isEqualTo(Phase.Name.WRITES);

    other.cutover.hint("users", other.state().epoch(), Phase.Name.SHADOW);
    assertThat(other.published.getLast().phase().name()).isEqualTo(Phase.Name.WRITES);
  }

  @Test
  void areNotHandedBackWhereTheyAre() {
    inReads();
    assertThat(rig.cutover.handOver(Rig.order(), false, false))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.detail())
                    .isEqualTo("users: in reads the legacy owns the rows already"));
    assertThat(rig.turns).isEmpty();
  }

  @Test
  void comeBackOutOfRetiredOnlyWhereSomebodyAcceptsWhatIsLost() {
    rig.configure(Rig.policy(DataOwnership.SHARED, true));
    rig.bring(Phase.Name.RETIRED);
    ownRows();
    rig.rows = agreeing();
    assertThat(rig.cutover.rollback(Rig.order(), null))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.detail()).contains("--accept-loss"));
    assertThat(rig.cutover.handOver(Rig.order(), false, false)).isInstanceOf(Refused.class);
    assertThat(rig.turns).isEmpty();

    assertThat(rig.cutover.rollbackWithLoss(Rig.order(), null)).isInstanceOf(Done.class);
    assertThat(rig.turns.getFirst().lossAccepted()).isTrue();
    assertThat(rig.turns.getFirst().toCandidate()).isFalse();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
  }
}
