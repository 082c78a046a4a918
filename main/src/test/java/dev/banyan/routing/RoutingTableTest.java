package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoutingTableTest {
  private static final Phase SHADOW = new Phase.Shadow();

  private static FamilyRoutes family(String name, Phase phase, String... routes) {
    List<RouteSpec> specs =
        Arrays.stream(routes).map(route -> RouteSpec.parse(route, null)).toList();
    return new FamilyRoutes(name, "old", "new-" + name, new Sticky.Ip(), true, specs, phase, 3);
  }

  private static RoutingTable table(String... routes) {
    return RoutingTable.compile("old", List.of(family("f", SHADOW, routes)));
  }

  private static String matched(RoutingTable table, String method, String target) {
    Route route = Objects.requireNonNull(table.match(method, target));
    return route.family() == null ? "-" : route.endpoint().toString();
  }

  @Test
  void prefersLiteralToVariableToCatchAll() {
    RoutingTable table = table("GET /users/me", "GET /users/{id}", "/users/**");
    assertThat(matched(table, "GET", "/users/me")).isEqualTo("GET /users/me");
    assertThat(matched(table, "GET", "/users/7")).isEqualTo("GET /users/{id}");
    assertThat(matched(table, "GET", "/users/7/orders")).isEqualTo("GET /users/**");
    assertThat(matched(table, "DELETE", "/users/me")).isEqualTo("DELETE /users/**");
    assertThat(matched(table, "GET", "/users")).isEqualTo("GET /users/**");
  }

  @Test
  void stepsBackWhereTheMoreExactBranchHasNoRoute() {
    RoutingTable table = table("GET /a/b/c", "GET /a/{x}/d", "POST /{y}/b/c");
    assertThat(matched(table, "GET", "/a/b/d")).isEqualTo("GET /a/{x}/d");
    assertThat(matched(table, "POST", "/a/b/c")).isEqualTo("POST /{y}/b/c");
    assertThat(matched(table, "GET", "/a/b/e")).isEqualTo("-");
  }

  @Test
  void sendsWhatNobodyClaimsToTheLegacy() {
    Decision decision =
        Objects.requireNonNull(table("GET /users").match("BREW", "/coffee")).decide(0);
    assertThat(decision.primary()).isEqualTo(Side.LEGACY);
    assertThat(decision.service()).isEqualTo("old");
    assertThat(decision.shadow()).isNull();
  }

  @Test
  void matchesDecodedSegmentsAndKeepsAnEncodedSlashInside() {
    RoutingTable table = table("GET /caf\u00e9/{name}", "GET /files/a b");
    assertThat(matched(table, "GET", "/caf%C3%A9/x%2Fy")).isEqualTo("GET /caf\u00e9/{name}");
    assertThat(matched(table, "GET", "/files/a%20b")).isEqualTo("GET /files/a b");
    assertThat(matched(table, "GET", "/files%2Fa%20c")).isEqualTo("-");
    assertThat(matched(table, "GET", "/files/%ff%")).isEqualTo("-");
  }

  @Test
  void looksAtNeitherQueryNorOneSlashAtTheEnd() {
    RoutingTable table = table("GET /users", "GET /");
    assertThat(matched(table, "GET", "/users?x=/y")).isEqualTo("GET /users");
    assertThat(matched(table, "GET", "/users/?x=1")).isEqualTo("GET /users");
    assertThat(matched(table, "GET", "/")).isEqualTo("GET /");
    assertThat(matched(table, "GET", "/orders//")).isEqualTo("-");
    assertThat(matched(table, "GET", "*")).isEqualTo("-");
    assertThat(matched(table, "GET", "")).isEqualTo("-");
  }

  @Test
  void anEmptySegmentIsNoVariable() {
    assertThat(matched(table("GET /a/{x}/b"), "GET", "/a//b")).isEqualTo("-");
  }

  @Test
  void takesHeadForGetUnlessClaimed() {
    assertThat(matched(table("GET /users"), "HEAD", "/users")).isEqualTo("HEAD /users");
    RoutingTable both =
        RoutingTable.compile(
            "old",
            List.of(family("gets", SHADOW, "GET /users"), family("heads", SHADOW, "HEAD /users")));
    assertThat(Objects.requireNonNull(both.match("HEAD", "/users")).family()).isEqualTo("heads");
    assertThat(Objects.requireNonNull(both.match("GET", "/users")).family()).isEqualTo("gets");
  }

  @Test
  void givesMethodsWithoutARouteOfTheirOwnToTheMethodlessRoute() {
    RoutingTable table = table("GET /users", "/users");
    assertThat(matched(table, "PURGE", "/users")).isEqualTo("* /users");
    assertThat(matched(table, "POST", "/users")).isEqualTo("POST /users");
  }

  @Test
  void refusesTwoClaimsToTheSameRequests() {
    assertThatThrownBy(() -> table("GET /users/{id}", "GET /users/{name}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GET /users/{name}");
  }

  @Test
  void refusesTemplatesThatNoRequestCanMatch() {
    for (String path :
        List.of(
            "users", "/a//b", "/a/", "/a/../b", "/a?x=1", "/a/**/b", "/a/{b", "/a/x{b}",
            "/a%20b")) {
      assertThatThrownBy(() -> PathTemplate.parse(path))
          .as(path)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(path.startsWith("/") ? path.substring(1, 2) : path);
    }
  }

  @Test
  void decidesBySafetyAndPhase() {
    String get = "GET /x";
    String post = "POST /x";
    assertDecision(new Phase.Legacy(), get, "old", null, null);
    assertDecision(new Phase.Shadow(), get, "old", "new-f", null);
    assertDecision(new Phase.Shadow(), post, "old", null, null);
    assertDecision(new Phase.Canary(Weight.FULL), get, "new-f", "old", "old");
    assertDecision(new Phase.Canary(Weight.FULL), post, "old", null, null);
    assertDecision(new Phase.Reads(), get, "new-f", "old", "old");
    assertDecision(new Phase.Reads(), post, "old", null, null);
    assertDecision(new Phase.Writes(Weight.FULL), get, "new-f", "old", "old");
    assertDecision(new Phase.Writes(Weight.FULL), post, "new-f", null, null);
    assertDecision(new Phase.Retired(), get, "new-f", null, null);
    assertDecision(new Phase.Retired(), post, "new-f", null, null);
  }

  private static void assertDecision(
      Phase phase,
      String route,
      String service,
      @Nullable String shadow,
      @Nullable String fallback) {
    RoutingTable table = RoutingTable.compile("old", List.of(family("f", phase, route)));
    Decision decision =
        Objects.requireNonNull(table.match(route.substring(0, route.indexOf(' ')), "/x")).decide(0);
    assertThat(decision.service()).as(phase + " " + route).isEqualTo(service);
    assertThat(decision.shadow()).as(phase + " " + route).isEqualTo(shadow);
    assertThat(decision.fallback()).as(phase + " " + route).isEqualTo(fallback);
  }

  @Test
  void aRouteMaySayThatItIsSafeOrNot() {
    FamilyRoutes canary =
        new FamilyRoutes(
            "f",
            "old",
            "new",
            new Sticky.Ip(),
            true,
            List.of(RouteSpec.parse("POST /search", true), RouteSpec.parse("GET /logout", false)),
            new Phase.Reads(),
            1);
    RoutingTable table = RoutingTable.compile("old", List.of(canary));
    assertThat(Objects.requireNonNull(table.match("POST", "/search")).decide(0).service())
        .isEqualTo("new");
    assertThat(Objects.requireNonNull(table.match("GET", "/logout")).decide(0).service())
        .isEqualTo("old");
  }

  @Test
  void findsEachOfAThousandRoutes() {
    List<String> routes = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      routes.add("GET /area" + i % 37 + "/thing" + i + "/{id}");
    }
    RoutingTable table = table(routes.toArray(String[]::new));
    for (int i = 0; i < 1_000; i++) {
      assertThat(matched(table, "GET", "/area" + i % 37 + "/thing" + i + "/42"))
          .isEqualTo(routes.get(i));
      assertThat(matched(table, "GET", "/area" + (i + 1) % 37 + "/thing" + i + "/42"))
          .isEqualTo("-");
    }
  }

  @Test
  void splitsUnitsEvenlyAndNeverMovesOneBack() {
    int units = 100_000;
    int below = 0;
    for (int i = 0; i < units; i++) {
      int bucket = Sticky.bucket(Sticky.hasher("salt"), "unit-" + i);
      assertThat(bucket).isBetween(0, Weight.ALL - 1);
      assertThat(Sticky.bucket(Sticky.hasher("salt"), CharBuffer.wrap("unit-" + i)))
          .isEqualTo(bucket);
      if (bucket < 5_000) {
        below++;
      }
    }
    // 5 % of 100,000; five standard deviations are 345.
    assertThat(below).isBetween(5_000 - 345, 5_000 + 345);
  }

  @Test
  void aUnitOnceOnTheCandidateStaysThereWhileTheWeightRises() {
    Random random = new Random(7);
    TreeSet<Weight> weights = new TreeSet<>();
    while (weights.size() < 20) {
      weights.add(new Weight(1 + random.nextInt(Weight.ALL)));
    }
    for (int unit = 0; unit < 500; unit++) {
      int bucket = Sticky.bucket(Sticky.hasher("f"), Integer.toString(unit));
      boolean onCandidate = false;
      for (Weight weight : weights) {
        RoutingTable table =
            RoutingTable.compile("old", List.of(family("f", new Phase.Canary(weight), "GET /x")));
        boolean now =
            Objects.requireNonNull(table.match("GET", "/x")).decide(bucket).primary()
                == Side.CANDIDATE;
        assertThat(now || !onCandidate).as("unit " + unit + " at " + weight).isTrue();
        onCandidate = now;
      }
    }
  }

  @Test
  void anotherPhaseIsAnotherTableAndTheOldOneIsUntouched() {
    RoutingTable shadow = table("GET /x");
    RoutingTable reads = shadow.with(shadow.family("f").orElseThrow().in(new Phase.Reads(), 4));
    assertThat(Objects.requireNonNull(reads.match("GET", "/x")).decide(0).primary())
        .isEqualTo(Side.CANDIDATE);
    assertThat(Objects.requireNonNull(reads.match("GET", "/x")).epoch()).isEqualTo(4);
    assertThat(Objects.requireNonNull(shadow.match("GET", "/x")).decide(0).primary())
        .isEqualTo(Side.LEGACY);
  }
}
