package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.routing.Decision;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.Scrape;
import dev.banyan.telemetry.TrafficMeter;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What of the sticky units is handed on, and what is not.
class WeightedOutcomesTest {
  private final TrafficMeter meter = new TrafficMeter();
  private final RequestMeter requests = new RequestMeter();
  private final TrafficOutcomes outcomes =
      new TrafficOutcomes(
          meter,
          requests,
          new FailureLog(System::nanoTime, Runnable::run),
          null,
          InstantSource.system());

  /// A read that a weight sent to a side.
  static Decision weighted(int bucket) {
    return decision(new Phase.Canary(Weight.parse("50%")), bucket);
  }

  private static Decision decision(Phase phase, int bucket) {
    FamilyRoutes half =
        new FamilyRoutes(
            "half",
            "legacy",
            "users",
            new Sticky.Ip(),
            true,
            List.of(RouteSpec.parse("/half", null)),
            phase,
            7);
    RoutingTable table = RoutingTable.compile("legacy", List.of(half));
    return Objects.requireNonNull(table.match("GET", "/half")).decide(bucket);
  }

  @Test
  void whatAWeightDecidesIsHandedOnWithItsUnitAndAFallbackIsNot() {
    Decision decision = weighted(0);
    outcomes.routed(decision, 5);
    outcomes.answered(decision, 5, Side.CANDIDATE, 503, 2_000_000, false);
    outcomes.answered(decision, 5, Side.LEGACY, 200, 1_000_000, true);
    outcomes.stoodIn(decision, false, 1_000_000);
    outcomes.routed(weighted(Weight.ALL - 1), 6);
    outcomes.abandoned(weighted(Weight.ALL - 1), 6, Side.LEGACY, 3_000_000, false);

    TrafficTick tick = meter.tick("half", 7);
    List<String> seen = new ArrayList<>();
    tick.units()
        .forEach(
            new Sightings.Visitor() {
              @Override
              public void routed(long unit, boolean candidate) {
                seen.add(unit + " routed " + candidate);
              }

              @Override
              public void ended(long unit, boolean candidate, boolean failed, long micros) {
                seen.add(unit + " ended " + candidate + " failed " + failed + " " + micros);
              }
            });
    assertThat(seen)
        .containsExactly(
            "5 routed true",
            "5 ended true failed true 2000",
            "6 routed false",
            "6 ended false failed false 3000");
    assertThat(tick.legacy().requests()).isEqualTo(2);
    assertThat(tick.candidate().errors()).isEqualTo(1);
    assertThat(tick.pairs().candidate().errors()).isEqualTo(1);
    assertThat(tick.pairs().legacy().errors()).isZero();
  }

  @Test
  void whereNoWeightDecidesNothingIsHandedOnOfUnits() {
    Decision all = decision(new Phase.Reads(), 0);
    outcomes.sent(all, Side.CANDIDATE);
    outcomes.heard(all, Side.CANDIDATE);
    outcomes.answered(all, 0, Side.CANDIDATE, 200, 1_000_000, false);
    TrafficTick tick = meter.tick("half", 7);
    assertThat(tick.units()).isEqualTo(Sightings.NONE);
    assertThat(tick.candidate().requests()).isEqualTo(1);
    assertThat(tick.candidate().legs()).isEqualTo(new Legs(1, 1));
  }

  @Test
  void whatFindsNoRoomIsCounted() {
    Decision decision = weighted(0);
    for (int i = 0; i < 65_536 + 3; i++) {
      outcomes.routed(decision, 1 + i);
    }
    assertThat(meter.tick("half", 7).units().lost()).isEqualTo(3);
    try (Scrape scrape = new Scrape(requests, List.of())) {
      assertThat(scrape.text()).contains("banyan_limits_total{limit=\"sightings\"} 3.0");
    }
  }
}
