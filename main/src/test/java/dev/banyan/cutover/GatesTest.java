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
import dev.banyan.migration.Weight;
import dev.banyan.statistics.OneArmTest;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
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
    rig.tick(Rig.traffic(5_000, 0), Rig.traffic(5_000, 0));
    rig.pass(Duration.ofMillis(58_900));
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

    assertRefused(result, Code.GATE_REFUSED, "no transfer of banyan.yaml names this family");
    assertThat(gate(result, "data").opinion()).isEqualTo(Opinion.HOLD);
  }

  @Test
  void noYardstickNoCanary() {
    rig.bring(Phase.Name.SHADOW);
    rig.compared(400, 400, 0);
    rig.tick(Rig.traffic(99, 0), SideTick.NONE);
    rig.pass(Duration.ofSeconds(61));

    assertRefused(rig.promote(), Code.GATE_REFUSED, "baseline: ", "99 answers of the 100 wanted");
  }

  /// A step that nothing but its soak and the comparisons speak for.
  private void quiet(Phase.Name phase) {
    rig.bring(phase);
    rig.compared(400, 400, 0);
    rig.pass(Duration.ofSeconds(61));
  }

  @Test
  void noDataIsNoProof() {
    quiet(Phase.Name.CANARY);
    CutoverResult refused = rig.promote();

    assertRefused(
        refused,
        Code.GATE_REFUSED,
        "errors: reads errors not proved (E 1.0 of 20): no candidate request yet",
        "latency: reads slower than p50 not proved");
    assertThat(gate(refused, "errors").opinion()).isEqualTo(Opinion.HOLD);
  }

  @Test
  void saysWhatIsMissingAndHowLongItTakesAtThisRate() {
    quiet(Phase.Name.CANARY);
    rig.tick(Rig.traffic(1_000, 0), Rig.traffic(100, 0));
    rig.pass(Duration.ofSeconds(60));
    rig.tick(SideTick.NONE, SideTick.NONE);

    GateReading errors = gate(rig.promote(), "errors");
    assertThat(errors.says())
        .matches(
            "reads errors not proved \\(E .* of 20\\): about 3\\d0 more requests, .* minutes at"
                + " this rate");
    double missing = number(errors, "reads errors missing");
    assertThat(missing).isBetween(250.0, 400.0);
    rig.tick(SideTick.NONE, Rig.traffic((long) missing, 0));
    assertThat(rig.cutover.explain("users").orElseThrow().gates())
        .filteredOn(gate -> gate.gate().equals("errors"))
        .extracting(GateReading::opinion)
        .containsExactly(Opinion.PROMOTE);
  }

  @Test
  void aFamilyThatWouldTakeWeeksIsToldTheWaysOut() {
    quiet(Phase.Name.CANARY);
    rig.pass(Duration.ofDays(10));
    rig.tick(Rig.traffic(1_000, 0), Rig.traffic(100, 0));

    assertThat(gate(rig.promote(), "errors").says())
        .contains("more requests, at this rate in ", " days")
        .contains("replayed contract evidence", "recorded load", "promote users --force --reason");
    assertThat(rig.waits).filteredOn(why -> why.contains("out of reach: errors: ")).hasSize(1);
  }

  @Test
  void aStepBelowFivePercentPassesUnprovenOnItsSoakAndNoHarm() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.cutover.promote(Rig.order(), null, Weight.parse("1%"));
    rig.compared(400, 400, 0);
    assertThat(gate(rig.promote(), "soak").opinion()).isEqualTo(Opinion.HOLD);
    rig.pass(Duration.ofSeconds(61));
    List<GateReading> readings = rig.cutover.explain("users").orElseThrow().gates();

    assertThat(Gates.unproven(readings)).isTrue();
    assertThat(readings)
        .filteredOn(reading -> reading.gate().equals("errors"))
        .first()
        .satisfies(reading ->
            assertThat(reading.says())
                .startsWith("unproven: a step below 5% passes on its soak and no harm"));
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.state().phase()).isEqualTo(new Phase.Canary(Weight.parse("5%")));
    rig.pass(Duration.ofSeconds(61));
    assertRefused(rig.promote(), Code.GATE_REFUSED, "not proved");
  }

  @Test
  void whatIsNotProvedPassesToTheNextStepOfTheScheduleAndToNoneBeyond() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.cutover.promote(Rig.order(), null, Weight.parse("1%"));
    rig.compared(400, 400, 0);
    rig.pass(Duration.ofSeconds(61));

    assertRefused(
        rig.cutover.promote(Rig.order(), null, Weight.FULL),
        Code.GATE_REFUSED,
        "It could pass unproven to 5%, the schedule's next step; 100% is more");
    rig.tick(Rig.traffic(5_000, 0), Rig.traffic(5_000, 0));
    assertThat(rig.cutover.promote(Rig.order(), null, Weight.FULL)).isInstanceOf(Done.class);
    assertThat(rig.state().unproven()).isFalse();
  }

  @Test
  void moreErrorsThanTheObjectiveAllowsAreNotPromoted() {
    FamilyPolicy.GateLimits strict =
        new FamilyPolicy.GateLimits(
            1,
            1.5,
            2,
            Duration.ofMillis(10),
            100,
            0.001,
            Duration.ofMillis(8),
            Rig.policy(DataOwnership.SHARED, true).breaker());
    rig.configure(Rig.with(strict));
    quiet(Phase.Name.CANARY);
    rig.tick(Rig.traffic(500, 0), Rig.traffic(500, 0, Duration.ofMillis(7)));
    CutoverResult refused = rig.promote();
    assertRefused(refused, Code.GATE_REFUSED, "reads error rate below 0.1% not proved");
    assertThat(refused.toString()).doesNotContain("latency: ");

    rig.tick(Rig.traffic(500, 0), Rig.traffic(5_000, 0, Duration.ofMillis(9)));
    assertRefused(rig.promote(), Code.GATE_REFUSED, "reads slower than 8.0 ms below 1% not proved");
  }

  @Test
  void unitsThatAreNotSplitByTheWeightHold() {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    long[] pairs = new long[2 * 400];
    for (int i = 0; i < 400; i++) {
      pairs[2 * i] = 1L + i;
      pairs[2 * i + 1] = Sightings.routed(i < 100);
    }
    rig.tick(SideTick.NONE, SideTick.NONE, Sightings.of(pairs, pairs.length, 0), Pairs.NONE);

    assertRefused(
        rig.promote(),
        Code.GATE_REFUSED,
        "units: the candidate has 100 of 400 units, which is not 5%");
  }

  @Test
  void lostSightingsHold() {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    Sightings lost = Sightings.of(new long[0], 0, 1_000);
    rig.tick(SideTick.NONE, SideTick.NONE, lost, Pairs.NONE);

    assertRefused(rig.promote(), Code.GATE_REFUSED, "units: 1,000 sightings of units were lost");
  }

  @Test
  void whatIsRepeatedProvesNothingMore() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.compared(400, 4_000, 0);
    rig.units(400, 12);

    assertRefused(
        rig.promote(),
        Code.GATE_REFUSED,
        "GET /users/{id}: 12 of about 354 comparisons of different requests, of 4000 in all");
  }

  @Test
  void tooFewComparisonsOfThoseWantedHold() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    rig.parity =
        new ParityEvidence(
            rig.parity.since(), 800, 800, 0, 0, 900, Map.of(), Map.of(), rig.parity.endpoints());

    assertRefused(
        rig.promote(), Code.GATE_REFUSED, "parity: only 47.06% of what was to be compared was");
  }

  @Test
  void aFamilyThatNobodyWritesToClimbsOnItsReads() {
    rig.bring(Phase.Name.WRITES);
    rig.allIsWell();

    assertThat(rig.cutover.explain("users").orElseThrow().gates())
        .filteredOn(gate -> gate.gate().equals("errors"))
        .first()
        .satisfies(gate -> assertThat(gate.says()).endsWith("nobody has asked for writes"));
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
  void aLegacyThatOnlyFailsIsNoYardstick() {
    rig.bring(Phase.Name.SHADOW);
    rig.compared(400, 400, 0);
    rig.tick(Rig.traffic(500, 500), SideTick.NONE);
    rig.pass(Duration.ofSeconds(61));

    assertRefused(rig.promote(), Code.GATE_REFUSED, "0 answers of the 100 wanted");
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
