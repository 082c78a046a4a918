package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparingPaceTest {
  private static final long SPAN = ComparingPace.SPAN.toNanos();

  private long now;
  private long cpu;
  private long slept;
  private boolean overrun;
  private final ComparingPace pace =
      new ComparingPace(() -> now, () -> cpu, () -> overrun, this::sleep);

  private void sleep(long nanos) {
    now += nanos;
    slept += nanos;
  }

  private void work(long nanos) {
    pace.await();
    now += nanos;
    cpu += nanos;
  }

  @Test
  void worksHalfOfTheTimeWhenThereIsAlwaysWork() {
    for (int i = 0; i < 10_000; i++) {
      work(SPAN / 100);
    }
    assertThat((double) cpu / now).isBetween(0.45, 0.55);
  }

  @Test
  void neverRestsWhereThereIsLittleToDo() {
    for (int i = 0; i < 1_000; i++) {
      work(SPAN / 100);
      now += SPAN / 50;
    }
    assertThat(slept).isZero();
  }

  @Test
  void restsWhileTheEventLoopsAreOverrunButNotForEver() {
    overrun = true;
    pace.await();
    assertThat(slept).isEqualTo(10 * SPAN);
  }
}
