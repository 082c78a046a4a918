package dev.banyan.bench.transfer;

import dev.banyan.bench.machine.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// Everything that a run has found out so far. Used by one thread.
final class Results {
  /// By case or rival, one for each round.
  final Map<String, List<Sample>> samples = new LinkedHashMap<>();

  /// What share of its transactions the source lost, by what was going on; one for each round.
  final Map<String, List<Double>> lost = new LinkedHashMap<>();

  /// What was not measured, and why.
  final Map<String, String> skipped = new LinkedHashMap<>();

  /// A figure that the project has set itself: it must not be under the floor, and should reach the
  /// goal.
  record Target(String key, double floor, double goal) {}

  static final List<Target> TARGETS =
      List.of(
          new Target("backfill.ratio_copy", 0.5, 0.8),
          new Target("backfill_mapped.ratio_copy", 0.3, 0.5),
          new Target("pg_to_mariadb.rows_per_s", 60_000, 100_000),
          new Target("reconcile_pg_pg.pairs_per_s", 400_000, 800_000),
          new Target("apply.rows_per_s", 20_000, 50_000));

  void add(String what, Sample sample) {
    samples.computeIfAbsent(what, _ -> new ArrayList<>()).add(sample);
  }

  void lost(String during, double share) {
    lost.computeIfAbsent(during, _ -> new ArrayList<>()).add(share);
  }

  double median(String what, ToDoubleFunction<Sample> figure) {
    return Figures.median(
        samples.getOrDefault(what, List.of()).stream().mapToDouble(figure).toArray());
  }

  /// Rows a second against a rival in the same round, the median over the rounds.
  private double ratio(String what, String rival) {
    List<Sample> own = samples.getOrDefault(what, List.of());
    List<Sample> other = samples.getOrDefault(rival, List.of());
    double[] ratios = new double[Math.min(own.size(), other.size())];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = own.get(i).perSecond() / other.get(i).perSecond();
    }
    return Figures.median(ratios);
  }

  /// The figures by their keys; what was not measured is missing.
  Map<String, Double> headlines() {
    Map<String, Double> figures = new LinkedHashMap<>();
    put(figures, "backfill.ratio_copy", ratio(Bench.BACKFILL, Rival.COPY));
    put(figures, "backfill_mapped.ratio_copy", ratio(Bench.MAPPED, Rival.COPY));
    put(figures, "pg_to_mariadb.rows_per_s", median(Bench.MARIADB, Sample::perSecond));
    put(figures, "reconcile_pg_pg.pairs_per_s", median(Bench.RECONCILE, Sample::perSecond));
    put(figures, "reconcile_pushed.pairs_per_s", median(Bench.RECONCILE_PUSHED, Sample::perSecond));
    put(figures, "apply.rows_per_s", median(Bench.APPLY, Sample::perSecond));
    for (String each : Bench.CASES) {
      put(figures, each + ".cpu_s_per_million", median(each, Sample::moverPerMillion));
    }
    lost.forEach((during, shares) ->
        put(
            figures,
            "slowdown." + during,
            Figures.median(shares.stream().mapToDouble(share -> share).toArray())));
    return figures;
  }

  private static void put(Map<String, Double> figures, String key, double figure) {
    if (Double.isFinite(figure)) {
      figures.put(key, Figures.round(figure));
    }
  }
}
