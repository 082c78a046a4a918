package dev.banyan.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SwapRehearsalTest {
  private static FamilyRoutes family(String name, Phase phase) {
    return new FamilyRoutes(
        name,
        "old",
        "new",
        new Sticky.Ip(),
        true,
        List.of(RouteSpec.parse("GET /" + name, null)),
        phase,
        1);
  }

  @Test
  void measuresTheWayBackOfEachFamilyThatHasOneAndTakesNoneBack() {
    RoutingTable inForce =
        RoutingTable.compile(
            "old", List.of(family("a", new Phase.Shadow()), family("b", new Phase.Reads())));
    AtomicLong clock = new AtomicLong();
    SwapRehearsal rehearsal = new SwapRehearsal(() -> clock.getAndAdd(250_000), inForce);
    assertThat(rehearsal.took("b")).isEmpty();

    rehearsal.rehearse(inForce);

    assertThat(rehearsal.took("b")).contains(Duration.ofNanos(250_000));
    assertThat(rehearsal.took("a")).isEmpty();
    assertThat(rehearsal.rehearsed().side("b", "ann", true)).contains(Side.LEGACY);
    assertThat(inForce.side("b", "ann", true)).contains(Side.CANDIDATE);

    rehearsal.rehearse(inForce.with(family("b", new Phase.Shadow())));
    assertThat(rehearsal.took("b")).isEmpty();
  }
}
