package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.Route;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import java.lang.management.ManagementFactory;
import java.time.Duration;
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

  private static @Nullable CharSequence unit(Sticky sticky, Map<String, String> headers) {
    return StickyUnit.named(sticky, new Asked(headers, "10.0.0.1", "request-7"));
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
    assertThat(unit(new Sticky.Header("authorization"), Map.of())).isNull();
    assertThat(unit(new Sticky.Header("authorization"), Map.of("authorization", ""))).isNull();
    assertThat(unit(new Sticky.Cookie("sid"), Map.of("cookie", "sid2=no; sid="))).isNull();
  }

  @Test
  void readsCookiesAsTheyAreWritten() {
    Sticky sid = new Sticky.Cookie("sid");
    assertThat(unit(sid, Map.of("cookie", "sid=a=b"))).isEqualTo("a=b");
    assertThat(unit(sid, Map.of("cookie", "nosid=1; sid=2"))).isEqualTo("2");
    assertThat(unit(sid, Map.of("cookie", "sid; =; ;;x=sid=3;sid=4;sid=5"))).isEqualTo("4");
    assertThat(unit(sid, Map.of("cookie", "sid"))).isNull();
    assertThat(unit(sid, Map.of("cookie", ""))).isNull();
  }

  @Test
  void aUnitHasTheSameHashOnAllGatewaysAndIsNeverTheOneThatStandsForNone() {
    Route here = route("25%");
    Route there = route("50%");
    for (int i = 0; i < 1_000; i++) {
      Asked asked = new Asked(Map.of("authorization", "user-" + i), "10.0.0.1", "request-" + i);
      long unit = StickyUnit.of(here, asked);
      assertThat(unit).isNotEqualTo(StickyUnit.NONE).isEqualTo(StickyUnit.of(there, asked));
      if (StickyUnit.decide(here, unit, asked).primary() == Side.CANDIDATE) {
        assertThat(StickyUnit.decide(there, unit, asked).primary()).isEqualTo(Side.CANDIDATE);
      }
    }
  }

  @Test
  void whereNoWeightDecidesThereIsNoUnit() {
    Asked asked = new Asked(Map.of("authorization", "ann"), "10.0.0.1", "request-1");
    Route all = route("100%");
    assertThat(StickyUnit.of(all, asked)).isEqualTo(StickyUnit.NONE);
    assertThat(StickyUnit.decide(all, StickyUnit.NONE, asked).primary()).isEqualTo(Side.CANDIDATE);
  }

  @Test
  void decidingByAHeaderAllocatesNothing() {
    LiveTable live = new LiveTable(table("25%"));
    live.extend(System.nanoTime() + Duration.ofHours(1).toNanos());
    Asked asked = new Asked(Map.of("authorization", "Bearer 0123"), "10.0.0.1", "request-1");
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 50_000;
    long sum = decideMany(live, asked, rounds);
    long before = threads.getCurrentThreadAllocatedBytes();
    sum += decideMany(live, asked, rounds);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(sum).isNotZero();
    // A single object for each round would be 16 bytes or more.
    assertThat(allocated).isLessThan(rounds);
  }

  private static long decideMany(LiveTable live, Asked asked, int rounds) {
    long sum = 0;
    for (int i = 0; i < rounds; i++) {
      Route route = Objects.requireNonNull(live.current(System.nanoTime()).match("GET", "/x"));
      long unit = StickyUnit.of(route, asked);
      sum += unit + StickyUnit.decide(route, unit, asked).service().length();
    }
    return sum;
  }

  private static Route route(String weight) {
    return Objects.requireNonNull(table(weight).match("GET", "/x"));
  }

  private static RoutingTable table(String weight) {
    FamilyRoutes family =
        new FamilyRoutes(
            "f",
            "old",
            "new",
            new Sticky.Header("authorization"),
            true,
            List.of(RouteSpec.parse("GET /x", null)),
            new Phase.Canary(Weight.parse(weight)),
            1);
    return RoutingTable.compile("old", List.of(family));
  }

  @Test
  void requestsWithoutAUnitFromOneAddressAreSplitByTheWeight() {
    Route route = route("25%");
    int candidate = 0;
    for (int i = 0; i < 10_000; i++) {
      Asked asked = new Asked(Map.of(), "10.0.0.1", "request-" + i);
      long unit = StickyUnit.of(route, asked);
      assertThat(unit).isEqualTo(StickyUnit.NONE);
      if (StickyUnit.decide(route, unit, asked).primary() == Side.CANDIDATE) {
        candidate++;
      }
    }
    // Five standard deviations around 25 %.
    assertThat(candidate).isBetween(2_500 - 217, 2_500 + 217);
  }
}
