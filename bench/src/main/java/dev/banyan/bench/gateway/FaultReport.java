package dev.banyan.bench.gateway;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// What faulty candidates cost, as a table for people and as JSON.
record FaultReport(Map<String, Object> conditions, Map<Fault, FaultRun.Outcome> outcomes) {
  /// The p99 of clients, with the faulty candidate by that with one that is well.
  private static final double TARGET = 1.05;

  private static final String ROW = "%-17s %7s %12s %12s %12s %10s  %s%n";

  void print(PrintStream out) {
    out.println();
    conditions.forEach((key, value) -> out.println("  " + key + ": " + value));
    out.println("  rate: " + FaultRun.RATE + " requests/s, all of them shadowed");
    out.println();
    out.printf(ROW, "candidate", "errors", "p99 well", "p99 faulty", "ratio", "RSS", "samples");
    outcomes.forEach((fault, outcome) ->
        out.printf(
            ROW,
            fault.key(),
            outcome.errors(),
            "%.2f ms".formatted(p99(outcome, FaultRun.Round::healthy)),
            "%.2f ms".formatted(p99(outcome, FaultRun.Round::faulty)),
            "%.2f%s".formatted(outcome.ratio(), outcome.ratio() <= TARGET ? "" : " MISSES"),
            "%.0f MB".formatted(outcome.residentBytes() / 1e6),
            samples(outcome.shadow())));
    out.println();
    out.println("ratio: median over the rounds; target: at most " + TARGET);
  }

  private interface Part {
    Load of(FaultRun.Round round);
  }

  private static double p99(FaultRun.Outcome outcome, Part part) {
    ToDoubleFunction<FaultRun.Round> p99 = round -> FaultRun.millis(part.of(round).p99());
    return Results.median(outcome.rounds(), p99);
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
    outcomes.forEach((fault, outcome) -> {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("client_errors", outcome.errors());
      one.put("p99_ratio", Report.round(outcome.ratio()));
      one.put("p99_ms_healthy", Report.round(p99(outcome, FaultRun.Round::healthy)));
      one.put("p99_ms_faulty", Report.round(p99(outcome, FaultRun.Round::faulty)));
      List<Double> ratios =
          outcome.rounds().stream().map(round -> Report.round(round.ratio())).toList();
      one.put("p99_ratio_by_round", ratios);
      one.put("rss_mb", Report.round(outcome.residentBytes() / 1e6));
      one.put("rss_mb_healthy", Report.round(outcome.residentBytesHealthy() / 1e6));
      one.put("shadow", outcome.shadow());
      one.put("adds_up", outcome.shadow().addsUp());
      json.put(fault.key(), one);
    });
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("faults", json);
    all.put("target_p99_ratio", TARGET);
    all.put("rate", FaultRun.RATE);
    all.put("conditions", conditions);
    return all;
  }
}
