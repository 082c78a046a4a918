package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PairedTestTest {
  private static final double ENOUGH = StrictMath.log(20);

  /// Whether the e-value ever reaches 20, looked at after every double sample.
  private static boolean found(Random random, double against, double inFavour, int samples) {
    long b = 0;
    long c = 0;
    for (int i = 0; i < samples; i++) {
      double drawn = random.nextDouble();
      if (drawn < against + inFavour) {
        b += drawn < against ? 1 : 0;
        c += drawn < against ? 0 : 1;
        if (PairedTest.logE(b, c) >= ENOUGH) {
          return true;
        }
      }
    }
    return false;
  }

  private static double share(int runs, double against, double inFavour, int samples) {
    int found = 0;
    for (int run = 0; run < runs; run++) {
      found += found(new Random(run), against, inFavour, samples) ? 1 : 0;
    }
    return (double) found / runs;
  }

  /// A field on which one answer in 4.4 has a value of its own, so that two answers of the legacy
  /// disagree in 40 %; a defect then gives 5 % of the candidate's answers another value.
  @Test
  void findsFivePercentDefectsUnderFortyPercentNoiseInFiveThousandSamples() {
    double sound = StrictMath.sqrt(0.6);
    double agreed = sound * sound;
    double noise = agreed * (1 - sound);
    double against = noise + 0.05 * agreed * sound;
    double inFavour = noise * 0.95;
    assertThat(share(400, against, inFavour, 5_000)).isGreaterThan(0.9);
    assertThat(share(400, against, inFavour, 440)).isBetween(0.01, 0.2);
  }

  /// The hardest noise there is: two values that are as good as each other, 28 to 72, so that the
  /// candidate's wrong value is often one of the two.
  @Test
  void findsMostDefectsUnderNoiseOfTwoValues() {
    assertThat(share(400, 0.2214, 0.1915, 5_000)).isGreaterThanOrEqualTo(0.85);
  }

  @Test
  void noiseAloneReachesTwentyInFivePercentOfRunsAtMostHoweverOftenOneLooks() {
    // the bound is 5 %; a thousand runs may stray from it by two hundredths
    assertThat(share(1_000, 0.2, 0.2, 5_000)).isLessThan(0.07);
    assertThat(share(1_000, 0.02, 0.02, 5_000)).isLessThan(0.07);
  }

  @Test
  void twoPairsOfCountsOfWhichEachIsNoiseReachTwentyInFivePercentOfRunsAtMostHoweverTheyDepend() {
    for (double same : new double[] {0, 0.5, 1}) {
      int found = 0;
      for (int run = 0; run < 1_000; run++) {
        Random random = new Random(run);
        long[] counts = new long[4];
        boolean reached = false;
        for (int i = 0; i < 2_000 && !reached; i++) {
          boolean first = random.nextBoolean();
          boolean second = random.nextDouble() < same ? first : random.nextBoolean();
          counts[first ? 0 : 1]++;
          counts[second ? 2 : 3]++;
          reached = PairedTest.logE(counts[0], counts[1], counts[2], counts[3]) >= ENOUGH;
        }
        found += reached ? 1 : 0;
      }
      assertThat(found).as("share of equal signs " + same).isLessThan(70);
    }
  }

  @Test
  void aSecondPairThatTellsNothingCostsHalfOfTheProof() {
    double alone = PairedTest.logE(40, 1);
    assertThat(PairedTest.logE(40, 1, 0, 0)).isCloseTo(alone - StrictMath.log(2), within(1e-3));
    assertThat(PairedTest.logE(0, 0, 40, 1)).isEqualTo(PairedTest.logE(40, 1, 0, 0));
    assertThat(PairedTest.logE(0, 0, 0, 0)).isCloseTo(0, within(1e-12));
  }

  @Test
  void nothingSeenProvesNothingAndAFavourLowersTheProof() {
    assertThat(PairedTest.logE(0, 0)).isCloseTo(0, within(1e-12));
    assertThat(PairedTest.logE(10, 1)).isLessThan(PairedTest.logE(10, 0));
    assertThat(PairedTest.logE(10, 0)).isGreaterThan(ENOUGH);
    assertThat(PairedTest.logE(1_000_000_000L, 0)).isFinite();
    assertThat(PairedTest.logE(0, 1_000_000_000L)).isFinite().isNegative();
    assertThatThrownBy(() -> PairedTest.logE(-1, 0)).hasMessageContaining("0 or more");
  }
}
