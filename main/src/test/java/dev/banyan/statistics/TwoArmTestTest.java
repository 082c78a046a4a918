package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TwoArmTestTest {

  @ParameterizedTest
  @CsvSource({
    "0.05, 1, 20, 5, 3.200466",
    "0.05, 1, 100, 5, -1.500051",
    "0.05, 1, 8, 8, 20.571946",
    "0.5, 1.5, 60, 50, 6.209914",
    "0.05, 1, 30, 0, -1.702003",
    "0.01, 1, 50, 3, 1.839894"
  })
  void givesTheVectorsOfTheSpecification(
      double share, double ratio, long events, long candidate, double logE) {
    TwoArmTest grouped = TwoArmTest.harm(ratio);
    grouped.take(share, candidate, events - candidate);
    assertThat(grouped.logE()).isCloseTo(logE, within(5e-7));

    TwoArmTest single = TwoArmTest.harm(ratio);
    for (long i = 0; i < events; i++) {
      single.take(share, i < candidate ? 1 : 0, i < candidate ? 0 : 1);
    }
    assertThat(single.logE()).isCloseTo(logE, within(5e-7));
    assertThat(single.logDetector()).isCloseTo(grouped.logDetector(), within(1e-9));
  }

  @Test
  void anEventSaysNothingWhereOneSideHasAllTheExposure() {
    TwoArmTest test = TwoArmTest.harm(1);
    test.take(0, 5, 5);
    test.take(1, 5, 5);

    assertThat(test.logE()).isZero();
    assertThat(test.logDetector()).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  /// E is one on average, whatever the share: the heart of the matter.
  @Test
  void oneEventIsAFairBetAtTheRatioOfTheHypothesis() {
    ForAll.cases(
        200,
        random -> {
          double share = random.nextDouble();
          double ratio = 0.5 + 3 * random.nextDouble();
          double candidate = share * ratio / (share * ratio + 1 - share);
          for (boolean harm : new boolean[] {true, false}) {
            double won = Math.exp(after(harm, ratio, share, 1, 0));
            double lost = Math.exp(after(harm, ratio, share, 0, 1));
            assertThat(candidate * won + (1 - candidate) * lost).isCloseTo(1, within(1e-12));
          }
        });
  }

  private static double after(boolean harm, double ratio, double share, int mine, int theirs) {
    TwoArmTest test = harm ? TwoArmTest.harm(ratio) : TwoArmTest.proof(ratio);
    test.take(share, mine, theirs);
    return test.logE();
  }

  @Test
  void goesOnFromRecordedBetsToTheSameBits() {
    ForAll.cases(
        100,
        random -> {
          TwoArmTest whole = TwoArmTest.harm(1.5);
          TwoArmTest resumed = TwoArmTest.harm(1.5);
          for (int i = 0; i < 40; i++) {
            double share = random.nextDouble();
            int mine = random.nextInt(5);
            int theirs = random.nextInt(5);
            whole.take(share, mine, theirs);
            resumed = TwoArmTest.harm(1.5).resume(resumed.bets());
            resumed.take(share, mine, theirs);
          }
          assertThat(resumed.bets()).isEqualTo(whole.bets());
          assertThat(whole.bets().logE()).isEqualTo(whole.logE());
          assertThat(whole.bets().logDetector()).isEqualTo(whole.logDetector());
        });
  }

  @Test
  void theDetectorHearsWhatBeginsAfterALongGoodRun() {
    TwoArmTest test = TwoArmTest.harm(1);
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      boolean candidate = random.nextDouble() < 0.05;
      test.take(0.05, candidate ? 1 : 0, candidate ? 0 : 1);
    }
    assertThat(test.logDetector()).isLessThan(Math.log(1e6));
    assertThat(test.logE()).isLessThan(0);
    int events = 0;
    while (test.logDetector() < Math.log(1e6)) {
      boolean candidate = random.nextDouble() < 0.345;
      test.take(0.05, candidate ? 1 : 0, candidate ? 0 : 1);
      events++;
    }

    assertThat(events).as("events of a tenfold ratio").isLessThan(80);
    assertThat(test.logE()).as("the plain one is deaf").isLessThan(0);
  }

  @Test
  void provesThatTheCandidateIsNoWorseWithTheEventsThatTheSpecificationNames() {
    // "R = 2: about 9,600 events at 0.1 %, about 215 at 5 %"
    assertThat(eventsUntilProof(0.05)).isBetween(150, 300);
    assertThat(eventsUntilProof(0.001)).isBetween(7_000, 13_000);
  }

  private static int eventsUntilProof(double share) {
    double low = 0;
    double high = 1e6;
    while (high - low > 1) {
      double middle = (low + high) / 2;
      if (TwoArmTest.proof(2).expected(share, 1, middle) < Math.log(20)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (int) high;
  }

  @Test
  void refusesWhatCanNotBe() {
    assertThatThrownBy(() -> TwoArmTest.harm(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> TwoArmTest.harm(1).take(0.5, -1, 0)).hasMessageContaining("-1");
    assertThatThrownBy(() -> TwoArmTest.harm(1).resume(TwoArmTest.proof(1).bets()))
        .hasMessageContaining("do not belong");
  }
}
