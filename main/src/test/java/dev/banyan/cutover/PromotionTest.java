package dev.banyan.cutover;

import static dev.banyan.cutover.Refusal.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

class PromotionTest {
  private final Rig rig = new Rig();

  @Test
  void climbsTheWholeLadder() {
    List<String> steps = new ArrayList<>();
    while (rig.phase() != Phase.Name.RETIRED) {
      rig.allIsWell();
      CutoverResult result = rig.promote();
      assertThat(result).isInstanceOf(Done.class);
      steps.add(Ladder.words(rig.state().phase()));
    }

    assertThat(steps)
        .containsExactly(
            "shadow",
            "canary at 5%",
            "canary at 50%",
            "canary at 100%",
            "reads",
            "writes at 5%",
            "writes at 50%",
            "writes at 100%",
            "retired");
    assertThat(rig.state().epoch()).isEqualTo(9);
    assertThat(rig.published.getLast()).isEqualTo(rig.state());
    assertThat(rig.store.standings().getFirst().state()).isEqualTo(rig.state());
    assertThat(rig.ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
    assertRefused(rig.promote(), Code.TRANSITION_ILLEGAL, "nothing comes after retired");
  }

  @Test
  void entersThePhaseAskedForOrSaysWhichIsNext() {
    assertRefused(
        rig.cutover.promote(Rig.order(), Phase.Name.CANARY, null),
        Code.TRANSITION_ILLEGAL,
        "the step after legacy is shadow, not canary");
    assertThat(rig.cutover.promote(Rig.order(), Phase.Name.SHADOW, null)).isInstanceOf(Done.class);
    rig.bring(Phase.Name.CANARY);
    assertRefused(
        rig.cutover.promote(Rig.order(), Phase.Name.SHADOW, null),
        Code.TRANSITION_ILLEGAL,
        "going back is a rollback");
  }

  @Test
  void takesALargerStepWhenToldTo() {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    assertThat(rig.cutover.promote(Rig.order(), null, Weight.parse("70%")))
        .asInstanceOf(type(Done.class))
        .extracting(done -> done.after().phase())
        .isEqualTo(new Phase.Canary(Weight.parse("70%")));
    assertRefused(
        rig.cutover.promote(Rig.order(), null, Weight.parse("70%")),
        Code.TRANSITION_ILLEGAL,
        "70% is no step from canary at 70%");
    rig.bring(Phase.Name.READS);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Reads());
  }

  @Test
  void refusesOrdersThatAreIncompleteOrLate() {
    assertRefused(
        rig.cutover.promote(Order.of("orders", "ann", "because"), null, null),
        Code.FAMILY_UNKNOWN,
        "orders");
    assertRefused(
        rig.cutover.promote(Order.of("users", "ann", " "), null, null),
        Code.REASON_MISSING,
        "say why");
    Order late = new Order("users", "ann", "because", new Version(7, false));
    assertRefused(
        rig.cutover.promote(late, null, null), Code.STATE_CHANGED, "at 0-r now, not at 7-r");
    Order right = new Order("users", "ann", "because", Version.parse("0-r").orElseThrow());
    assertThat(rig.cutover.promote(right, null, null)).isInstanceOf(Done.class);
  }

  @Test
  void aHeldFamilyIsNotPromotedUntilItIsResumed() {
    assertThat(rig.cutover.hold(Rig.order())).isInstanceOf(Done.class);
    assertRefused(rig.promote(), Code.FAMILY_HELD, "users is held (because)");
    assertThat(rig.cutover.resume(Rig.order())).isInstanceOf(Done.class);
    assertRefused(rig.cutover.resume(Rig.order()), Code.TRANSITION_ILLEGAL, "not held");
    assertThat(rig.promote()).isInstanceOf(Done.class);

    assertThat(rig.kinds())
        .containsExactly(
            LedgerEntry.Kind.HOLD,
            LedgerEntry.Kind.REFUSED,
            LedgerEntry.Kind.RESUME,
            LedgerEntry.Kind.PROMOTE);
    assertThat(rig.published).extracting(FamilyState::epoch).containsExactly(1L);
  }

  @Test
  void aStoreThatFailsRefusesThePromotion() {
    rig.store.failing = true;
    assertRefused(rig.promote(), Code.STORE_UNAVAILABLE, "the disk is full");
    assertThat(rig.phase()).isEqualTo(Phase.Name.LEGACY);
    assertThat(rig.published).isEmpty();

    rig.store.failing = false;
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void entersARefusalOnceForSomeoneWhoKeepsAsking() {
    rig.bring(Phase.Name.SHADOW);
    int before = rig.kinds().size();
    for (int i = 0; i < 10; i++) {
      rig.promote();
    }

    assertThat(rig.kinds().subList(before, rig.kinds().size()))
        .containsExactly(LedgerEntry.Kind.REFUSED);
    assertThat(rig.lastEntry().reason()).startsWith("because (refused: ");
    assertThat(rig.lastEntry().gates()).isNotEmpty();
  }

  @Test
  void takesUpWhereItWasAfterARestart() {
    rig.bring(Phase.Name.CANARY);
    Rig next = new Rig(rig.store, Runnable::run);

    assertThat(next.state()).isEqualTo(rig.state());
    next.tick(Rig.traffic(100, 0), Rig.traffic(100, 90, Duration.ofMillis(20)));
    assertThat(next.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(next.state().epoch()).isEqualTo(rig.state().epoch() + 1);
  }

  @Test
  void aFamilyThatLeavesTheConfigurationKeepsItsPlace() {
    rig.bring(Phase.Name.CANARY);
    FamilyState before = rig.state();
    List<FamilyState> published = new ArrayList<>();
    rig.cutover.configure(List.of(), published::addAll);
    assertThat(published).isEmpty();
    assertRefused(rig.promote(), Code.FAMILY_UNKNOWN, "no family 'users'");

    rig.cutover.configure(List.of(Rig.policy(DataOwnership.SHARED, true)), published::addAll);
    assertThat(published).containsExactly(before);
  }

  @Test
  void explainsWhatItWouldTakeAndWhatWouldTakeItBack() {
    rig.bring(Phase.Name.CANARY);
    Explanation explanation = rig.cutover.explain("users").orElseThrow();

    assertThat(explanation.next()).isEqualTo(new Phase.Canary(Weight.parse("50%")));
    assertThat(explanation.gates())
        .extracting(GateReading::gate)
        .containsExactly("data", "parity", "soak", "units", "errors", "latency");
    assertThat(explanation.rollbackWhen())
        .anyMatch(when -> when.contains("the candidate fails more than 1 times as often"))
        .anyMatch(when -> when.contains("(reads: 10.0 ms, 10.0 ms, 10.0 ms, 10.0 ms)"))
        .anyMatch(when -> when.contains("more than 50% fail"));
  }

  @Test
  void readsAndWritesVersions() {
    assertThat(new Version(7, true)).hasToString("7-h");
    assertThat(Version.parse("7-h")).contains(new Version(7, true));
    assertThat(Version.parse("7-x")).isEmpty();
    assertThat(Version.parse("99999999999999999999-r")).isEmpty();
  }

  @Test
  void comparisonsOfAnEarlierAttemptAreThrownAwayBeforeTheStepIsWritten() {
    rig.compared(400, 400, 0);
    long entries = rig.kinds().size();
    rig.whenAnew = () -> assertThat(rig.kinds()).hasSize((int) entries);
    rig.promote();

    assertThat(rig.anews).containsExactly("users");
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.parity.compared()).isZero();
  }

  @Test
  void doesNotStartComparingOnOldCountsThatCanNotBeThrownAway() {
    rig.whenAnew =
        () -> {
          throw new UncheckedIOException(new IOException("the disk is full"));
        };

    assertRefused(rig.promote(), Code.STORE_UNAVAILABLE, "the disk is full");
    assertThat(rig.phase()).isEqualTo(Phase.Name.LEGACY);
  }

  @Test
  void whatWaitsForTheStoreIsNotMadeOnComparisonsThatHaveBegunAnewMeanwhile() throws Exception {
    rig.bring(Phase.Name.SHADOW);
    List<Runnable> waiting = new CopyOnWriteArrayList<>();
    Rig slow = new Rig(rig.store, waiting::add);
    slow.allIsWell();
    Future<CutoverResult> promoted = begun(waiting, slow::promote);

    assertTooLate(slow, waiting, promoted, reset(slow));
  }

  @Test
  void norOnThoseThatWereLookedAtWhileTheyWereBeingThrownAway() throws Exception {
    rig.bring(Phase.Name.SHADOW);
    List<Runnable> waiting = new CopyOnWriteArrayList<>();
    Rig slow = new Rig(rig.store, waiting::add);
    slow.allIsWell();
    ParityEvidence before = slow.parity;
    CompletableFuture<Future<CutoverResult>> promoted = new CompletableFuture<>();
    slow.whenAnew =
        () -> {
          ParityEvidence after = slow.parity;
          slow.parity = before;
          promoted.complete(begun(waiting, slow::promote));
          slow.parity = after;
        };
    Future<CutoverResult> reset = reset(slow);

    assertTooLate(slow, waiting, promoted.get(), reset);
  }

  /// A promotion that is in line for the store.
  private static Future<CutoverResult> begun(
      List<Runnable> waiting, Callable<CutoverResult> promotion) {
    FutureTask<CutoverResult> task = new FutureTask<>(promotion);
    Thread.ofVirtual().start(task);
    while (waiting.isEmpty()) {
      Thread.onSpinWait();
    }
    return task;
  }

  /// A reset that is in line behind it.
  private static Future<CutoverResult> reset(Rig slow) {
    FutureTask<CutoverResult> task = new FutureTask<>(() -> slow.cutover.parityReset(Rig.order()));
    Thread thread = Thread.ofVirtual().start(task);
    while (!task.isDone() && (slow.anews.isEmpty() || thread.getState() != Thread.State.WAITING)) {
      Thread.onSpinWait();
    }
    return task;
  }

  private static void assertTooLate(
      Rig slow, List<Runnable> waiting, Future<CutoverResult> promoted, Future<CutoverResult> reset)
      throws Exception {
    waiting.removeFirst().run();
    assertRefused(promoted.get(), Code.STATE_CHANGED, "is changing");
    assertThat(reset.get()).isInstanceOf(Done.class);
    assertThat(slow.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(slow.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.PARITY_RESET);
  }

  @Test
  void aFamilyThatWasOutOfTheConfigurationSoaksAgain() {
    rig.bring(Phase.Name.WRITES);
    rig.allIsWell();
    rig.cutover.configure(List.of(), states -> {});
    rig.pass(Duration.ofHours(1));
    rig.configure(Rig.policy(DataOwnership.SHARED, true));

    assertRefused(rig.promote(), Code.GATE_REFUSED, "this step has lasted 0.0 ms");
  }
}
