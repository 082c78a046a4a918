package dev.banyan.statistics;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/// How long a number of answers took, kept to three significant digits up to an hour. Immutable.
public final class Latencies {
  private static final long LONGEST_MICROS = Duration.ofHours(1).toNanos() / 1_000;
  public static final Latencies NONE = new Latencies(empty());

  private final Histogram micros;

  private Latencies(Histogram micros) {
    this.micros = micros;
  }

  /// Takes a copy of a histogram of microseconds.
  public static Latencies ofMicros(Histogram micros) {
    return new Latencies(micros.copy());
  }

  /// A histogram of microseconds of the shape used here, to record into.
  public static Histogram empty() {
    return new Histogram(LONGEST_MICROS, 3);
  }

  /// The longest time that can be told from a longer one, in microseconds.
  public static long longestMicros() {
    return LONGEST_MICROS;
  }

  public long count() {
    return micros.getTotalCount();
  }

  /// The time within which a share of the answers came, zero while there is none.
  ///
  /// @param quantile from 0 to 1, such as 0.99
  public Duration quantile(double quantile) {
    return micros.getTotalCount() == 0
        ? Duration.ZERO
        : Duration.ofNanos(micros.getValueAtPercentile(quantile * 100) * 1_000);
  }

  /// How many answers took longer than that.
  public long slowerThan(Duration threshold) {
    long limit = Math.min(threshold.toNanos() / 1_000, LONGEST_MICROS);
    return micros.getTotalCount() - micros.getCountBetweenValues(0, limit);
  }

  public Latencies plus(Latencies other) {
    Histogram sum = micros.copy();
    sum.add(other.micros);
    return new Latencies(sum);
  }
}
