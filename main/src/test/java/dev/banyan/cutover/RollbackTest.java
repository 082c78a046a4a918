package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RollbackTest {

  private static Done done(CutoverResult result) {
    assertThat(result).isInstanceOf(Done.class);
    return (Done) result;
  }

  @ParameterizedTest
  @CsvSource({
    "SHADOW, LEGACY",
    "CANARY, LEGACY",
    "READS, SHADOW",
    "WRITES, SHADOW",
    "RETIRED, SHADOW"
  })
  void goesWhereTheLegacyAnswersEverything(Phase.Name from, Phase.Name to) {
    Rig rig = new Rig();
    rig.bring(from);
    long epoch = rig.state().epoch();
    Done done = done(rig.cutover.rollback(Rig.order(), null));

    assertThat(done.after().phase().name()).isEqualTo(to);
    assertThat(done.after().epoch()).isEqualTo(epoch + 1);
    assertThat(done.recorded()).isTrue();
    assertThat(rig.published.getLast()).isEqualTo(done.after());
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.ROLLBACK);
    assertThat(rig.lastEntry().took()).isNotNull();
    assertThat(rig.store.standings().getFirst().state()).isEqualTo(done.after());
  }

  @Test
  void goesToAnyEarlierPhaseAndToNoOther() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.WRITES);
    assertThat(rig.cutover.rollback(Rig.order(), Phase.Name.RETIRED))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(Code.TRANSITION_ILLEGAL));
    assertThat(done(rig.cutover.rollback(Rig.order(), Phase.Name.CANARY)).after().phase())
        .isEqualTo(new Phase.Canary(Weight.parse("5%")));
    done(rig.cutover.rollback(Rig.order(), Phase.Name.LEGACY));
    assertThat(rig.cutover.rollback(Rig.order(), null))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.detail()).contains("answers everything already"));
  }

  @Test
  void isNotStoppedByAHoldNorByALateVersion() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.READS);
    rig.cutover.hold(Rig.order());
    Order late = new Order("users", "ann", "because", new Version(0, false));
    Done done = done(rig.cutover.rollback(late, null));

    assertThat(done.after().phase()).isEqualTo(new Phase.Shadow());
    assertThat(done.after().held()).isEqualTo("because");
  }

  @Test
  void needsAReason() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.READS);

    assertThat(rig.cutover.rollback(Order.of("users", "ann", ""), null))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.code()).isEqualTo(Code.REASON_MISSING));
  }

  @Test
  void outOfRetiredThereIsNoWayBackWithSyncedRows() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.RETIRED);
    rig.configure(Rig.policy(DataOwnership.SYNCED, true));

    assertThat(rig.cutover.rollback(Rig.order(), Phase.Name.LEGACY))
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.detail()).contains("no way back"));
  }

  /// The e-value of all that was compared would need some thousands of differences by then.
  @Test
  void aCandidateThatBeginsToDifferAfterALongGoodRunIsTakenBack() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.CANARY);
    rig.compared(500_000, 500_000, 0);
    rig.tick(SideTick.NONE, SideTick.NONE);
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    rig.compared(500_000, 500_040, 40);
    rig.tick(SideTick.NONE, SideTick.NONE);

    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.lastEntry().reason()).contains("answers differ", "it began late");
    assertThat(rig.ledger.replay(Recorded::disagreement, 1).disagreed()).isZero();
  }

  @Test
  void isInForceThoughTheStoreFailsAndIsRecordedWhenItRecovers() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.READS);
    rig.store.failing = true;
    Done done = done(rig.cutover.rollback(Rig.order(), null));

    assertThat(done.recorded()).isFalse();
    assertThat(rig.published.getLast()).isEqualTo(done.after());
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.promote()).isInstanceOf(Refused.class);

    rig.store.failing = false;
    rig.pass(Duration.ofSeconds(2));
    rig.cutover.tick();
    assertThat(rig.state().epoch()).isEqualTo(done.after().epoch() + 1);
    assertThat(rig.published.getLast()).isEqualTo(rig.state());
    assertThat(rig.store.standings().getFirst().state()).isEqualTo(rig.state());
    assertThat(rig.lastEntry().after()).isEqualTo(rig.state());
    assertThat(rig.ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void twoRollbacksDuringAnOutageAreRecordedInTheirOrder() {
    Rig rig = new Rig();
    rig.bring(Phase.Name.READS);
    rig.store.failing = true;
    done(rig.cutover.rollback(Rig.order(), Phase.Name.CANARY));
    Done last = done(rig.cutover.rollback(Rig.order(), null));
    rig.store.failing = false;
    rig.bring(Phase.Name.SHADOW);

    assertThat(rig.kinds().subList(rig.kinds().size() - 3, rig.kinds().size()))
        .containsExactly(
            LedgerEntry.Kind.ROLLBACK, LedgerEntry.Kind.ROLLBACK, LedgerEntry.Kind.PROMOTE);
    assertThat(rig.state().epoch()).isEqualTo(last.after().epoch() + 3);
  }

  @Test
  void isNotDelayedByAPromotionStuckInTheStore() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor();
        ExecutorService caller = Executors.newSingleThreadExecutor()) {
      InMemoryMigrations store = new InMemoryMigrations();
      Rig rig = new Rig(store, writer);
      rig.bring(Phase.Name.CANARY);
      rig.allIsWell();
      CountDownLatch release = new CountDownLatch(1);
      store.gate = release;
      Future<CutoverResult> promotion = caller.submit(rig::promote);
      store.reached.await();

      // The store stands still until this rollback has returned.
      Done back = done(rig.cutover.rollback(Rig.order(), null));
      assertThat(back.recorded()).isFalse();
      assertThat(rig.published.getLast()).isEqualTo(back.after());
      store.gate = null;
      release.countDown();

      assertThat(promotion.get())
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.code()).isEqualTo(Code.STATE_CHANGED));
      rig.cutover.hold(Rig.order());
      assertThat(rig.phase()).isEqualTo(back.after().phase().name());
      assertThat(rig.published).extracting(FamilyState::phase).doesNotContain(fifty());
      assertThat(store.standings().getFirst().state()).isEqualTo(rig.state());
      assertThat(rig.ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
    }
  }

  @Test
  void toWhereTheFamilyStandsTakesBackAPromotionThatIsBeingWritten() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor();
        ExecutorService caller = Executors.newSingleThreadExecutor()) {
      InMemoryMigrations store = new InMemoryMigrations();
      Rig rig = new Rig(store, writer);
      rig.bring(Phase.Name.SHADOW);
      rig.allIsWell();
      CountDownLatch release = new CountDownLatch(1);
      store.gate = release;
      Future<CutoverResult> promotion = caller.submit(rig::promote);
      store.reached.await();

      assertThat(rig.cutover.hold(Rig.order()))
          .isInstanceOfSatisfying(
              Refused.class, refused -> assertThat(refused.code()).isEqualTo(Code.STATE_CHANGED));
      Done back = done(rig.cutover.rollback(Rig.order(), Phase.Name.SHADOW));
      store.gate = null;
      release.countDown();

      assertThat(promotion.get()).isInstanceOf(Refused.class);
      writer.submit(() -> {}).get(); // the rollback is written behind it
      assertThat(rig.state().phase()).isEqualTo(new Phase.Shadow());
      assertThat(rig.published).extracting(FamilyState::phase).doesNotContain(canary());
      rig.bring(Phase.Name.CANARY);
      assertThat(rig.state().epoch()).isEqualTo(back.after().epoch() + 3);
      assertThat(store.standings().getFirst().state()).isEqualTo(rig.state());
    }
  }

  private static Phase fifty() {
    return new Phase.Canary(Weight.parse("50%"));
  }

  private static Phase canary() {
    return new Phase.Canary(Weight.parse("5%"));
  }

  @Test
  void promotionsAndRollbacksThatRaceLeaveOneTruth() throws Exception {
    InMemoryMigrations store = new InMemoryMigrations();
    Rig rig;
    try (ExecutorService writer = Executors.newSingleThreadExecutor();
        ExecutorService callers = Executors.newFixedThreadPool(2)) {
      rig = new Rig(store, writer);
      rig.allIsWell();
      for (int round = 0; round < 500; round++) {
        race(rig, callers);
      }
    }
    long epoch = 0;
    for (FamilyState state : rig.published) {
      assertThat(state.epoch()).isGreaterThanOrEqualTo(epoch);
      epoch = state.epoch();
    }
    assertThat(rig.published.getLast()).isEqualTo(rig.state());
    assertThat(store.standings().getFirst().state()).isEqualTo(rig.state());
    assertThat(rig.ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
    assertThat(rig.kinds()).contains(LedgerEntry.Kind.ROLLBACK, LedgerEntry.Kind.PROMOTE);
  }

  private static void race(Rig rig, ExecutorService callers)
      throws InterruptedException, ExecutionException {
    rig.allIsWell();
    CyclicBarrier start = new CyclicBarrier(2);
    Future<CutoverResult> forward =
        callers.submit(() -> {
          start.await();
          return rig.promote();
        });
    Future<CutoverResult> back =
        callers.submit(() -> {
          start.await();
          return rig.cutover.rollback(Rig.order(), null);
        });
    forward.get();
    if (back.get() instanceof Done done) {
      // A promotion may follow a rollback, but none decided before it may come into force after.
      assertThat(rig.state().epoch()).isGreaterThanOrEqualTo(done.after().epoch());
    }
  }
}
