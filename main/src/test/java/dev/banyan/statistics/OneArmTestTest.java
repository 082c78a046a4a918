package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OneArmTestTest {

  @ParameterizedTest
  @CsvSource({
    "0.001, 0, 3556",
    "0.001, 1, 6492",
    "0.001, 2, 8581",
    "0.001, 3, 10540",
    "0.01, 0, 354",
    "0.01, 1, 647",
    "0.01, 2, 856",
    "0.01, 3, 1051"
  })
  void needsTheTrialsThatTheSpecificationLists(double limit, long events, long trials) {
    assertThat(OneArmTest.trialsNeeded(limit, 20, events)).isEqualTo(trials);
    assertThat(OneArmTest.logE(limit, trials, events)).isGreaterThanOrEqualTo(Math.log(20));
    assertThat(OneArmTest.logE(limit, trials - 1, events)).isLessThan(Math.log(20));
  }

  @Test
  void knowsNothingBeforeTheFirstTrial() {
    assertThat(OneArmTest.logE(0.01, 0, 0)).isZero();
  }

  @Test
  void oneEventRefutesTheRateOfZeroAndLeavesTheOthersANumber() {
    double logE = OneArmTest.logE(0.01, 1, 1);

    // The mean of 0, 0.1, 0.25 and 0.5.
    assertThat(Math.exp(logE)).isCloseTo(0.2125, within(1e-12));
  }

  @Test
  void staysANumberWhereTheRatiosThemselvesOverflow() {
    assertThat(OneArmTest.logE(0.01, 1_000_000_000L, 0)).isFinite().isGreaterThan(1e6);
    assertThat(OneArmTest.logE(0.01, 1_000_000_000L, 1_000_000_000L)).isFinite().isNegative();
  }

  @Test
  void givesTheSameBitsForTheSameCounts() {
    assertThat(Double.doubleToLongBits(OneArmTest.logE(0.01, 8581, 37)))
        .isEqualTo(Double.doubleToLongBits(OneArmTest.logE(0.01, 8581, 37)));
  }

  @Test
  void seldomPassesARateAtTheLimitThoughItIsLookedAtAfterEveryTrial() {
    Random random = new Random(7);
    int passed = 0;
    for (int run = 0; run < 400; run++) {
      passed += passesWithin(random, 0.05, 0.05, 2_000) ? 1 : 0;
    }
    // 5 % of 400 are 20; 33 is three standard deviations above that.
    assertThat(passed).isLessThanOrEqualTo(33);
  }

  @Test
  void mostlyPassesARateWellBelowTheLimit() {
    Random random = new Random(7);
    int passed = 0;
    for (int run = 0; run < 100; run++) {
      passed += passesWithin(random, 0.05, 0.005, 400) ? 1 : 0;
    }
    assertThat(passed).isGreaterThan(80);
  }

  private static boolean passesWithin(Random random, double limit, double rate, int trials) {
    long events = 0;
    for (int trial = 1; trial <= trials; trial++) {
      events += random.nextDouble() < rate ? 1 : 0;
      if (OneArmTest.logE(limit, trial, events) >= Math.log(20)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void refusesALimitThatCanNotBeBeaten() {
    assertThatThrownBy(() -> OneArmTest.logE(0, 1, 0)).hasMessageContaining("between 0 and 1");
    assertThatThrownBy(() -> OneArmTest.logE(1, 1, 0)).hasMessageContaining("between 0 and 1");
    assertThatThrownBy(() -> OneArmTest.logE(0.1, 1, 2)).hasMessageContaining("2 events in 1");
  }
}
