package dev.banyan.cutover;

import static dev.banyan.cutover.Refusal.assertRefused;
import static dev.banyan.cutover.Refusal.gate;
import static dev.banyan.cutover.Refusal.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.OneArmTest;
import dev.banyan.statistics.SideTick;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What each gate asks of a promotion.
class GatesTest {
  private final Rig rig = new Rig();

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
    rig.tick(SideTick.NONE, SideTick.NONE);
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
    rig.parity = with(well, part(new Endpoint("HEAD", "/users"), 9, 1));
    assertRefused(rig.promote(), Code.GATE_REFUSED, "HEAD /users: 9 of about 647 comparisons");

    rig.parity = with(well, part(new Endpoint("HEAD", "/users"), 9, 0));
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void anUndeclaredGetIsJudgedOnceOneWasCompared() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    ParityEvidence well = rig.parity;
    Endpoint rest = new Endpoint("GET", "/users/**");
    rig.parity = with(well, part(rest, 9, 0));
    assertRefused(rig.promote(), Code.GATE_REFUSED, "GET /users/**: 9 of about 354 comparisons");

    rig.parity = with(well, part(rest, 354, 0));
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  private static EndpointParity part(Endpoint endpoint, long compared, long mismatched) {
    return new EndpointParity(endpoint, 200, compared, mismatched, 0, List.of());
  }

  /// Counts may prove what they like: one difference where none may be holds.
  @Test
  void oneDifferenceAtACriticalPlaceHolds() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    ParityEvidence well = rig.parity;
    rig.parity = with(well, differing(true, "agreed"));
    assertThat(rig.cutover.explain("users").orElseThrow().gates())
        .filteredOn(gate -> gate.gate().equals("parity"))
        .extracting(GateReading::opinion)
        .containsExactly(Opinion.PROMOTE);

    rig.parity = with(well, differing(true, null));
    assertRefused(
        rig.promote(),
        Code.GATE_REFUSED,
        "GET /users: header:cache-control, marked critical, has differed");

    rig.parity = with(well, differing(false, null));
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  private static EndpointParity differing(boolean critical, @Nullable String accepted) {
    FieldDifference field =
        new FieldDifference(
            "header:cache-control",
            "value",
            Severity.BREAKING,
            1,
            null,
            accepted,
            critical,
            List.of());
    return new EndpointParity(new Endpoint("GET", "/users"), 404, 4_000, 1, 0, List.of(field));
  }

  private static ParityEvidence leftOut(ParityEvidence parity, long count) {
    return new ParityEvidence(
        parity.since(),
        parity.compared(),
        parity.matched(),
        parity.mismatched(),
        0,
        0,
        Map.of(ParityEvidence.SECOND_SIDE_FAILING, count),
        parity.dropped(),
        parity.endpoints());
  }

  @Test
  void whatWasLeftOutWhileTheCandidateFailedCountsAsDifferentWhereDifferencesWereFound() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.compared(400, 856, 2);
    rig.parity = leftOut(rig.parity, 100);
    CutoverResult refused = rig.promote();
    assertRefused(refused, Code.GATE_REFUSED, "GET /users/{id}: 956 of about");
    assertThat(gate(refused, "parity").says()).contains("(102 differed)").doesNotContain("/users:");

    rig.compared(400, 400, 0);
    rig.parity = leftOut(rig.parity, 100);
    assertThat(gate(rig.promote(), "parity").says())
        .contains("GET /users: 500 of", "GET /users/{id}: 500 of");
  }

  private static ParityEvidence with(ParityEvidence parity, EndpointParity more) {
    List<EndpointParity> all = new ArrayList<>(parity.endpoints());
    all.add(more);
    return new ParityEvidence(
        parity.since(),
        parity.compared(),
        parity.matched(),
        0,
        0,
        0,
        parity.skipped(),
        parity.dropped(),
        all);
  }
}
