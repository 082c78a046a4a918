package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  private static Latencies of(long... micros) {
    Histogram histogram = Latencies.empty();
    for (long each : micros) {
      histogram.recordValue(each);
    }
    return Latencies.ofMicros(histogram);
  }

  @Test
  void hasNoQuantileWithoutAnswers() {
    assertThat(Latencies.NONE.quantile(0.99)).isEqualTo(Duration.ZERO);
    assertThat(Latencies.NONE.slowerThan(Duration.ZERO)).isZero();
  }

  @Test
  void countsWhatIsSlower() {
    Latencies latencies = of(100, 200, 300, 400_000);
    assertThat(latencies.slowerThan(Duration.ofMillis(1))).isEqualTo(1);
    assertThat(latencies.slowerThan(Duration.ofDays(1))).isZero();
    assertThat(latencies.quantile(0.5)).isEqualTo(Duration.ofNanos(200_000));
  }

  @Test
  void isASnapshotThatAddsUp() {
    Histogram live = Latencies.empty();
    live.recordValue(10);
    Latencies before = Latencies.ofMicros(live);
    live.recordValue(20);
    assertThat(before.count()).isEqualTo(1);
    assertThat(before.plus(Latencies.ofMicros(live)).count()).isEqualTo(3);
    assertThat(before.count()).isEqualTo(1);
  }

  /// What is kept of a histogram answers as the histogram itself would.
  @Test
  void losesNothingOfAHistogram() {
    ForAll.cases(
        50,
        random -> {
          Histogram histogram = Latencies.empty();
          for (int i = 0; i < 500; i++) {
            histogram.recordValue((long) Math.pow(10, 9 * random.nextDouble()));
          }
          Latencies kept = Latencies.ofMicros(histogram);
          for (double quantile : new double[] {0, 0.5, 0.9, 0.99, 0.999, 1}) {
            long micros = histogram.getValueAtPercentile(quantile * 100);
            assertThat(kept.quantile(quantile)).isEqualTo(Duration.ofNanos(micros * 1_000));
          }
          long limit = (long) Math.pow(10, 9 * random.nextDouble());
          assertThat(kept.slowerThan(Duration.ofNanos(limit * 1_000)))
              .isEqualTo(500 - histogram.getCountBetweenValues(0, limit));
          Histogram twice = histogram.copy();
          twice.add(histogram);
          assertThat(kept.plus(kept)).isEqualTo(Latencies.ofMicros(twice));
          assertThat(Latencies.of(kept.micros(), kept.counts())).isEqualTo(kept);
        });
  }
}
