package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Sides stick to units: across tables that others compiled, across a family, across weights.
class StickySidesTest {
  private static final int ROUNDS = 200;
  private static final int UNITS = 50;

  private static FamilyRoutes family(
      String name, String sticky, Phase phase, long epoch, List<String> routes) {
    return new FamilyRoutes(
        name,
        "old-" + epoch,
        "new-" + epoch,
        Sticky.parse(sticky),
        epoch % 2 == 0,
        routes.stream().map(route -> RouteSpec.parse(route, null)).toList(),
        phase,
        epoch);
  }

  private static Side side(RoutingTable table, String method, String path, String unit) {
    Route route = Objects.requireNonNull(table.match(method, path));
    return route.decideFor(route.hash(unit)).primary();
  }

  private static String unit(Random random) {
    return Long.toString(random.nextLong(), 36).repeat(1 + random.nextInt(3));
  }

  @Test
  void gatewaysThatKnowOnlyFamilyAndWeightAgreeOnEveryUnit() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      Phase phase = new Phase.Canary(new Weight(1 + random.nextInt(Weight.ALL)));
      List<String> routes = new ArrayList<>(List.of("GET /a", "GET /b/{id}", "/c/**"));
      RoutingTable here =
          RoutingTable.compile("x", List.of(family("f", "ip", phase, seed, routes)));
      Collections.shuffle(routes, random);
      RoutingTable there =
          RoutingTable.compile(
              "y",
              List.of(
                  family("g", "ip", new Phase.Reads(), 3, List.of("GET /g")),
                  family("f", "header:user", phase, seed + 1, routes)));
      for (int i = 0; i < UNITS; i++) {
        String unit = unit(random);
        Side side = side(here, "GET", "/a", unit);
        assertThat(side(there, "GET", "/a", unit)).as("seed " + seed).isEqualTo(side);
        assertThat(side(there, "GET", "/b/7", unit)).as("seed " + seed).isEqualTo(side);
        assertThat(side(there, "HEAD", "/c/d/e", unit)).as("seed " + seed).isEqualTo(side);
        assertThat(there.side("f", unit, true)).as("seed " + seed).contains(side);
        assertThat(here.side("f", unit, false)).as("seed " + seed).contains(Side.LEGACY);
      }
    }
  }

  @Test
  void raisingTheWeightNeverMovesAUnitBack() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      TreeSet<Weight> weights = new TreeSet<>();
      while (weights.size() < 8) {
        weights.add(new Weight(1 + random.nextInt(Weight.ALL)));
      }
      String unit = unit(random);
      Side before = Side.LEGACY;
      for (Weight weight : weights) {
        RoutingTable table =
            RoutingTable.compile(
                "old", List.of(family("f", "ip", new Phase.Writes(weight), 1, List.of("POST /x"))));
        Side now = side(table, "POST", "/x", unit);
        assertThat(now.compareTo(before)).as("seed " + seed + ", " + weight).isNotNegative();
        assertThat(table.side("f", unit, false)).contains(now);
        assertThat(table.side("f", unit, true)).contains(Side.CANDIDATE);
        before = now;
      }
    }
  }

  @Test
  void twoFamiliesDoNotShareTheirFirstUnits() {
    int both = 0;
    Route one = new Route(canary("one"), Sticky.hasher("one"), endpoint(), true);
    Route two = new Route(canary("two"), Sticky.hasher("two"), endpoint(), true);
    for (int i = 0; i < 10_000; i++) {
      String unit = "user-" + i;
      boolean first = one.decideFor(one.hash(unit)).primary() == Side.CANDIDATE;
      boolean second = two.decideFor(two.hash(unit)).primary() == Side.CANDIDATE;
      both += first && second ? 1 : 0;
    }
    // A quarter; five standard deviations are 217.
    assertThat(both).isBetween(2_500 - 217, 2_500 + 217);
  }

  private static FamilyRoutes canary(String name) {
    return family(name, "ip", new Phase.Canary(Weight.parse("50%")), 1, List.of("GET /x"));
  }

  private static Endpoint endpoint() {
    return new Endpoint("GET", "/x");
  }

  @Test
  void theSideAskedForIsTheOneInForce() {
    FamilyRoutes family = family("f", "ip", new Phase.Reads(), 1, List.of("GET /x"));
    RoutingTable table = RoutingTable.compile("old", List.of(family));
    assertThat(table.side("f", "ann", true)).contains(Side.CANDIDATE);
    assertThat(table.side("f", "ann", false)).contains(Side.LEGACY);
    assertThat(table.side("g", "ann", true)).isEmpty();
    assertThat(table.with(family.denied(true)).side("f", "ann", true)).contains(Side.LEGACY);
  }
}
