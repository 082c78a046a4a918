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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What is decided while the store fails, is slow, or has gone back to an older copy of itself.
class StoreLossTest {
  private final InMemoryMigrations store = new InMemoryMigrations();
  private final KeptInMemory backlog = new KeptInMemory();

  private Rig rig() {
    return new Rig(store, backlog, Runnable::run);
  }

  private static Order order(String reason) {
    return Order.of("users", "ann", reason);
  }

  private static CutoverResult.Done unrecorded(CutoverResult result) {
    assertThat(result)
        .isInstanceOfSatisfying(Done.class, done -> assertThat(done.recorded()).isFalse());
    return (Done) result;
  }

  @Test
  void whatIsInForceAndNotWrittenIsInForceInTheNextLifeFromTheFirstRequestOn() {
    Rig first = rig();
    first.bring(Phase.Name.READS);
    store.failing = true;
    unrecorded(first.cutover.rollback(order("it is slow"), null));
    unrecorded(first.cutover.hold(order("until it is quick")));
    assertThat(first.cutover.stopLine("bob", "an incident")).isFalse();
    long epoch = first.state().epoch();

    Rig second = rig();
    assertThat(second.state().phase()).isEqualTo(new Phase.Shadow());
    assertThat(second.state().held()).isEqualTo("until it is quick");
    assertThat(second.cutover.stoppedLine()).contains("an incident");
    assertThat(second.cutover.denied()).containsExactly("users");
    second.look();
    assertThat(second.kinds()).doesNotContain(LedgerEntry.Kind.ROLLBACK);

    store.failing = false;
    second.pass(Duration.ofSeconds(2));
    second.cutover.tick();
    assertThat(second.kinds())
        .endsWith(LedgerEntry.Kind.ROLLBACK, LedgerEntry.Kind.HOLD, LedgerEntry.Kind.STOP_LINE);
    LedgerEntry back = store.page(0, 100).get(second.kinds().indexOf(LedgerEntry.Kind.ROLLBACK));
    assertThat(back.actor()).isEqualTo("ann");
    assertThat(back.reason()).isEqualTo("it is slow");
    assertThat(second.state().epoch()).isEqualTo(epoch + 1);
    assertThat(second.cutover.denied()).isEmpty();
    assertThat(store.stoppedLine()).contains("an incident");
    assertThat(backlog.kept).isEmpty();
  }

  @Test
  void whatTheStoreHasByTheNextLifeIsNotWrittenTwice() {
    Rig first = rig();
    first.bring(Phase.Name.CANARY);
    store.failing = true;
    first.cutover.rollback(order("it is slow"), Phase.Name.SHADOW);
    first.cutover.stopLine("bob", "an incident");
    List<Unwritten> kept = backlog.kept;
    store.failing = false;
    first.pass(Duration.ofSeconds(2));
    first.cutover.tick();
    backlog.kept = kept; // killed before it was forgotten

    List<LedgerEntry.Kind> before = first.kinds();
    Rig second = rig();
    second.pass(Duration.ofSeconds(2));
    second.cutover.tick();
    second.cutover.keepUnwritten();
    assertThat(second.kinds()).isEqualTo(before);
    assertThat(second.cutover.denied()).isEmpty();
    assertThat(backlog.kept).isEmpty();
  }

  @Test
  void anAlarmThatTheStoreDoesNotTakeIsToldOnceItDoes() {
    Rig rig = rig();
    rig.configure(Rig.policy(DataOwnership.SHARED, false));
    rig.bring(Phase.Name.CANARY);
    store.failing = true;
    rig.tick(Rig.traffic(100, 0), Rig.traffic(20, 20));
    rig.tick(Rig.traffic(100, 0), Rig.traffic(20, 20));
    assertThat(rig.heard).extracting(LedgerEntry::kind).doesNotContain(LedgerEntry.Kind.ALARM);

    store.failing = false;
    rig.pass(Duration.ofSeconds(2));
    rig.cutover.tick();
    assertThat(rig.heard).extracting(LedgerEntry::kind).containsOnlyOnce(LedgerEntry.Kind.ALARM);
    assertThat(rig.lastEntry().reason()).contains("none of 20", "auto: off");
  }

  @Test
  void whatARollbackThatIsNotWrittenHasLeftTheCandidateIsTakenBackTooWhereItDoesHarm() {
    Rig rig = rig();
    rig.bring(Phase.Name.WRITES);
    store.failing = true;
    unrecorded(rig.cutover.rollback(order("its writes are slow"), Phase.Name.READS));
    rig.tick(SideTick.NONE, Rig.traffic(50, 0));
    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);

    rig.tick(SideTick.NONE, Rig.traffic(100, 90));
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    store.failing = false;
    rig.pass(Duration.ofSeconds(2));
    rig.cutover.tick();
    assertThat(rig.kinds()).endsWith(LedgerEntry.Kind.ROLLBACK, LedgerEntry.Kind.ROLLBACK);
    assertThat(store.standings().getFirst().state().phase()).isEqualTo(new Phase.Shadow());
    assertThat(rig.cutover.denied()).isEmpty();
    assertThat(rig.ledger.replay(Recorded::disagreement, 1).disagreed()).isZero();
  }

  @Test
  void harmFromBeforeARollbackTakesNothingFurtherBack() {
    Rig rig = rig();
    rig.bring(Phase.Name.WRITES);
    store.failing = true;
    // Fewer than the breaker judges by, and enough together with those that come after.
    rig.tick(SideTick.NONE, Rig.withWrites(Rig.traffic(100, 0), 19, 19));
    unrecorded(rig.cutover.rollback(order("its writes fail"), Phase.Name.READS));
    rig.tick(SideTick.NONE, Rig.withWrites(Rig.traffic(100, 0), 19, 19));
    rig.tick(SideTick.NONE, Rig.traffic(100, 0));

    assertThat(rig.phase()).isEqualTo(Phase.Name.READS);
  }

  @Test
  void aDiskThatKeepsNothingDelaysNoRollback() {
    Rig rig = rig();
    rig.bring(Phase.Name.CANARY);
    store.failing = true;
    backlog.failing = true;
    unrecorded(rig.cutover.rollback(order("it is slow"), null));
    assertThat(rig.phase()).isEqualTo(Phase.Name.LEGACY);

    backlog.failing = false;
    rig.cutover.keepUnwritten();
    assertThat(backlog.kept).hasSize(1);
  }

  @Test
  void aStoreThatHangsDoesNotKeepARollbackFromSurviving() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor()) {
      Rig rig = new Rig(store, backlog, writer);
      rig.bring(Phase.Name.CANARY);
      CountDownLatch release = new CountDownLatch(1);
      store.gate = release;
      unrecorded(rig.cutover.rollback(order("it is slow"), null));
      assertThat(backlog.kept).hasSize(1);
      release.countDown();
    }
    assertThat(backlog.kept).isEmpty();
  }

  @Test
  void ofHoldsAndStoppedLinesTheLatestAloneWaitsForTheStore() {
    Rig rig = rig();
    rig.bring(Phase.Name.CANARY);
    int entries = store.entries.size();
    store.failing = true;
    for (int i = 0; i < 1_000; i++) {
      rig.cutover.hold(order("hold " + i));
      rig.cutover.stopLine("bob", "stop " + i);
    }
    assertThat(backlog.kept).hasSize(2);

    store.failing = false;
    rig.pass(Duration.ofSeconds(2));
    rig.cutover.tick();
    assertThat(store.entries).hasSize(entries + 2);
    assertThat(rig.state().held()).isEqualTo("hold 999");
    assertThat(store.stoppedLine()).contains("stop 999");
  }

  @Test
  void aLineThatWasStoppedMeanwhileRefusesAPromotionThatIsBeingWritten() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor();
        ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Rig rig = new Rig(store, writer);
      rig.bring(Phase.Name.SHADOW);
      rig.allIsWell();
      CountDownLatch release = new CountDownLatch(1);
      store.gate = release;
      Future<CutoverResult> promotion = caller.submit(rig::promote);
      store.reached.await();
      store.stop("another replica's incident");
      release.countDown();

      assertThat(promotion.get())
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.code()).isEqualTo(Code.LINE_STOPPED);
                assertThat(refused.detail()).contains("another replica's incident");
              });
      assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    }
  }

  @Test
  void whatWasReadBeforeDoesNotLetALineGoOnThatWasStoppedHere() {
    Rig rig = rig();
    store.failing = true;
    rig.cutover.stopLine("ann", "an incident");
    rig.cutover
        .refresh(() -> new Cutover.Known(List.of(), false, Map.of(), Optional.empty(), 1))
        .join();
    assertThat(rig.cutover.stoppedLine()).contains("an incident");
  }

  @Test
  void aWeightThatWasWrittenMeanwhileIsTakenBackToWhereTheFamilyStood() throws Exception {
    try (ExecutorService writer = Executors.newSingleThreadExecutor();
        ExecutorService caller = Executors.newSingleThreadExecutor()) {
      Rig rig = new Rig(store, writer);
      rig.bring(Phase.Name.CANARY);
      rig.allIsWell();
      CountDownLatch release = new CountDownLatch(1);
      store.gateAfter = release;
      Future<CutoverResult> promotion = caller.submit(rig::promote);
      store.reached.await();
      CutoverResult back = rig.cutover.rollbackHere(order("not more"), Phase.Name.CANARY);
      assertThat(back).isInstanceOf(Done.class);
      store.gateAfter = null;
      release.countDown();
      promotion.get();
      rig.cutover.hold(order("wait for the journal"));

      Phase five = new Phase.Canary(Weight.parse("5%"));
      assertThat(rig.state().phase()).isEqualTo(five);
      assertThat(store.standings().getFirst().state().phase()).isEqualTo(five);
      assertThat(rig.published)
          .extracting(FamilyState::phase)
          .doesNotContain(new Phase.Canary(Weight.parse("50%")));
      assertThat(rig.kinds()).contains(LedgerEntry.Kind.ROLLBACK);
    }
  }

  @Test
  void aStoreThatHasGoneBackIsFollowedWithAnEpochThatThereNeverWas() {
    Rig rig = rig();
    rig.bring(Phase.Name.SHADOW);
    Standing older = store.standings().getFirst();
    int length = store.entries.size();
    rig.bring(Phase.Name.READS);
    long highest = rig.state().epoch();
    store.goBack(older, length);

    rig.cutover.refresh(() -> Cutover.Known.of(store)).join();
    assertThat(rig.state().phase()).isEqualTo(new Phase.Shadow());
    assertThat(rig.state().epoch()).isEqualTo(highest + 1);
    assertThat(store.standings().getFirst().state()).isEqualTo(rig.state());
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.STORE_BACK);
    assertThat(Objects.requireNonNull(rig.lastEntry().before()).epoch())
        .isEqualTo(older.state().epoch());

    rig.bring(Phase.Name.CANARY);
    assertThat(rig.state().epoch()).isEqualTo(highest + 2);
  }

  @Test
  void aRollbackFindsAStoreThatHasGoneBack() {
    Rig rig = rig();
    rig.bring(Phase.Name.CANARY);
    Standing older = store.standings().getFirst();
    int length = store.entries.size();
    rig.bring(Phase.Name.WRITES);
    long highest = rig.state().epoch();
    store.goBack(older, length);

    assertThat(rig.cutover.rollback(order("it is slow"), null)).isInstanceOf(Done.class);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Shadow());
    assertThat(rig.state().epoch()).isEqualTo(highest + 1);
    assertThat(rig.cutover.denied()).isEmpty();
  }

  @Test
  void aStoreThatWentBackWhileNobodyLookedIsKnownByWhatThisProcessHasSeenBefore() {
    Rig first = rig();
    first.bring(Phase.Name.SHADOW);
    store.highest = Map.of("users", 7L);

    Rig second = rig();
    second.pass(Duration.ofSeconds(2));
    second.cutover.tick();
    assertThat(second.state().phase()).isEqualTo(new Phase.Shadow());
    assertThat(second.state().epoch()).isEqualTo(8);
    assertThat(second.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.STORE_BACK);
  }

  @Test
  void aFamilyThatTheStoreHasLostBeginsAgainWithTheLegacy() {
    Rig rig = rig();
    rig.bring(Phase.Name.CANARY);
    long highest = rig.state().epoch();
    store.goBack(null, 0);

    rig.cutover.refresh(() -> Cutover.Known.of(store)).join();
    assertThat(rig.state().phase()).isEqualTo(new Phase.Legacy());
    assertThat(rig.state().epoch()).isEqualTo(highest + 1);
  }
}
