package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Who gets a copy of a write, in every phase.
class WriteRoutesTest {
  private static final Weight HALF = Weight.parse("50%");
  private static final int CANDIDATES = 0;
  private static final int LEGACYS = Weight.ALL - 1;
  private static final List<Phase> COMPARING =
      List.of(
          new Phase.Shadow(),
          new Phase.Canary(HALF),
          new Phase.Canary(Weight.FULL),
          new Phase.Reads(),
          new Phase.Writes(HALF),
          new Phase.Writes(Weight.FULL));
  private static final List<WriteShadow> RUNGS =
      List.of(WriteShadow.BLOCKED, new WriteShadow.DryRun(), new WriteShadow.Sandbox("box"));

  private static Decision decide(
      WriteShadow writes, Phase phase, String method, String path, int bucket) {
    FamilyRoutes family =
        new FamilyRoutes(
            "f",
            "old",
            "new",
            new Sticky.Ip(),
            true,
            List.of(
                RouteSpec.parse("/x/{id}", null),
                RouteSpec.parse("POST /search", true),
                RouteSpec.parse("GET /export", false)),
            writes,
            phase,
            1);
    RoutingTable table = RoutingTable.compile("old", List.of(family));
    return Objects.requireNonNull(table.match(method, path)).decide(bucket);
  }

  @Test
  void writesHaveNoCopyUnlessTheFamilySaysSo() {
    for (Phase phase : COMPARING) {
      for (int bucket : new int[] {CANDIDATES, LEGACYS}) {
        for (String method : List.of("POST", "PUT", "PATCH", "DELETE", "PURGE")) {
          Decision decision = decide(WriteShadow.BLOCKED, phase, method, "/x/1", bucket);
          assertThat(decision.shadow()).as(phase + " " + method).isNull();
          assertThat(decision.write()).isEqualTo(WriteShadow.BLOCKED);
          assertThat(decision.isWatched()).as("it is counted").isTrue();
        }
        assertThat(decide(WriteShadow.BLOCKED, phase, "GET", "/export", bucket).shadow()).isNull();
      }
    }
  }

  @Test
  void aDryRunGoesToTheCandidateAndASandboxGetsItsOwnWhereTheLegacyHasAuthority() {
    for (Phase phase : COMPARING) {
      for (WriteShadow writes : RUNGS) {
        Decision decision = decide(writes, phase, "PUT", "/x/1", LEGACYS);
        boolean legacys = decision.primary() == Side.LEGACY;
        String copy =
            writes instanceof WriteShadow.DryRun
                ? "new"
                : writes instanceof WriteShadow.Sandbox ? "box" : null;
        assertThat(decision.shadow()).isEqualTo(legacys ? copy : null);
        assertThat(decision.write()).isEqualTo(legacys ? writes : WriteShadow.BLOCKED);
        assertThat(decision.fallback()).isNull();
      }
    }
  }

  @Test
  void aWriteThatTheCandidateHasAuthorityOverIsCopiedToNobody() {
    for (WriteShadow writes : RUNGS) {
      Decision decision = decide(writes, new Phase.Writes(HALF), "PUT", "/x/1", CANDIDATES);
      assertThat(decision.primary()).isEqualTo(Side.CANDIDATE);
      assertThat(decision.shadow()).isNull();
      assertThat(decision.write()).isEqualTo(WriteShadow.BLOCKED);
    }
  }

  @Test
  void whereNothingIsComparedNothingIsCopiedOrCounted() {
    for (Phase phase : List.of(new Phase.Legacy(), new Phase.Retired())) {
      for (WriteShadow writes : RUNGS) {
        for (String method : List.of("GET", "POST")) {
          assertThat(decide(writes, phase, method, "/x/1", 0).isWatched()).isFalse();
        }
      }
    }
    assertThat(decide(new WriteShadow.DryRun(), new Phase.Shadow(), "POST", "/other", 0))
        .as("what no family claims")
        .satisfies(decision -> assertThat(decision.isWatched()).isFalse());
  }

  @Test
  void readsGoToTheOtherSideAndNeverToTheSandboxAndTheRouteSaysWhatARead() {
    WriteShadow sandbox = new WriteShadow.Sandbox("box");
    for (Phase phase : COMPARING) {
      for (int bucket : new int[] {CANDIDATES, LEGACYS}) {
        for (Decision read :
            List.of(
                decide(sandbox, phase, "GET", "/x/1", bucket),
                decide(sandbox, phase, "OPTIONS", "/x/1", bucket),
                decide(sandbox, phase, "POST", "/search", bucket))) {
          assertThat(read.write()).isNull();
          assertThat(read.shadow()).isEqualTo(read.primary() == Side.LEGACY ? "new" : "old");
        }
      }
      Decision export = decide(sandbox, phase, "GET", "/export", LEGACYS);
      assertThat(export.shadow()).isEqualTo(export.primary() == Side.LEGACY ? "box" : null);
    }
  }
}
