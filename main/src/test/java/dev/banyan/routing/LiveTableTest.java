package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LiveTableTest {
  private final RoutingTable inForce = RoutingTable.compile("old", List.of());
  private final RoutingTable stale = RoutingTable.compile("old", List.of());
  private final LiveTable live = new LiveTable(inForce);

  @Test
  void withoutALeaseTheTableIsInForceForEver() {
    live.publish(inForce, stale);
    for (long now : new long[] {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE}) {
      assertThat(live.current(now)).isSameAs(inForce);
      assertThat(live.isValid(now)).isTrue();
    }
  }

  @Test
  void theStaleTableDecidesFromTheLeasesEndOn() {
    live.publish(inForce, stale);
    live.extend(1_000);
    assertThat(live.current(999)).isSameAs(inForce);
    assertThat(live.current(1_000)).isSameAs(stale);
    assertThat(live.current(1_001)).isSameAs(stale);
    assertThat(live.isValid(1_000)).isFalse();
    assertThat(live.inForce()).isSameAs(inForce);

    live.extend(2_000);
    assertThat(live.current(1_001)).isSameAs(inForce);
    live.extend(LiveTable.FOR_EVER);
    assertThat(live.current(5_000)).isSameAs(inForce);
  }

  @Test
  void aLeaseOutlivesTheClocksWrappingAround() {
    live.publish(inForce, stale);
    live.extend(Long.MIN_VALUE + 10);
    assertThat(live.current(Long.MAX_VALUE - 10)).isSameAs(inForce);
    assertThat(live.current(Long.MIN_VALUE + 9)).isSameAs(inForce);
    assertThat(live.current(Long.MIN_VALUE + 10)).isSameAs(stale);
  }

  @Test
  void aTablePublishedAloneDecidesWithAndWithoutALease() {
    live.extend(1_000);
    live.publish(inForce, stale);
    live.publish(stale);
    assertThat(live.current(0)).isSameAs(stale);
    assertThat(live.current(2_000)).isSameAs(stale);
  }

  @Test
  void theFirstWriteThatIsDecidedAfterTheLeaseIsHeldAndReadsGoOn() {
    FamilyRoutes family =
        new FamilyRoutes(
                "f",
                "old",
                "new",
                new Sticky.Ip(),
                true,
                List.of(RouteSpec.parse("/f", null)),
                new Phase.Reads(),
                1)
            .with(new OwnData(OwnData.ReadYourWrites.UNIT, Duration.ofSeconds(2)));
    RoutingTable known = RoutingTable.compile("old", List.of(family));
    live.publish(known, known.holding(Set.of("f")));
    live.extend(1_000);
    assertThat(decision("POST", 999)).isEqualTo("old by PHASE");
    assertThat(decision("POST", 1_000)).isEqualTo("old by HELD");
    assertThat(decision("GET", 1_000)).isEqualTo("new by PHASE");

    RoutingTable moved = known.with(family.in(new Phase.Writes(Weight.FULL), 2));
    live.publish(moved, moved.holding(Set.of("f")));
    assertThat(decision("POST", 1_000)).isEqualTo("new by HELD");
    live.extend(2_000);
    assertThat(decision("POST", 1_000)).isEqualTo("new by PHASE");
  }

  private String decision(String method, long now) {
    Route route = Objects.requireNonNull(live.current(now).match(method, "/f"));
    Decision decision = route.decideFor(0);
    return decision.service() + " by " + decision.why();
  }
}
