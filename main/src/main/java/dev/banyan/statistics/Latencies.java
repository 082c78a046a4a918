package dev.banyan.statistics;

import java.time.Duration;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/// How long a number of answers took, kept to three significant digits up to an hour. Immutable,
/// and as large as the number of different times in it: ten a second are made for each family.
public final class Latencies {
  private static final long LONGEST_MICROS = Duration.ofHours(1).toNanos() / 1_000;

  /// Bits of a time that are kept: HdrHistogram's choice for three digits.
  private static final int KEPT = 11;

  public static final Latencies NONE = new Latencies(new long[0], new long[0]);

  /// The longest time of each occupied bucket, ascending.
  private final long[] micros;

  private final long[] counts;
  private final long total;

  private Latencies(long[] micros, long[] counts) {
    this.micros = micros;
    this.counts = counts;
    this.total = Arrays.stream(counts).sum();
  }

  /// Takes a copy of a histogram of microseconds.
  public static Latencies ofMicros(Histogram histogram) {
    long[] micros = new long[16];
    long[] counts = new long[16];
    int length = 0;
    for (HistogramIterationValue value : histogram.recordedValues()) {
      if (length == micros.length) {
        micros = Arrays.copyOf(micros, length * 2);
        counts = Arrays.copyOf(counts, length * 2);
      }
      micros[length] = bucket(value.getValueIteratedTo());
      counts[length++] = value.getCountAddedInThisIterationStep();
    }
    return of(Arrays.copyOf(micros, length), Arrays.copyOf(counts, length));
  }

  /// So many answers of each time.
  ///
  /// @param micros ascending, each once
  public static Latencies of(long[] micros, long[] counts) {
    if (micros.length != counts.length) {
      throw new IllegalArgumentException(micros.length + " times and " + counts.length + " counts");
    }
    long[] times = new long[micros.length];
    long[] sums = new long[micros.length];
    int length = 0;
    long before = -1;
    for (int i = 0; i < micros.length; i++) {
      if (micros[i] <= before || counts[i] < 0) {
        throw new IllegalArgumentException("times ascend and counts are 0 or more");
      }
      before = micros[i];
      long bucket = bucket(Math.min(micros[i], LONGEST_MICROS));
      if (length > 0 && times[length - 1] == bucket) {
        sums[length - 1] += counts[i];
      } else if (counts[i] > 0) {
        times[length] = bucket;
        sums[length++] = counts[i];
      }
    }
    return length == 0
        ? NONE
        : new Latencies(Arrays.copyOf(times, length), Arrays.copyOf(sums, length));
  }

  /// The longest time that is not told apart from this one.
  private static long bucket(long time) {
    int dropped = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(time) - KEPT);
    return time | ((1L << dropped) - 1);
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
    return total;
  }

  /// The different times, ascending, in microseconds; to be read with [#counts].
  public long[] micros() {
    return micros.clone();
  }

  public long[] counts() {
    return counts.clone();
  }

  /// The time within which a share of the answers came, zero while there is none.
  ///
  /// @param quantile from 0 to 1, such as 0.99
  public Duration quantile(double quantile) {
    // A hair less, so that 99 % of 100 are 99 and not 100 for a rounding's sake.
    long wanted = Math.max(1, (long) Math.ceil(Math.nextDown(quantile) * total));
    long seen = 0;
    for (int i = 0; i < micros.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return Duration.ofNanos(micros[i] * 1_000);
      }
    }
    return Duration.ZERO;
  }

  /// How many answers took longer than that.
  public long slowerThan(Duration threshold) {
    long limit = bucket(Math.clamp(threshold.toNanos() / 1_000, 0, LONGEST_MICROS));
    int at = Arrays.binarySearch(micros, limit);
    long slower = 0;
    for (int i = at < 0 ? -at - 1 : at + 1; i < counts.length; i++) {
      slower += counts[i];
    }
    return slower;
  }

  public Latencies plus(Latencies other) {
    if (other.micros.length == 0) {
      return this;
    }
    if (micros.length == 0) {
      return other;
    }
    long[] times = new long[micros.length + other.micros.length];
    long[] sums = new long[times.length];
    int length = 0;
    int mine = 0;
    int theirs = 0;
    while (mine < micros.length || theirs < other.micros.length) {
      long left = mine < micros.length ? micros[mine] : Long.MAX_VALUE;
      long right = theirs < other.micros.length ? other.micros[theirs] : Long.MAX_VALUE;
      times[length] = Math.min(left, right);
      sums[length++] =
          (left <= right ? counts[mine++] : 0) + (right <= left ? other.counts[theirs++] : 0);
    }
    return new Latencies(Arrays.copyOf(times, length), Arrays.copyOf(sums, length));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Latencies that
        && Arrays.equals(micros, that.micros)
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(micros) + Arrays.hashCode(counts);
  }

  @Override
  public String toString() {
    return total + " answers, p50 " + quantile(0.5) + ", p99 " + quantile(0.99);
  }
}
