package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.OneArmTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class PromotionTest {
  private final Rig rig = new Rig();

  private static void assertRefused(CutoverResult result, Code code, String... details) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(code);
              assertThat(refused.detail()).contains(details);
            });
  }

  private static GateReading gate(CutoverResult result, String name) {
    return ((Refused) result)
        .gates().stream().filter(gate -> gate.gate().equals(name)).findFirst().orElseThrow();
  }

  private static double number(GateReading reading, String name) {
    return Objects.requireNonNull(reading.numbers().get(name), name);
  }

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
  void theHealthGateAsksTheCandidateBeforeTheFamilyLeavesLegacy() {
    String url = "http://users/healthz";
    rig.health = new CandidateHealth.Silent(url, "found nothing that listens there");
    CutoverResult refused = rig.promote();
    assertRefused(
        refused,
        Code.GATE_REFUSED,
        "health: GET http://users/healthz found nothing that listens there");
    assertThat(gate(refused, "health").opinion()).isEqualTo(Opinion.HOLD);

    rig.health = new CandidateHealth.Answered(url, 503);
    CutoverResult unwell = rig.promote();
    assertRefused(unwell, Code.GATE_REFUSED, "GET http://users/healthz answered 503, not 2xx");
    assertThat(number(gate(unwell, "health"), "status")).isEqualTo(503);
    rig.health = new CandidateHealth.Answered(url, 301);
    assertRefused(rig.promote(), Code.GATE_REFUSED, "answered 301");
    assertThat(rig.phase()).isEqualTo(Phase.Name.LEGACY);

    rig.health = new CandidateHealth.Answered(url, 204);
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.lastEntry().gates())
        .extracting(GateReading::says)
        .containsExactly("GET http://users/healthz answered 204");
  }

  @Test
  void theHealthGateSaysWhenThereIsNothingToAskOrNobodyHasAsked() {
    assertThat(rig.cutover.explain("users").orElseThrow().gates())
        .extracting(GateReading::opinion, GateReading::says)
        .containsExactly(
            tuple(
                Opinion.PROMOTE,
                "the candidate's service declares no health path, so it was not asked"));
    rig.health = new CandidateHealth.Answered("http://users/healthz", 200);
    assertThat(rig.cutover.explain("users").orElseThrow().gates())
        .as("explaining asks nobody, so it never waits")
        .extracting(GateReading::opinion, GateReading::says)
        .containsExactly(
            tuple(Opinion.HOLD, "GET http://users/healthz was not asked yet; look again"));
  }

  @Test
  void aRollbackDoesNotWaitForAHealthCheck() {
    rig.bring(Phase.Name.SHADOW);
    rig.health = new CandidateHealth.Silent("http://users/healthz", "was not answered within 2 s");
    assertThat(rig.cutover.rollback(Rig.order(), null)).isInstanceOf(Done.class);
  }

  @Test
  void theParityGateNamesWhatIsMissingByEndpoint() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.compared(400, 120, 0);
    CutoverResult result = rig.promote();

    assertRefused(
        result, Code.GATE_REFUSED, "parity: GET /users/{id}: 120 of about 354 comparisons");
    assertThat(gate(result, "parity").says()).doesNotContain("GET /users:");
    assertThat(gate(result, "parity").numbers())
        .containsEntry("GET /users/{id} compared", 120.0)
        .containsEntry("GET /users compared", 400.0)
        .containsEntry("limit", 0.01);

    rig.compared(400, 0, 0);
    assertRefused(rig.promote(), Code.GATE_REFUSED, "GET /users/{id}: 0 of about 354");
    rig.compared(400, 400, 2);
    assertRefused(rig.promote(), Code.GATE_REFUSED, "400 of about 856 comparisons (2 differed)");
    rig.compared(400, 856, 2);
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void aRefusalsNumbersGiveTheSameVerdictAgain() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.compared(353, 646, 1);
    rig.promote();
    GateReading recorded =
        rig.lastEntry().gates().stream()
            .filter(gate -> gate.gate().equals("parity"))
            .findFirst()
            .orElseThrow();

    for (String endpoint : List.of("GET /users", "GET /users/{id}")) {
      double logE =
          OneArmTest.logE(
              number(recorded, "limit"),
              (long) number(recorded, endpoint + " compared"),
              (long) number(recorded, endpoint + " mismatched"));
      assertThat(recorded.numbers()).containsEntry(endpoint + " logE", logE);
      assertThat(logE).isLessThan(number(recorded, "wantedLogE"));
    }
    assertThat(recorded.opinion()).isEqualTo(Opinion.HOLD);
  }

  @Test
  void theSoakGateGoesByTheMonotonicClock() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.promote();
    rig.pass(Duration.ofSeconds(59));
    rig.wall = rig.wall.plus(Duration.ofHours(1));

    assertRefused(
        rig.promote(), Code.GATE_REFUSED, "soak: this step has lasted 59.0 s of the 60.0 s");
    rig.wall = rig.wall.minus(Duration.ofHours(2));
    rig.pass(Duration.ofSeconds(1));
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void theDataGateKeepsSyncedRowsInShadow() {
    rig.configure(Rig.policy(DataOwnership.SYNCED, true));
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    CutoverResult result = rig.promote();

    assertRefused(result, Code.GATE_REFUSED, "no reconciliation certificate yet");
    assertThat(gate(result, "data").opinion()).isEqualTo(Opinion.HOLD);
  }

  @Test
  void noYardstickNoCanary() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.traffic.total(Side.LEGACY, 19, 0, Duration.ofMillis(20));

    assertRefused(rig.promote(), Code.GATE_REFUSED, "baseline: ", "19 answers of the 20 wanted");
  }

  @Test
  void theErrorGateWantsTheCandidateSeenInThisStep() {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    rig.traffic.total(Side.CANDIDATE, 7, 0, Duration.ofMillis(20));

    assertRefused(
        rig.promote(), Code.GATE_REFUSED, "errors: 7 of the 20 candidate requests wanted");
  }

  @Test
  void theErrorGateHoldsWhileTheBreakerIsOverItsLimits() {
    rig.configure(Rig.policy(DataOwnership.SHARED, false));
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    rig.tick(Rig.traffic(100, 0), Rig.traffic(40, 6));
    CutoverResult result = rig.promote();

    assertRefused(
        result,
        Code.GATE_REFUSED,
        "errors: 6 of 40 candidate requests failed in the last 10.0 s (15%), more than the 5%"
            + " allowed beyond the legacy's own 0%");
    assertThat(gate(result, "errors").numbers())
        .containsEntry("windowRequests", 40.0)
        .containsEntry("windowErrors", 6.0);
    rig.pass(Duration.ofSeconds(11));
    rig.tick(Traffic.Tick.NONE, Traffic.Tick.NONE);
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void theLegacyIsNotRetiredWhileItAnswersClients() {
    rig.bring(Phase.Name.WRITES);
    rig.allIsWell();
    rig.promote();
    rig.allIsWell();
    rig.promote();
    assertThat(rig.state().phase()).isEqualTo(new Phase.Writes(Weight.FULL));
    rig.allIsWell();
    rig.tick(Rig.traffic(1, 0), Rig.traffic(10, 0));
    rig.pass(Duration.ofSeconds(30));

    assertRefused(
        rig.promote(), Code.GATE_REFUSED, "decommission: no client was answered by the legacy for");
    rig.pass(Duration.ofSeconds(31));
    rig.compared(400, 3, 0);
    assertRefused(rig.promote(), Code.GATE_REFUSED, "not every endpoint is proved to agree");
    rig.compared(400, 400, 0);
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.phase()).isEqualTo(Phase.Name.RETIRED);
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
    next.traffic.total(Side.CANDIDATE, 500, 0, Duration.ofMillis(20));
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
        .containsExactly("data", "parity", "soak", "errors", "latency");
    assertThat(explanation.rollbackWhen())
        .anyMatch(when -> when.contains("slower than 60.0 ms"))
        .anyMatch(when -> when.contains("more than 5%"));
  }

  @Test
  void readsAndWritesVersions() {
    assertThat(new Version(7, true)).hasToString("7-h");
    assertThat(Version.parse("7-h")).contains(new Version(7, true));
    assertThat(Version.parse("7-x")).isEmpty();
    assertThat(Version.parse("99999999999999999999-r")).isEmpty();
  }

  @Test
  void aQuietFamilyThatFailsInEveryWindowIsNotPromoted() {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    // 19 of 200 in all, and never enough of them within one window for the breaker.
    rig.traffic.total(Side.CANDIDATE, 200, 19, Duration.ofMillis(20));

    CutoverResult result = rig.promote();
    assertRefused(result, Code.GATE_REFUSED, "19 of 200 candidate requests failed in this step");
    assertThat(gate(result, "errors").opinion()).isEqualTo(Opinion.HOLD);
  }

  @Test
  void slownessThatHasLeftTheWindowIsNotForgotten() {
    rig.bring(Phase.Name.CANARY);
    for (int i = 0; i < 10; i++) {
      rig.tick(Rig.traffic(100, 0), Rig.traffic(15, 0, Duration.ofMillis(70)));
      rig.pass(Duration.ofSeconds(10));
    }
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    rig.allIsWell();

    assertRefused(rig.promote(), Code.GATE_REFUSED, "in the whole step 150 of 150");
  }

  @Test
  void aLegacyThatOnlyFailsIsNoYardstick() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.traffic.total(Side.LEGACY, 500, 500, Duration.ZERO);

    assertRefused(rig.promote(), Code.GATE_REFUSED, "0 answers of the 20 wanted");
  }

  @Test
  void anUndeclaredEndpointIsJudgedOnceItDiffers() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    ParityEvidence well = rig.parity;
    rig.parity = with(well, new EndpointParity(new Endpoint("HEAD", "/users"), 9, 1, List.of()));
    assertRefused(rig.promote(), Code.GATE_REFUSED, "HEAD /users: 9 of about 647 comparisons");

    rig.parity = with(well, new EndpointParity(new Endpoint("HEAD", "/users"), 9, 0, List.of()));
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void anUndeclaredGetIsJudgedOnceOneWasCompared() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    ParityEvidence well = rig.parity;
    Endpoint rest = new Endpoint("GET", "/users/**");
    rig.parity = with(well, new EndpointParity(rest, 9, 0, List.of()));
    assertRefused(rig.promote(), Code.GATE_REFUSED, "GET /users/**: 9 of about 354 comparisons");

    rig.parity = with(well, new EndpointParity(rest, 354, 0, List.of()));
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  private static ParityEvidence with(ParityEvidence parity, EndpointParity more) {
    List<EndpointParity> all = new ArrayList<>(parity.endpoints());
    all.add(more);
    return new ParityEvidence(
        parity.since(), parity.compared(), parity.matched(), 0, 0, parity.skipped(), all);
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
  void aPromotionThatIsBeingWrittenIsNotOvertakenByAParityReset() {
    List<Runnable> waiting = new CopyOnWriteArrayList<>();
    rig.bring(Phase.Name.SHADOW);
    Rig slow = new Rig(rig.store, waiting::add);
    slow.allIsWell();
    Thread promoting = Thread.ofVirtual().start(slow::promote);
    while (waiting.isEmpty()) {
      Thread.onSpinWait();
    }

    assertRefused(slow.cutover.parityReset(Rig.order()), Code.STATE_CHANGED, "is changing");
    assertThat(slow.anews).isEmpty();
    waiting.removeFirst().run();
    assertThat(promoting).matches(PromotionTest::ended);
    assertThat(slow.phase()).isEqualTo(Phase.Name.CANARY);
  }

  private static boolean ended(Thread thread) {
    try {
      return thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
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
