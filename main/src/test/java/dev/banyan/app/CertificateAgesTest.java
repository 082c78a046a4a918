package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CertificateAgesTest {
  private static final Instant MADE = Instant.parse("2026-03-01T12:00:00Z");

  private final AtomicLong nanos = new AtomicLong(7);
  private final CertificateAges ages = new CertificateAges(nanos::get);

  private Duration after(Duration time, Instant wall) {
    nanos.addAndGet(time.toNanos());
    return ages.of("orders", MADE, wall);
  }

  @Test
  void aWallClockThatIsSetMakesNoCertificateYoungerOrOlder() {
    Duration ten = Duration.ofMinutes(10);
    assertThat(after(Duration.ZERO, MADE.plus(ten))).isEqualTo(ten);
    assertThat(after(ten, MADE.plus(ten).plus(ten))).isEqualTo(ten.multipliedBy(2));

    assertThat(after(ten, MADE.minus(Duration.ofHours(1)))).isEqualTo(ten.multipliedBy(3));
    assertThat(after(ten, MADE.plus(Duration.ofHours(2)))).isEqualTo(ten.multipliedBy(4));
  }

  @Test
  void anotherCertificateHasAnAgeOfItsOwn() {
    after(Duration.ZERO, MADE.plusSeconds(60));
    nanos.addAndGet(Duration.ofHours(1).toNanos());

    Instant later = MADE.plusSeconds(3_600);
    assertThat(ages.of("orders", later, later.plusSeconds(5))).isEqualTo(Duration.ofSeconds(5));
    assertThat(ages.of("users", MADE, later)).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void whatWasMadeInTheFutureWasMadeJustNow() {
    assertThat(after(Duration.ZERO, MADE.minusSeconds(60))).isZero();
    assertThat(after(Duration.ofSeconds(9), MADE)).isEqualTo(Duration.ofSeconds(9));
  }
}
