package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Figures;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/// Everything that a run has found out so far. Used by one thread.
final class Results {
  /// By case, then by contestant.
  final Map<String, Outcome> cases = new LinkedHashMap<>();

  /// By contestant.
  final Map<String, List<Start>> starts = new LinkedHashMap<>();

  /// Milliseconds of Banyan's first start, on a folder without data.
  double firstStart = Double.NaN;

  /// What was not measured, and why.
  final Map<String, String> skipped = new LinkedHashMap<>();

  /// What Banyan compared in the measured rounds; null before.
  Banyan.@Nullable Compared compared;

  /// One start.
  ///
  /// @param millis from the start of the process to its first proxied answer
  /// @param cpuMillis that it used until then
  record Start(double millis, double cpuMillis) {}

  /// One case.
  record Outcome(Case what, Map<String, Measured> contestants) {
    @Nullable Measured of(String contestant) {
      return contestants.get(contestant);
    }
  }

  /// A figure that the project has set itself a limit for.
  record Target(String key, double limit) {}

  static final List<Target> TARGETS =
      List.of(
          new Target("keepalive300.cpu_ratio_nginx", 1.0),
          new Target("shadow300.cpu_ratio_nginx_mirror", 0.7),
          new Target(Bench.RATE + ".p99_ratio_nginx", 1.1),
          new Target("churn.cpu_ratio_nginx", 1.5),
          new Target("start_ms", 1_000),
          new Target("rss_mb", 200));

  /// The figures by their keys, such as `keepalive300.cpu_ratio_nginx`; what was not measured is
  /// missing.
  Map<String, Double> headlines() {
    Map<String, Double> figures = new LinkedHashMap<>();
    cases.forEach((name, outcome) -> {
      Measured banyan = outcome.of("banyan");
      outcome
          .contestants()
          .forEach((rival, measured) -> {
            if (banyan != null && !rival.equals("banyan")) {
              String other = outcome.what().shadow() ? rival + "_mirror" : rival;
              put(figures, name + ".cpu_ratio_" + other, banyan.ratio(measured, Sample::cpuMicros));
              put(figures, name + ".p99_ratio_" + other, banyan.ratio(measured, Results::p99));
            }
          });
    });
    Banyan.Compared seen = compared;
    if (seen != null) {
      put(
          figures,
          Case.SHADOW_300.name() + ".compared_share",
          (double) seen.compared() / seen.sampled());
    }
    List<Start> own = starts.get("banyan");
    if (own != null) {
      put(figures, "start_ms", median(own, Start::millis));
      put(figures, "start_cpu_ms", median(own, Start::cpuMillis));
      put(figures, "start_first_ms", firstStart);
    }
    Outcome keepAlive = cases.get(Case.KEEPALIVE_300.name());
    Measured banyan = keepAlive == null ? null : keepAlive.of("banyan");
    if (banyan != null) {
      put(figures, "rss_mb", banyan.residentBytes() / 1e6);
    }
    return figures;
  }

  static <T> double median(List<T> all, ToDoubleFunction<? super T> figure) {
    return Figures.median(all.stream().mapToDouble(figure).toArray());
  }

  private static double p99(Sample sample) {
    return sample.load().p99().toNanos();
  }

  private static void put(Map<String, Double> figures, String key, double figure) {
    if (Double.isFinite(figure)) {
      figures.put(key, Math.round(figure * 1_000) / 1_000.0);
    }
  }
}
