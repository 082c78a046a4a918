package dev.banyan.bench;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.routing.Decision;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.Route;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.Sticky;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What one routing decision costs with a thousand routes, the sticky unit's bucket included.
///
/// Run: `java -jar bench/target/banyan-bench.jar RouteBenchmark -prof gc`.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RouteBenchmark {
  private static final int ROUTES = 1_000;

  private RoutingTable table = RoutingTable.compile("legacy", List.of());
  private final String[] targets = new String[ROUTES];
  private int next;

  @Setup
  public void compile() {
    List<RouteSpec> routes = new ArrayList<>();
    for (int i = 0; i < ROUTES; i++) {
      String area = "/api/v1/area" + i % 40 + "/thing" + i;
      routes.add(RouteSpec.parse("GET " + area + "/{id}/parts/{part}", null));
      targets[i] = area + "/8c1f5/parts/" + i + "?expand=all";
    }
    table =
        RoutingTable.compile(
            "legacy",
            List.of(
                new FamilyRoutes(
                    "family",
                    "legacy",
                    "candidate",
                    new Sticky.Header("authorization"),
                    true,
                    routes,
                    new Phase.Canary(Weight.parse("5%")),
                    1)));
  }

  @Benchmark
  public Decision decide() {
    next = (next + 1) % ROUTES;
    Route route = Objects.requireNonNull(table.match("GET", targets[next]));
    return route.decideFor(route.hash("Bearer 0123456789abcdef"));
  }
}
