package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class RateTestTest {

  @Test
  void isTheOneArmTestWhereTheLimitStands() {
    ForAll.cases(
        200,
        random -> {
          double limit = Math.pow(10, -4 * random.nextDouble()) * 0.9;
          RateTest below = RateTest.below();
          RateTest above = RateTest.above(limit);
          long trials = 0;
          long events = 0;
          for (int i = 0; i < 20; i++) {
            long more = random.nextInt(1_000);
            long hits = Math.min(more, random.nextInt(3));
            below.take(limit, more, hits);
            above.take(limit, more, hits);
            trials += more;
            events += hits;
          }
          assertThat(below.logE()).isCloseTo(OneArmTest.logE(limit, trials, events), within(1e-6));
          assertThat(above.logE())
              .isCloseTo(OneArmTest.harmLogE(limit, trials, events), within(1e-6));
        });
  }

  @Test
  void oneTrialIsAFairBetInBothDirections() {
    ForAll.cases(
        200,
        random -> {
          double limit = random.nextDouble();
          assertThat(
                  limit * Math.exp(OneArmTest.harmLogE(limit, 1, 1))
                      + (1 - limit) * Math.exp(OneArmTest.harmLogE(limit, 1, 0)))
              .isCloseTo(1, within(1e-9));
          assertThat(
                  limit * Math.exp(OneArmTest.logE(limit, 1, 1))
                      + (1 - limit) * Math.exp(OneArmTest.logE(limit, 1, 0)))
              .isCloseTo(1, within(1e-9));
        });
  }

  @Test
  void seldomAccusesARateAtItsMovingLimit() {
    int accused = 0;
    for (int run = 0; run < 1_000; run++) {
      Random random = new Random(run);
      RateTest test = RateTest.above(0.02);
      boolean ever = false;
      for (int i = 0; i < 1_000; i++) {
        double limit = i % 300 < 200 ? 0.02 : 0.5;
        test.take(limit, 1, random.nextDouble() < limit ? 1 : 0);
        ever |= test.logE() >= Math.log(20);
      }
      accused += ever ? 1 : 0;
    }
    assertThat(accused).as("5 %% of a thousand and three standard errors").isLessThan(50 + 21);
  }

  @Test
  void theDetectorTakesGroupsAsOneByOne() {
    ForAll.cases(
        100,
        random -> {
          RateTest grouped = RateTest.above(0.01);
          RateTest single = RateTest.above(0.01);
          for (int group = 0; group < 5; group++) {
            int events = random.nextInt(4);
            int trials = events + random.nextInt(2_000);
            grouped.take(0.01, trials, events);
            for (int i = 0; i < trials; i++) {
              single.take(0.01, 1, i < events ? 1 : 0);
            }
          }
          assertThat(grouped.logDetector()).isCloseTo(single.logDetector(), within(1e-7));
        });
  }

  @Test
  void hearsWhatBeginsAfterALongGoodRun() {
    RateTest test = RateTest.above(0.01);
    for (int i = 0; i < 1_000; i++) {
      test.take(0.01, 100_000, 100);
    }
    assertThat(test.logDetector()).isLessThan(Math.log(1e9));
    test.take(0.01, 1_000, 100);
    test.take(0.01, 1_000, 100);

    assertThat(test.logDetector()).isGreaterThan(Math.log(1e9));
    assertThat(test.logE()).isNegative();
  }

  @Test
  void aLimitNearOneLeavesNothingToBetOn() {
    RateTest test = RateTest.above(0.9);
    test.take(0.9, 100, 100);
    assertThat(test.logE()).isZero();
    assertThat(OneArmTest.harmLogE(0.9, 100, 100)).isZero();
    assertThatThrownBy(() -> test.take(1, 1, 1)).hasMessageContaining("between 0 and 1");
  }
}
