package dev.banyan.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final int FLOOR = RetryBudget.FLOOR * RetryBudget.WINDOW;

  private final RetryBudget budget = new RetryBudget();

  private int takeAll(long nanos) {
    int taken = 0;
    while (budget.take(nanos)) {
      taken++;
    }
    return taken;
  }

  /// Clocks of the kind may begin anywhere, below zero too.
  @ParameterizedTest
  @ValueSource(longs = {0, 12_345_678_901L, -5_000_000_001L, Long.MAX_VALUE - 60_000_000_000L})
  void allowsAFewToAQuietService(long now) {
    assertThat(takeAll(now)).isEqualTo(FLOOR);
    assertThat(takeAll(now + 9 * SECOND)).isZero();
    assertThat(takeAll(now + 10 * SECOND)).isEqualTo(FLOOR);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5_000_000_001L})
  void allowsAFifthOfTheRequestsOnTopOfThat(long now) {
    for (int i = 0; i < 1_000; i++) {
      budget.request(now + i * SECOND / 1_000);
    }
    assertThat(takeAll(now + SECOND)).isEqualTo(FLOOR + 200);
  }

  @Test
  void forgetsRequestsThatAreOlderThanItsWindow() {
    for (int i = 0; i < 1_000; i++) {
      budget.request(0);
    }
    assertThat(takeAll(9 * SECOND)).isEqualTo(FLOOR + 200);
    assertThat(takeAll(30 * SECOND)).isEqualTo(FLOOR);
  }

  @Test
  void losesNoCountBetweenThreads() throws InterruptedException {
    int threads = 4;
    int each = 20_000;
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int j = 0; j < each; j++) {
                  budget.request(5 * SECOND);
                }
              }));
    }
    for (Thread thread : all) {
      thread.join();
    }
    assertThat(takeAll(5 * SECOND)).isEqualTo(FLOOR + threads * each / RetryBudget.SHARE);
  }
}
