package dev.banyan.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void neverRoundsTowardsTheBetter() {
    assertThat(Words.shareRoundedDown(0.99999)).isEqualTo("99.99%");
    assertThat(Words.shareRoundedDown(1)).isEqualTo("100%");
    assertThat(Words.shareRoundedDown(0.9991)).isEqualTo("99.91%");
    assertThat(Words.shareRoundedUp(0.00001)).isEqualTo("0.01%");
    assertThat(Words.shareRoundedUp(0)).isEqualTo("0%");
  }

  @Test
  void writesTimesInTheUnitThatReadsBest() {
    assertThat(Words.time(Duration.ofNanos(1_240_000))).isEqualTo("1.2 ms");
    assertThat(Words.time(Duration.ofMillis(41))).isEqualTo("41 ms");
    assertThat(Words.time(Duration.ofMillis(12_340))).isEqualTo("12.3 s");
    assertThat(Words.moment(Instant.parse("2026-03-01T08:00:03.5Z")))
        .isEqualTo("2026-03-01 08:00:03 UTC");
  }
}
