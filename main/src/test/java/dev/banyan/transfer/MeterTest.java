package dev.banyan.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MeterTest {
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
  private static final Duration TENTH = Duration.ofMillis(100);
  private final Meter meter = new Meter(Options.DEFAULT);

  private static Instant after(double seconds) {
    return START.plusMillis((long) (seconds * 1_000));
  }

  @Test
  void theRestAfterAChunkIsPartOfTheRateWhileItGoesOn() {
    meter.copied(50_000, TENTH, after(0.1));
    assertThat(meter.perSecond(false, after(5))).isEqualTo(10_000);
    assertThat(meter.perSecond(true, after(5))).isEqualTo(500_000);
  }

  @Test
  void theRateIsOfTheLastSecondsAndTheCountOfAll() {
    for (int second = 1; second <= 100; second++) {
      meter.copied(second <= 50 ? 1_000 : 3_000, TENTH, after(second));
    }
    assertThat(meter.perSecond(false, after(100))).isEqualTo(3_000);
    assertThat(meter.rows()).isEqualTo(200_000);
    assertThat(meter.began()).contains(after(0.9));
    assertThat(meter.ended()).contains(after(100));
  }

  @Test
  void nothingIsKnownBeforeTheFirstChunk() {
    assertThat(meter.perSecond(false, after(1))).isZero();
    assertThat(meter.began()).isEmpty();
  }
}
