package dev.banyan.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.FamilyPolicy.Auto;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// People, windows and the line: what stops a promotion, and that none of it stops a rollback.
class GovernanceTest {
  private static final Instant THAW = Instant.parse("2026-01-02T00:00:00Z");

  /// A window until [#THAW].
  private static final FreezeWindow FREEZE =
      new FreezeWindow() {
        @Override
        public String name() {
          return "new year";
        }

        @Override
        public Optional<Instant> endOf(Instant moment) {
          return moment.isBefore(THAW) ? Optional.of(THAW) : Optional.empty();
        }
      };

  private final Rig rig = new Rig();

  private static FamilyPolicy policy(
      Auto auto, Set<Phase.Name> approvals, List<FreezeWindow> freezes) {
    return Rig.policy(DataOwnership.SHARED, true).governed(auto, approvals, freezes);
  }

  private void configure(Auto auto, Set<Phase.Name> approvals, List<FreezeWindow> freezes) {
    rig.configure(policy(auto, approvals, freezes));
  }

  private static void assertRefused(CutoverResult result, Code code, String... says) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(code);
              for (String part : says) {
                assertThat(refused.detail()).contains(part);
              }
            });
  }

  private void assertGoesBack() {
    long epoch = rig.state().epoch();
    assertThat(rig.cutover.rollback(Rig.order(), Phase.Name.LEGACY)).isInstanceOf(Done.class);
    assertThat(rig.phase()).isEqualTo(Phase.Name.LEGACY);
    assertThat(rig.state().epoch()).isEqualTo(epoch + 1);
  }

  @Test
  void aPhaseThatNeedsLeaveIsEnteredOnceSomebodyHasGivenIt() {
    configure(Auto.ROLLBACK, Set.of(Phase.Name.CANARY), List.of());
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    assertRefused(rig.promote(), Code.APPROVAL_REQUIRED, "canary at 5%", "banyan approve users");

    assertThat(rig.cutover.approve(Order.of("users", "eve", "looked at it"), null))
        .isInstanceOf(Done.class);
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.APPROVE);
    assertThat(rig.promote()).isInstanceOf(Done.class);
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
    assertThat(rig.store.standings().getFirst().approval()).isNull();
  }

  @Test
  void leaveIsVoidOnceTheFamilyHasMoved() {
    configure(Auto.ROLLBACK, Set.of(Phase.Name.CANARY), List.of());
    rig.bring(Phase.Name.SHADOW);
    rig.cutover.approve(Rig.order(), Phase.Name.CANARY);
    rig.cutover.rollback(Rig.order(), null);
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();

    assertRefused(rig.promote(), Code.APPROVAL_REQUIRED);
    assertRefused(
        rig.cutover.approve(Rig.order(), Phase.Name.WRITES), Code.TRANSITION_ILLEGAL, "canary");
  }

  @Test
  void leaveOvercomesNoGate() {
    configure(Auto.ROLLBACK, Set.of(Phase.Name.CANARY), List.of());
    rig.bring(Phase.Name.SHADOW);
    rig.cutover.approve(Rig.order(), null);

    assertRefused(rig.promote(), Code.GATE_REFUSED);
  }

  @Test
  void aFamilyThatAwaitsLeaveGoesBack() {
    rig.bring(Phase.Name.CANARY);
    configure(Auto.FULL, Set.of(Phase.Name.READS), List.of());
    rig.allIsWell();

    assertGoesBack();
  }

  @Test
  void nothingIsPromotedInAFreezeWindowAndEverythingGoesBack() {
    rig.bring(Phase.Name.CANARY);
    configure(Auto.FULL, Set.of(), List.of(FREEZE));
    rig.allIsWell();
    assertRefused(rig.promote(), Code.FROZEN, "new year", THAW.toString());
    assertRefused(rig.cutover.force(Rig.order(), null, null), Code.FROZEN);
    long epoch = rig.state().epoch();
    rig.look();
    assertThat(rig.state().epoch()).isEqualTo(epoch);

    assertGoesBack();
    rig.wall = THAW;
    // What a person has taken back, the program does not promote by itself.
    assertRefused(rig.promote(), Code.FAMILY_HELD, "rolled back by ann");
    rig.cutover.resume(Rig.order());
    rig.allIsWell();
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void noWordsOfWhoStopsTheLineKeepTheStoreFromTakingWhatComesAfter() {
    rig.cutover.stopLine("ann", "an\0incident \uD83D");

    assertThat(rig.store.stoppedLine()).hasValue("an\uFFFDincident ?");
  }

  @Test
  void aStoppedLineStopsAllPromotionAndNoRollback() {
    rig.bring(Phase.Name.READS);
    assertThat(rig.cutover.stopLine("ann", "an incident")).isTrue();
    rig.allIsWell();
    assertRefused(rig.promote(), Code.LINE_STOPPED, "an incident");
    assertThat(rig.store.stoppedLine()).contains("an incident");

    assertGoesBack();
    assertThat(rig.cutover.releaseLine("eve", "over")).isEmpty();
    assertThat(rig.store.stoppedLine()).isEmpty();
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void theLineIsStoppedThoughTheStoreFails() {
    rig.store.failing = true;
    assertThat(rig.cutover.stopLine("ann", "an incident")).isFalse();
    assertRefused(rig.promote(), Code.LINE_STOPPED);
    assertThat(rig.cutover.releaseLine("eve", "over")).isPresent();
    assertThat(rig.cutover.stoppedLine()).contains("an incident");

    rig.store.failing = false;
    rig.pass(Duration.ofSeconds(2));
    rig.cutover.tick();
    assertThat(rig.store.stoppedLine()).contains("an incident");
  }

  @Test
  void anotherProcessLearnsThatTheLineIsStopped() {
    Rig other = new Rig(rig.store, Runnable::run);
    rig.cutover.stopLine("ann", "an incident");
    assertThat(other.cutover.refresh(() -> Cutover.Known.of(rig.store))).isCompleted();

    assertRefused(other.promote(), Code.LINE_STOPPED, "an incident");
  }

  @Test
  void aForcedStepIsMarkedWhereverThePhaseIsShown() {
    rig.bring(Phase.Name.SHADOW);
    assertRefused(rig.promote(), Code.GATE_REFUSED);
    assertThat(rig.cutover.force(Order.of("users", "eve", "too quiet"), null, null))
        .isInstanceOf(Done.class);

    assertThat(rig.state().unproven()).isTrue();
    assertThat(rig.lastEntry().after()).isEqualTo(rig.state());
    assertThat(rig.lastEntry().gates()).isNotEmpty();
    assertThat(rig.store.standings().getFirst().state().unproven()).isTrue();
    rig.cutover.rollback(Rig.order(), null);
    assertThat(rig.state().unproven()).isFalse();
  }

  @Test
  void noForceMovesAFamilyWhoseRowsAreNotThere() {
    rig.bring(Phase.Name.SHADOW);
    rig.configure(Rig.policy(DataOwnership.SYNCED, true));

    assertRefused(rig.cutover.force(Rig.order(), null, null), Code.GATE_REFUSED, "data");
  }

  @Test
  void noForcePassesADifferenceAtACriticalPlace() {
    rig.bring(Phase.Name.SHADOW);
    rig.allIsWell();
    ParityEvidence well = rig.parity;
    rig.parity = differing(well, true);
    assertRefused(rig.cutover.force(Rig.order(), null, null), Code.GATE_REFUSED, "marked critical");

    rig.parity = differing(well, false);
    assertThat(rig.cutover.force(Rig.order(), null, null)).isInstanceOf(Done.class);
  }

  private static ParityEvidence differing(ParityEvidence well, boolean critical) {
    FieldDifference field =
        new FieldDifference(
            "header:x", "changed", Severity.COSMETIC, 1, null, null, critical, List.of());
    return new ParityEvidence(
        well.since(),
        well.compared(),
        well.matched() - 1,
        1,
        0,
        0,
        Map.of(),
        Map.of(),
        List.of(new EndpointParity(Rig.LIST, 200, well.compared(), 1, 0, List.of(field))));
  }

  @Test
  void noForceRetiresALegacyThatIsStillAsked() {
    rig.bring(Phase.Name.WRITES);
    while (!Weight.FULL.equals(rig.state().phase().stepWeight())) {
      rig.allIsWell();
      assertThat(rig.promote()).isInstanceOf(Done.class);
    }
    rig.allIsWell();
    rig.tick(Rig.traffic(1, 0), Rig.traffic(10, 0));

    assertRefused(
        rig.cutover.force(Rig.order(), null, null), Code.GATE_REFUSED, "decommission", "legacy");
  }

  @Test
  void autoFullClimbsToTheWritesAndNoFurther() {
    rig.bring(Phase.Name.SHADOW);
    configure(Auto.FULL, Set.of(), List.of());
    for (int i = 0; i < 20; i++) {
      rig.allIsWell();
      rig.look();
    }

    assertThat(rig.state().phase()).isEqualTo(new Phase.Writes(Weight.FULL));
    assertThat(rig.lastEntry().actor()).isEqualTo(Cutover.ITSELF);
  }

  @ParameterizedTest
  @EnumSource(names = {"OFF", "ROLLBACK"})
  void otherwiseAPersonIsToldOnceThatEveryGateAgrees(Auto auto) {
    configure(auto, Set.of(), List.of());
    rig.bring(Phase.Name.CANARY);
    long epoch = rig.state().epoch();
    rig.allIsWell();
    rig.look();
    rig.look();

    assertThat(rig.state().epoch()).isEqualTo(epoch);
    assertThat(rig.waits).filteredOn(wait -> wait.contains("canary at 50%")).hasSize(1);
  }

  @Test
  void autoFullWaitsForLeaveAndSaysSo() {
    rig.bring(Phase.Name.SHADOW);
    configure(Auto.FULL, Set.of(Phase.Name.CANARY), List.of());
    rig.allIsWell();
    rig.look();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.waits).anyMatch(wait -> wait.contains("banyan approve users"));

    rig.cutover.approve(Order.of("users", "eve", "go"), null);
    rig.allIsWell();
    rig.pass(Duration.ofSeconds(20));
    rig.look();
    assertThat(rig.phase()).isEqualTo(Phase.Name.CANARY);
  }

  @Test
  void aDeployBeginsTheEvidenceAnewWithAnEpochOfItsOwn() {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    long epoch = rig.state().epoch();
    Phase phase = rig.state().phase();
    int anews = rig.anews.size();
    assertThat(rig.cutover.deployed("ci", "release 7", "users 7.0", "users"::equals)).isEmpty();

    assertThat(rig.state().phase()).isEqualTo(phase);
    assertThat(rig.state().epoch()).isEqualTo(epoch + 1);
    assertThat(rig.anews).hasSize(anews + 1);
    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.DEPLOY);
    assertThat(rig.lastEntry().reason()).contains("users 7.0", "release 7");
    assertRefused(rig.promote(), Code.GATE_REFUSED, "parity", "soak");
  }

  @Test
  void whatWasEnteredWithoutProofIsNoBetterProvedAfterADeploy() {
    rig.bring(Phase.Name.SHADOW);
    rig.pass(Duration.ofSeconds(61));
    assertThat(rig.cutover.force(Rig.order(), null, null)).isInstanceOf(Done.class);
    assertThat(rig.cutover.deployed("ci", "release 7", "users 7.0", "users"::equals)).isEmpty();

    assertThat(rig.state().unproven()).isTrue();
    assertThat(rig.store.standings().getFirst().state().unproven()).isTrue();
  }

  @Test
  void whatIsOutOfReachAtThisRateIsToldOnceAStep() {
    rig.bring(Phase.Name.SHADOW);
    rig.look();
    rig.pass(Duration.ofDays(10));
    rig.compared(9, 9, 0);
    rig.look();
    rig.pass(Duration.ofDays(1));
    rig.look();

    assertThat(rig.waits)
        .filteredOn(why -> why.contains("out of reach"))
        .singleElement()
        .asString()
        .contains("canary at 5%", "GET /users: 9 of about 354 comparisons, at this rate in ")
        .contains(" days", "recorded load", "promote users --force --reason");
  }

  @Test
  void aDeployOfAServiceThatNoFamilyHasIsEnteredAllTheSame() {
    assertThat(rig.cutover.deployed("ci", "nightly", "search 3", _ -> false)).isEmpty();

    assertThat(rig.lastEntry().kind()).isEqualTo(LedgerEntry.Kind.DEPLOY);
    assertThat(rig.lastEntry().family()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aJumpOfTheWallClockChangesNoReadingAndNoVerdict(int hours) {
    rig.bring(Phase.Name.CANARY);
    rig.allIsWell();
    List<GateReading> before = rig.cutover.explain("users").orElseThrow().gates();
    rig.wall = rig.wall.plus(Duration.ofHours(hours));

    assertThat(rig.cutover.explain("users").orElseThrow().gates()).isEqualTo(before);
    assertThat(rig.promote()).isInstanceOf(Done.class);
  }

  @Test
  void aFamilyThatWasAskedToRetireGoesBack() {
    rig.bring(Phase.Name.RETIRED);
    assertGoesBack();
    rig.bring(Phase.Name.WRITES);
    assertRefused(
        rig.cutover.promote(Rig.order(), Phase.Name.RETIRED, null),
        Code.TRANSITION_ILLEGAL,
        "writes");
    assertGoesBack();
  }

  @Test
  void twoProcessesThatMoveOneFamilyAgreeOnWhatTheStoreHas() {
    Rig other = new Rig(rig.store, Runnable::run);
    rig.bring(Phase.Name.CANARY);
    other.allIsWell();
    // The other has not heard of it: its order is on what is no longer so, and it takes that over.
    assertRefused(other.promote(), Code.STATE_CHANGED);
    assertThat(other.state()).isEqualTo(rig.state());

    other.cutover.rollback(Order.of("users", "bob", "no"), null);
    assertThat(rig.cutover.rollback(Rig.order(), null))
        .isInstanceOfSatisfying(
            Done.class, done -> assertThat(done.after()).isEqualTo(other.state()));
    assertThat(rig.state()).isEqualTo(other.state());
    assertThat(rig.ledger.verify()).isInstanceOf(Ledger.Check.Intact.class);
  }

  @Test
  void aRollbackFindsTheFamilyWhereverAnotherProcessHasTakenIt() {
    Rig other = new Rig(rig.store, Runnable::run);
    rig.bring(Phase.Name.CANARY);
    assertThat(other.cutover.refresh(() -> Cutover.Known.of(rig.store))).isCompleted();
    rig.bring(Phase.Name.WRITES);

    assertThat(other.cutover.rollback(Order.of("users", "bob", "no"), Phase.Name.SHADOW))
        .isInstanceOf(Done.class);
    assertThat(rig.cutover.refresh(() -> Cutover.Known.of(rig.store))).isCompleted();
    assertThat(rig.phase()).isEqualTo(Phase.Name.SHADOW);
    assertThat(rig.state()).isEqualTo(other.state());
  }
}
