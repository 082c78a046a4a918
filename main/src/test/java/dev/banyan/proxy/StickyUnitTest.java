package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.Route;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StickyUnitTest {
  private record Asked(Map<String, String> headers, String address, String id)
      implements StickyUnit.Source {
    @Override
    public @Nullable CharSequence header(String name) {
      return headers.get(name.toLowerCase(Locale.ROOT));
    }
  }

  private static CharSequence unit(Sticky sticky, Map<String, String> headers) {
    return StickyUnit.of(sticky, new Asked(headers, "10.0.0.1", "request-7"));
  }

  @Test
  void readsAHeaderACookieOrTheAddress() {
    assertThat(unit(new Sticky.Header("Authorization"), Map.of("authorization", "Bearer x")))
        .isEqualTo("Bearer x");
    assertThat(unit(new Sticky.Cookie("sid"), Map.of("cookie", "theme=dark; sid = abc ;sid2=no")))
        .isEqualTo("abc");
    assertThat(unit(new Sticky.Ip(), Map.of())).isEqualTo("10.0.0.1");
  }

  @Test
  void aRequestWithoutAUnitIsItsOwn() {
    assertThat(unit(new Sticky.Header("authorization"), Map.of())).isEqualTo("request-7");
    assertThat(unit(new Sticky.Header("authorization"), Map.of("authorization", "")))
        .isEqualTo("request-7");
    assertThat(unit(new Sticky.Cookie("sid"), Map.of("cookie", "sid2=no; sid=")))
        .isEqualTo("request-7");
  }

  @Test
  void requestsWithoutAUnitFromOneAddressAreSplitByTheWeight() {
    FamilyRoutes family =
        new FamilyRoutes(
            "f",
            "old",
            "new",
            new Sticky.Header("authorization"),
            true,
            List.of(RouteSpec.parse("GET /x", null)),
            new Phase.Canary(Weight.parse("25%")),
            1);
    Route route =
        Objects.requireNonNull(RoutingTable.compile("old", List.of(family)).match("GET", "/x"));
    int candidate = 0;
    for (int i = 0; i < 10_000; i++) {
      Asked asked = new Asked(Map.of(), "10.0.0.1", "request-" + i);
      if (StickyUnit.decide(route, asked).primary() == Side.CANDIDATE) {
        candidate++;
      }
    }
    // Five standard deviations around 25 %.
    assertThat(candidate).isBetween(2_500 - 217, 2_500 + 217);
  }
}
