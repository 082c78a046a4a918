package dev.banyan.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DurationsTest {
  private static final double[] BOUNDS = Durations.boundsInSeconds();

  @Test
  void boundsGoFromATenthOfAMillisecondToTwoMinutesAndOn() {
    assertThat(BOUNDS).isSorted().startsWith(0.0001, 0.00013, 0.00016, 0.0002, 0.00025);
    assertThat(BOUNDS).contains(0.001, 0.01, 0.1, 1, 10);
    assertThat(BOUNDS).endsWith(60, 120, Double.POSITIVE_INFINITY);
    for (int i = 1; BOUNDS[i] <= 10; i++) {
      assertThat(BOUNDS[i] / BOUNDS[i - 1]).as("bound %s", BOUNDS[i]).isLessThan(1.31);
    }
  }

  @Test
  void aDurationIsCountedInTheFirstBucketThatHoldsIt() {
    Durations durations = new Durations();
    durations.record(0);
    durations.record(100_000);
    durations.record(100_001);
    durations.record(10_000_000_000L);
    durations.record(1_000_000_000_000L);

    long[] counts = durations.counts();
    assertThat(counts[0]).isEqualTo(2);
    assertThat(counts[1]).isEqualTo(1);
    assertThat(counts[Arrays.binarySearch(BOUNDS, 10)]).isEqualTo(1);
    assertThat(counts[counts.length - 1]).isEqualTo(1);
    assertThat(Arrays.stream(counts).sum()).isEqualTo(5);
    assertThat(durations.sumInSeconds()).isEqualTo(1010.000200001, within(1e-9));
  }

  @Test
  void theOneInAThousandThatIsSlowIsSeenInTheBuckets() {
    Durations durations = new Durations();
    for (int i = 0; i < 10_000; i++) {
      durations.record(i % 1_000 < 998 ? 3_000_000 : 450_000_000);
    }

    // The smallest bound that 99.9 % are within.
    long[] counts = durations.counts();
    long seen = 0;
    int at = -1;
    while (seen < 9_990) {
      seen += counts[++at];
    }
    assertThat(BOUNDS[at]).isEqualTo(0.5);
    assertThat(BOUNDS[at - 1]).isEqualTo(0.4);
  }
}
