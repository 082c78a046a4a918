package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
}
