package dev.banyan.telemetry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What one scrape has read so far. For one thread.
public final class Sheet {
  private record Point(Labels labels, double value, ClassicHistogramBuckets buckets) {}

  private static final double[] BOUNDS = Durations.boundsInSeconds();

  private final Map<Metric, List<Point>> points = new EnumMap<>(Metric.class);

  Sheet() {}

  /// Notes one number.
  ///
  /// @param labels a value for each of the metric's labels, in order
  public void add(Metric metric, double value, String... labels) {
    note(metric, new Point(labels(metric, labels), value, ClassicHistogramBuckets.EMPTY));
  }

  /// Notes one count, which a `double` keeps exactly up to 2^53.
  public void add(Metric metric, long count, String... labels) {
    add(metric, (double) count, labels);
  }

  void add(Metric metric, Durations durations, String... labels) {
    note(
        metric,
        new Point(
            labels(metric, labels),
            durations.sumInSeconds(),
            ClassicHistogramBuckets.of(BOUNDS, durations.counts())));
  }

  private static Labels labels(Metric metric, String... values) {
    return Labels.of(metric.labels(), List.of(values));
  }

  private void note(Metric metric, Point point) {
    points.computeIfAbsent(metric, _ -> new ArrayList<>()).add(point);
  }

  MetricSnapshots snapshots() {
    List<MetricSnapshot> all = new ArrayList<>();
    points.forEach((metric, noted) -> all.add(snapshot(metric, noted)));
    return new MetricSnapshots(all);
  }

  private static MetricSnapshot snapshot(Metric metric, List<Point> noted) {
    return switch (metric.type()) {
      case COUNTER -> counter(metric, noted);
      case GAUGE -> gauge(metric, noted);
      case HISTOGRAM -> histogram(metric, noted);
    };
  }

  private static MetricSnapshot counter(Metric metric, List<Point> noted) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name(metric.title().substring(0, metric.title().length() - "_total".length()))
            .help(metric.help());
    for (Point point : noted) {
      counter.dataPoint(
          CounterDataPointSnapshot.builder().labels(point.labels()).value(point.value()).build());
    }
    return counter.build();
  }

  private static MetricSnapshot gauge(Metric metric, List<Point> noted) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(metric.title()).help(metric.help());
    for (Point point : noted) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder().labels(point.labels()).value(point.value()).build());
    }
    return gauge.build();
  }

  private static MetricSnapshot histogram(Metric metric, List<Point> noted) {
    HistogramSnapshot.Builder histogram =
        HistogramSnapshot.builder().name(metric.title()).help(metric.help());
    for (Point point : noted) {
      histogram.dataPoint(
          HistogramDataPointSnapshot.builder()
              .labels(point.labels())
              .sum(point.value())
              .classicHistogramBuckets(point.buckets())
              .build());
    }
    return histogram.build();
  }
}
