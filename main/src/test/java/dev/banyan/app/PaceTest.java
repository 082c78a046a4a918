package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SPAN = Pace.SPAN.toNanos();

  private long now = Long.MAX_VALUE - SPAN;
  private final long start = now;
  private long cpu;
  private long slept;
  private final Pace pace = new Pace(() -> now, () -> cpu, this::sleep);

  /// Half of what it was asked for, as the system may.
  private void sleep(long nanos) {
    long half = Math.max(1, nanos / 2);
    now += half;
    slept += half;
  }

  private void work(long nanos) {
    pace.await();
    now += nanos;
    cpu += nanos;
  }

  private double share() {
    return (double) cpu / (now - start);
  }

  @Test
  void worksHalfOfTheTimeWhenThereIsAlwaysWork() {
    for (int i = 0; i < 10_000; i++) {
      work(SPAN / 100);
    }
    assertThat(share()).isBetween(0.45, 0.55);
  }

  @Test
  void paysForPiecesOfWorkThatAreLongerThanASpan() {
    for (int i = 0; i < 1_000; i++) {
      work(3 * SPAN);
    }
    assertThat(share()).isBetween(0.45, 0.55);
  }

  @Test
  void restsForABoundedTimeOnly() {
    work(1_000 * SPAN);
    pace.await();
    assertThat(slept).isEqualTo(10 * SPAN);
  }

  @Test
  void neverRestsWhereThereIsLittleToDo() {
    for (int i = 0; i < 1_000; i++) {
      work(SPAN / 100);
      now += SPAN / 50;
    }
    assertThat(slept).isZero();
  }
}
