package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.Figures;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The results as a table for people and as JSON.
record Report(Map<String, Object> conditions, Results results) {
  void print(PrintStream out) {
    out.println();
    conditions.forEach((key, value) -> out.println("  " + key + ": " + value));
    out.println();
    out.printf("%-24s %12s %18s %18s%n", "", "rows/s", "mover CPU s/M", "servers CPU s/M");
    for (String what : results.samples.keySet()) {
      out.printf(
          "%-24s %,12.0f %18.2f %18.2f%n",
          what,
          results.median(what, Sample::perSecond),
          results.median(what, Sample::moverPerMillion),
          results.median(what, Sample::serverPerMillion));
    }
    out.println();
    results
        .headlines()
        .forEach((key, figure) -> out.println(key + " = " + figure + verdict(key, figure)));
    results.skipped.forEach((what, why) -> out.println("skipped: " + what + ": " + why));
  }

  private static String verdict(String key, double figure) {
    for (Results.Target target : Results.TARGETS) {
      if (target.key().equals(key)) {
        return figure >= target.goal()
            ? "   reaches its goal of " + target.goal()
            : (figure >= target.floor() ? "   over its floor of " : "   MISSES its floor of ")
                + target.floor()
                + ", goal "
                + target.goal();
      }
    }
    return "";
  }

  /// The figures under their dotted keys, then everything that was measured.
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>(results.headlines());
    Map<String, Object> cases = new LinkedHashMap<>();
    results.samples.forEach((what, samples) -> cases.put(what, figures(what, samples)));
    json.put("cases", cases);
    Map<String, Object> targets = new LinkedHashMap<>();
    Results.TARGETS.forEach(
        each -> targets.put(each.key(), Map.of("floor", each.floor(), "goal", each.goal())));
    json.put("targets", targets);
    json.put("skipped", results.skipped);
    json.put("conditions", conditions);
    return json;
  }

  private Map<String, Object> figures(String what, List<Sample> samples) {
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("rows", samples.getFirst().rows());
    figures.put("rows_per_s", Figures.round(results.median(what, Sample::perSecond)));
    figures.put("seconds", Figures.round(results.median(what, Sample::seconds)));
    figures.put("cpu_s_per_million", Figures.round(results.median(what, Sample::moverPerMillion)));
    figures.put(
        "server_cpu_s_per_million", Figures.round(results.median(what, Sample::serverPerMillion)));
    figures.put(
        "rows_per_s_by_round",
        samples.stream().map(each -> Figures.round(each.perSecond())).toList());
    return figures;
  }
}
