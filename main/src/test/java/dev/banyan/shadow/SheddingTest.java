package dev.banyan.shadow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SheddingTest {
  private static final long BOUND = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long CALM = Shedding.CALM.toNanos();

  private final Shedding shedding = new Shedding();

  /// A clock may begin anywhere.
  private long now = Long.MAX_VALUE - 3 * CALM;

  private void tick(long passed, long lateMillis) {
    now += passed;
    shedding.late(TimeUnit.MILLISECONDS.toNanos(lateMillis), BOUND, now);
  }

  @Test
  void keepsEverythingUpToTheBound() {
    tick(CALM, 0);
    tick(CALM, 20);
    assertThat(shedding.kept()).isEqualTo(1);
    assertThat(shedding.worst()).isZero();
  }

  @Test
  void keepsLessTheLaterTheLoopsAreAndNothingAtTenTimesTheBound() {
    tick(0, 21);
    assertThat(shedding.kept()).isCloseTo(0.994, within(0.002));
    tick(0, 110);
    assertThat(shedding.kept()).isEqualTo(0.5);
    tick(0, 199);
    assertThat(shedding.kept()).isBetween(0.001, 0.01);
    tick(0, 200);
    assertThat(shedding.kept()).isZero();
    tick(0, 60_000);
    assertThat(shedding.kept()).isZero();
    assertThat(shedding.worst()).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void aLoopThatIsLessLateBringsNothingBack() {
    tick(0, 110);
    tick(CALM, 40);
    assertThat(shedding.kept()).isEqualTo(0.5);
  }

  @Test
  void comesBackByATenthForEachCalmSpanHoweverManyLoopsTick() {
    tick(0, 500);
    for (int step = 1; step <= 10; step++) {
      assertThat(shedding.worst()).isEqualTo(Duration.ofMillis(500));
      tick(CALM - 1, 0);
      tick(0, 3);
      assertThat(shedding.kept()).isCloseTo((step - 1) / 10.0, within(1e-9));
      tick(1, 0);
      tick(0, 0);
      tick(0, 0);
      assertThat(shedding.kept()).isCloseTo(step / 10.0, within(1e-9));
    }
    assertThat(shedding.worst()).isZero();
  }

  @Test
  void oneLoopThatStaysLateKeepsTheOthersFromBringingItBack() {
    tick(0, 500);
    for (int i = 0; i < 20; i++) {
      tick(CALM / 2, 30);
      tick(CALM / 2, 0);
    }
    assertThat(shedding.kept()).isZero();
  }
}
