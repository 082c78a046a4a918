package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a family whose candidate is denied does with its requests.
class DenialTest {
  private static final List<Phase> TAKEN_BACK =
      List.of(
          new Phase.Canary(Weight.parse("50%")),
          new Phase.Canary(Weight.FULL),
          new Phase.Reads(),
          new Phase.Writes(Weight.parse("50%")),
          new Phase.Writes(Weight.FULL),
          new Phase.Retired());

  private static FamilyRoutes family(Phase phase, WriteShadow writes) {
    return new FamilyRoutes(
        "f",
        "old",
        "new",
        new Sticky.Ip(),
        true,
        List.of(RouteSpec.parse("/x", null)),
        writes,
        phase,
        7);
  }

  private static Decision decision(FamilyRoutes family, String method, int bucket) {
    return route(family, method).decide(bucket);
  }

  private static Route route(FamilyRoutes family, String method) {
    RoutingTable table = RoutingTable.compile("old", List.of(family));
    return Objects.requireNonNull(table.match(method, "/x"));
  }

  private static void assertDecision(
      Decision decision, String service, @Nullable String shadow, @Nullable WriteShadow write) {
    assertThat(decision.service()).isEqualTo(service);
    assertThat(decision.shadow()).isEqualTo(shadow);
    assertThat(decision.write()).isEqualTo(write);
    assertThat(decision.fallback()).isNull();
    assertThat(decision.route().epoch()).isEqualTo(7);
  }

  @Test
  void readsGoToTheLegacyAndAreComparedAsInShadow() {
    for (Phase phase : TAKEN_BACK) {
      for (boolean writesToo : new boolean[] {true, false}) {
        FamilyRoutes denied = family(phase, WriteShadow.BLOCKED).denied(writesToo);
        Decision decision = decision(denied, "GET", 0);
        assertDecision(decision, "old", "new", null);
        assertThat(decision.route().isWeighted()).isFalse();
        assertThat(denied.phase()).isEqualTo(phase);
      }
    }
  }

  @Test
  void writesGoToTheLegacyTooIfTheyMay() {
    WriteShadow sandbox = new WriteShadow.Sandbox("box");
    for (Phase phase : TAKEN_BACK) {
      assertDecision(
          decision(family(phase, sandbox).denied(true), "POST", 0), "old", "box", sandbox);
    }
  }

  @Test
  void writesOtherwiseStayWhereThePhaseSays() {
    FamilyRoutes half = family(new Phase.Writes(Weight.parse("50%")), WriteShadow.BLOCKED);
    assertDecision(decision(half.denied(false), "POST", 0), "new", null, WriteShadow.BLOCKED);
    assertDecision(decision(half.denied(false), "POST", 60_000), "old", null, WriteShadow.BLOCKED);
    FamilyRoutes reads = family(new Phase.Reads(), WriteShadow.BLOCKED);
    assertDecision(decision(reads.denied(false), "POST", 0), "old", null, WriteShadow.BLOCKED);
    FamilyRoutes retired = family(new Phase.Retired(), WriteShadow.BLOCKED);
    assertDecision(decision(retired.denied(false), "POST", 0), "new", null, WriteShadow.BLOCKED);
  }

  @Test
  void whatAUnitHasJustWrittenIsNotComparedWithASideThatMayBeBehind() {
    OwnData own = new OwnData(OwnData.ReadYourWrites.UNIT, Duration.ofSeconds(2));
    FamilyRoutes shadow = family(new Phase.Shadow(), WriteShadow.BLOCKED).with(own);
    FamilyRoutes reads = family(new Phase.Reads(), WriteShadow.BLOCKED).with(own);
    for (FamilyRoutes each : List.of(shadow, reads, reads.denied(false))) {
      Decision decision = Objects.requireNonNull(route(each, "GET").toOwner());
      assertDecision(decision, "old", null, null);
    }
    FamilyRoutes writes = family(new Phase.Writes(Weight.FULL), WriteShadow.BLOCKED).with(own);
    assertDecision(Objects.requireNonNull(route(writes, "GET").toOwner()), "new", null, null);
    assertThat(route(writes.denied(false), "GET").toOwner())
        .as("what is denied to the candidate stays denied")
        .isNull();
    FamilyRoutes legacy = family(new Phase.Legacy(), WriteShadow.BLOCKED).with(own);
    assertThat(route(legacy, "GET").toOwner()).as("nothing is compared").isNull();
  }

  @Test
  void aFamilyOfWhichTheCandidateAnswersNothingIsAsBefore() {
    for (Phase phase : List.of(new Phase.Legacy(), new Phase.Shadow())) {
      FamilyRoutes family = family(phase, WriteShadow.BLOCKED);
      for (String method : List.of("GET", "POST")) {
        Decision plain = decision(family, method, 0);
        assertDecision(
            decision(family.denied(true), method, 0),
            plain.service(),
            plain.shadow(),
            plain.write());
      }
    }
  }

  @Test
  void aMoveEndsTheDenial() {
    FamilyRoutes moved =
        family(new Phase.Shadow(), WriteShadow.BLOCKED).denied(true).in(new Phase.Reads(), 7);
    assertThat(moved.denial()).isEqualTo(Denial.NONE);
    assertThat(decision(moved, "GET", 0).primary()).isEqualTo(Side.CANDIDATE);
  }
}
