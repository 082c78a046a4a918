package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  /// A clock may begin anywhere.
  private long now = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(2);

  private final Allowance allowance = new Allowance(10, 3, () -> now);

  private int taken() {
    int taken = 0;
    while (taken < 100 && allowance.take()) {
      taken++;
    }
    return taken;
  }

  @Test
  void givesSoManyAtOnceAndThenSoManyASecond() {
    assertThat(taken()).isEqualTo(3);
    int later = 0;
    for (int i = 0; i < 100; i++) {
      now += TimeUnit.MILLISECONDS.toNanos(50);
      later += taken();
    }
    assertThat(later).as("in five seconds, across the end of the clock").isEqualTo(50);
  }

  @Test
  void savesNoMoreThanIsGivenAtOnce() {
    assertThat(taken()).isEqualTo(3);
    now += TimeUnit.HOURS.toNanos(1);
    assertThat(taken()).isEqualTo(3);
  }

  @Test
  void aClockThatStandsGivesNothing() {
    assertThat(taken()).isEqualTo(3);
    assertThat(taken()).isZero();
  }
}
