package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Figures;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The results as a table for people and as JSON.
record Report(Map<String, Object> conditions, Results results) {
  private static final String ROW = "%-14s %-10s %12s %11s %9s %9s %9s %8s %7s%n";

  void print(PrintStream out) {
    out.println();
    conditions.forEach((key, value) -> out.println("  " + key + ": " + value));
    out.println();
    out.printf(
        ROW, "case", "proxy", "CPU/request", "requests/s", "p50", "p99", "p99.9", "RSS", "errors");
    results.cases.forEach((name, outcome) -> {
      outcome
          .contestants()
          .forEach((proxy, measured) ->
              out.printf(
                  ROW,
                  name,
                  proxy,
                  "%.1f µs".formatted(measured.median(Sample::cpuMicros)),
                  "%.0f".formatted(measured.median(sample -> sample.load().perSecond())),
                  millis(measured, 50),
                  millis(measured, 99),
                  millis(measured, 99.9),
                  "%.0f MB".formatted(measured.residentBytes() / 1e6),
                  measured.errors()));
      out.println();
    });
    results.starts.forEach((proxy, all) ->
        out.printf(
            "start %-10s %.0f ms, %.0f ms of CPU%n",
            proxy,
            Results.median(all, Results.Start::millis),
            Results.median(all, Results.Start::cpuMillis)));
    Banyan.Compared compared = results.compared;
    if (compared != null) {
      out.println("compared while shadowing: " + compared);
    }
    out.println();
    Map<String, Double> headlines = results.headlines();
    headlines.forEach((key, figure) -> out.println(key + " = " + figure + verdict(key, figure)));
    results.skipped.forEach((what, why) -> out.println("skipped: " + what + ": " + why));
  }

  private static String millis(Measured measured, double percentile) {
    return "%.2f ms".formatted(measured.median(sample -> latency(sample, percentile)));
  }

  private static double latency(Sample sample, double percentile) {
    Load load = sample.load();
    Duration latency = percentile == 50 ? load.p50() : percentile == 99 ? load.p99() : load.p999();
    return latency.toNanos() / 1e6;
  }

  private static String verdict(String key, double figure) {
    for (Results.Target target : Results.TARGETS) {
      if (target.key().equals(key)) {
        return (figure <= target.limit() ? "   within " : "   MISSES ") + target.limit();
      }
    }
    return "";
  }

  /// The figures that targets are set for stand on top under their dotted keys, then every case
  /// with all it has.
  Map<String, Object> json() {
    Map<String, Double> headlines = results.headlines();
    Map<String, Object> json = new LinkedHashMap<>(headlines);
    results.cases.forEach((name, outcome) -> {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("says", outcome.what().says());
      String prefix = name + ".";
      headlines.forEach((key, figure) -> {
        if (key.startsWith(prefix)) {
          one.put(key.substring(prefix.length()), figure);
        }
      });
      outcome.contestants().forEach((proxy, measured) -> one.put(proxy, figures(measured)));
      json.put(name, one);
    });
    json.put("starts", results.starts);
    Banyan.Compared compared = results.compared;
    if (compared != null) {
      json.put("compared", compared);
    }
    json.put(
        "targets",
        Results.TARGETS.stream()
            .filter(target -> headlines.containsKey(target.key()))
            .collect(
                Collectors.toMap(
                    Results.Target::key,
                    Results.Target::limit,
                    (one, other) -> one,
                    LinkedHashMap::new)));
    json.put("skipped", results.skipped);
    json.put("conditions", conditions);
    return json;
  }

  private static Map<String, Object> figures(Measured measured) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("cpu_micros", Figures.round(measured.median(Sample::cpuMicros)));
    figures.put("per_second", Figures.round(measured.median(sample -> sample.load().perSecond())));
    figures.put("p50_ms", Figures.round(measured.median(sample -> latency(sample, 50))));
    figures.put("p99_ms", Figures.round(measured.median(sample -> latency(sample, 99))));
    figures.put("p999_ms", Figures.round(measured.median(sample -> latency(sample, 99.9))));
    figures.put("rss_mb", Figures.round(measured.residentBytes() / 1e6));
    figures.put("served", measured.served());
    figures.put("errors", measured.errors());
    List<Double> rounds =
        measured.samples().stream().map(sample -> Figures.round(sample.cpuMicros())).toList();
    figures.put("cpu_micros_by_round", rounds);
    return figures;
  }
}
