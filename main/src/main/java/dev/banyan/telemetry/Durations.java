package dev.banyan.telemetry;

import java.util.concurrent.atomic.LongAdder;

/// Counts durations in buckets whose bounds grow by a quarter or so: ten to a power of ten, from
/// 100 microseconds to 10 seconds, so that a quantile read from them, p99.9 too, is off by an
/// eighth of itself at the most if durations lie evenly within a bucket.
///
/// Any thread may count; it takes no lock and allocates nothing.
final class Durations {
  private static final int PER_POWER = 10;
  private static final int POWERS = 5;
  private static final long[] BOUNDS = bounds();

  private final LongAdder[] buckets = new LongAdder[BOUNDS.length + 1];
  private final LongAdder nanos = new LongAdder();

  Durations() {
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new LongAdder();
    }
  }

  private static long[] bounds() {
    long[] coarse = {20_000_000_000L, 30_000_000_000L, 60_000_000_000L, 120_000_000_000L};
    int fine = PER_POWER * POWERS + 1;
    long[] bounds = new long[fine + coarse.length];
    for (int i = 0; i < fine; i++) {
      // Two digits are enough, and people read them.
      double exact = Math.pow(10, (double) i / PER_POWER);
      double power = Math.pow(10, Math.floor(Math.log10(exact) + 1e-9));
      bounds[i] = Math.round(exact / power * 10) * Math.round(power * 10_000);
    }
    System.arraycopy(coarse, 0, bounds, fine, coarse.length);
    return bounds;
  }

  /// The buckets' upper bounds in seconds, the last one without an end.
  static double[] boundsInSeconds() {
    double[] seconds = new double[BOUNDS.length + 1];
    for (int i = 0; i < BOUNDS.length; i++) {
      seconds[i] = BOUNDS[i] / 1e9;
    }
    seconds[BOUNDS.length] = Double.POSITIVE_INFINITY;
    return seconds;
  }

  void record(long took) {
    int low = 0;
    int high = BOUNDS.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (took <= BOUNDS[middle]) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    buckets[low].increment();
    nanos.add(took);
  }

  long[] counts() {
    long[] counts = new long[buckets.length];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = buckets[i].sum();
    }
    return counts;
  }

  double sumInSeconds() {
    return nanos.sum() / 1e9;
  }
}
