package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Figures;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// What faulty candidates cost, as a table for people and as JSON.
record FaultReport(Map<String, Object> conditions, FaultRun.Figures figures) {
  /// The p99 of clients, with the faulty candidate by that with one that is well.
  private static final double TARGET = 1.05;

  private static final String ROW = "%-17s %7s %10s %10s %12s %9s %9s %8s  %s%n";

  void print(PrintStream out) {
    out.println();
    conditions.forEach((key, value) -> out.println("  " + key + ": " + value));
    out.println("  rate: " + FaultRun.RATE + " requests/s, all of them shadowed");
    out.println();
    out.printf(
        ROW, "", "errors", "p99 A", "p99 B", "B by A", "CPU A", "CPU B", "RSS B", "samples of B");
    row(out, "shadow", 0, figures.alone(), "", "");
    figures
        .outcomes()
        .forEach((fault, outcome) ->
            row(
                out,
                fault.key(),
                outcome.errors(),
                outcome.rounds(),
                "%.0f MB".formatted(outcome.residentBytes() / 1e6),
                samples(outcome.shadow())));
    out.println();
    out.println("shadow: A without a shadow, B with one and a candidate that is well");
    out.println("all others: A with a candidate that is well, B with this one");
    out.println("B by A: median over the rounds; target: at most " + TARGET + " with a fault");
  }

  private static void row(
      PrintStream out,
      String name,
      long errors,
      List<FaultRun.Round> rounds,
      String resident,
      String samples) {
    double ratio = Results.median(rounds, FaultRun.Round::ratio);
    boolean aimed = !name.equals("shadow") && !name.equals(Fault.NONE.key());
    out.printf(
        ROW,
        name,
        errors,
        "%.2f ms".formatted(median(rounds, round -> FaultRun.p99Millis(round.healthy()))),
        "%.2f ms".formatted(median(rounds, round -> FaultRun.p99Millis(round.faulty()))),
        "%.2f%s".formatted(ratio, aimed && ratio > TARGET ? " MISSES" : ""),
        "%.0f µs".formatted(median(rounds, round -> round.healthy().cpuMicros())),
        "%.0f µs".formatted(median(rounds, round -> round.faulty().cpuMicros())),
        resident,
        samples);
  }

  private static double median(
      List<FaultRun.Round> rounds, ToDoubleFunction<FaultRun.Round> figure) {
    return Results.median(rounds, figure);
  }

  private static String samples(ShadowFigures figures) {
    return "%d = %d sent + %s%s%s"
        .formatted(
            figures.sampled(),
            figures.sent(),
            figures.dropped(),
            figures.addsUp() ? "" : " DOES NOT ADD UP, " + figures.inFlight() + " in flight",
            figures.shed() > 0 ? ", " + figures.shed() + " shed" : "");
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    figures
        .outcomes()
        .forEach((fault, outcome) -> {
          Map<String, Object> one = pairs(outcome.rounds(), "healthy", "faulty");
          one.put("client_errors", outcome.errors());
          one.put("rss_mb", Figures.round(outcome.residentBytes() / 1e6));
          one.put("rss_mb_healthy", Figures.round(outcome.residentBytesHealthy() / 1e6));
          one.put("shadow", outcome.shadow());
          one.put("adds_up", outcome.shadow().addsUp());
          json.put(fault.key(), one);
        });
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("faults", json);
    all.put("shadow", pairs(figures.alone(), "without", "with"));
    all.put("target_p99_ratio", TARGET);
    all.put("rate", FaultRun.RATE);
    all.put("conditions", conditions);
    return all;
  }

  private static Map<String, Object> pairs(
      List<FaultRun.Round> rounds, String first, String second) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    pairs.put("p99_ratio", Figures.round(Results.median(rounds, FaultRun.Round::ratio)));
    put(pairs, rounds, first, FaultRun.Round::healthy);
    put(pairs, rounds, second, FaultRun.Round::faulty);
    List<Double> ratios = rounds.stream().map(round -> Figures.round(round.ratio())).toList();
    pairs.put("p99_ratio_by_round", ratios);
    return pairs;
  }

  private static void put(
      Map<String, Object> pairs,
      List<FaultRun.Round> rounds,
      String which,
      Function<FaultRun.Round, Sample> half) {
    double p99 = median(rounds, round -> FaultRun.p99Millis(half.apply(round)));
    double cpu = median(rounds, round -> half.apply(round).cpuMicros());
    pairs.put("p99_ms_" + which, Figures.round(p99));
    pairs.put("cpu_us_" + which, Figures.round(cpu));
  }
}
