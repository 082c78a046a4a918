package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RateBoundTest {

  @Test
  void nothingIsKnownBeforeTheFirstMatch() {
    assertThat(RateBound.lower(0, 0, 0.95)).isZero();
    assertThat(RateBound.lower(5, 5, 0.95)).isZero();
  }

  @Test
  void solvesItsEquationInTheCasesThatCanBeWrittenDown() {
    // one match and nothing else: B(1/2, 2) / B(1/2, 1) = 2/3, so 2/3 over (1 - rate) is 20
    assertThat(RateBound.lower(1, 0, 0.95)).isCloseTo(2.0 / 3 / 20, within(1e-12));
    // two matches: B(1/2, 3) / B(1/2, 1) = 8/15
    assertThat(RateBound.lower(2, 0, 0.95)).isCloseTo(Math.sqrt(8.0 / 15 / 20), within(1e-12));
  }

  @Test
  void growsWithMatchesAndFallsWithEvents() {
    double before = 0;
    for (long trials = 1; trials < 10_000_000; trials *= 3) {
      double bound = RateBound.lower(trials, 0, 0.95);
      assertThat(bound).isGreaterThan(before).isLessThan(1);
      before = bound;
    }
    assertThat(RateBound.lower(1_000, 0, 0.95)).isGreaterThan(0.99);
    for (long events = 1; events < 1_000; events *= 2) {
      double bound = RateBound.lower(1_000, events, 0.95);
      assertThat(bound)
          .isLessThan(RateBound.lower(1_000, events - 1, 0.95))
          .isLessThan(1 - events / 1_000.0);
    }
    assertThat(RateBound.lower(1_000, 10, 0.99)).isLessThan(RateBound.lower(1_000, 10, 0.95));
  }

  @Test
  void closesInOnTheRate() {
    assertThat(RateBound.lower(100_000_000, 1_000_000, 0.95)).isCloseTo(0.99, within(1e-4));
  }

  @Test
  void holdsAtEveryMomentWithItsConfidence() {
    Random random = new Random(7);
    int runs = 1_000;
    int broken = 0;
    for (int run = 0; run < runs; run++) {
      broken += everAbove(random, 0.05) ? 1 : 0;
    }
    // 5 % is the promise; three standard errors of chance are granted
    assertThat(broken).isLessThan(50 + 21);
  }

  private static boolean everAbove(Random random, double rate) {
    int events = 0;
    for (int trials = 1; trials <= 500; trials++) {
      events += random.nextDouble() < rate ? 1 : 0;
      if (RateBound.lower(trials, events, 0.95) > 1 - rate) {
        return true;
      }
    }
    return false;
  }

  @Test
  void refusesCountsThatCanNotBe() {
    assertThatThrownBy(() -> RateBound.lower(1, 2, 0.95))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RateBound.lower(1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
