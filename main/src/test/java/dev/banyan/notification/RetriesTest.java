package dev.banyan.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");

  @Test
  void spreadsWhatFailedTogether() {
    assertThat(Retries.wait(1, Optional.empty(), 0)).isEqualTo(Duration.ofMillis(2_400));
    assertThat(Retries.wait(1, Optional.empty(), 1)).isEqualTo(Duration.ofMillis(3_600));
    assertThat(Retries.wait(7, Optional.empty(), 1)).isLessThan(Duration.ofMinutes(44));
  }

  @Test
  void readsSecondsAndDates() {
    assertThat(Retries.asked(" 12 ", NOW)).contains(Duration.ofSeconds(12));
    assertThat(Retries.asked("Wed, 06 May 2026 07:08:10 GMT", NOW)).contains(Duration.ofSeconds(1));
    assertThat(Retries.asked("Wed, 06 May 2026 07:00:00 GMT", NOW)).isEmpty();
    assertThat(Retries.asked("-1", NOW)).isEmpty();
    assertThat(Retries.asked("99999999999999", NOW)).isEmpty();
  }
}
