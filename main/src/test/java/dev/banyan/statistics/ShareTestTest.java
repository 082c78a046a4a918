package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ShareTestTest {

  @Test
  void oneUnitIsAFairBet() {
    ForAll.cases(
        100,
        random -> {
          double share = random.nextDouble();
          double mine = Math.exp(ShareTest.logE(share, 1, 0));
          double theirs = Math.exp(ShareTest.logE(share, 0, 1));
          assertThat(share * mine + (1 - share) * theirs).isCloseTo(1, within(1e-9));
        });
  }

  @Test
  void findsASplitThatIsOffInEitherDirection() {
    assertThat(ShareTest.logE(0.05, 700, 9_300)).isGreaterThan(Math.log(1_000));
    assertThat(ShareTest.logE(0.05, 350, 9_650)).isGreaterThan(Math.log(1_000));
    assertThat(ShareTest.logE(0.05, 500, 9_500)).isNegative();
    assertThat(ShareTest.logE(0, 5, 5)).isZero();
    assertThat(ShareTest.logE(1, 5, 5)).isZero();
  }

  @Test
  void seldomSaysSoOfARightSplit() {
    int found = 0;
    for (int run = 0; run < 400; run++) {
      Random random = new Random(run);
      int mine = 0;
      boolean ever = false;
      for (int units = 1; units <= 1_000; units++) {
        mine += random.nextDouble() < 0.1 ? 1 : 0;
        ever |= ShareTest.logE(0.1, mine, units - mine) >= Math.log(20);
      }
      found += ever ? 1 : 0;
    }
    assertThat(found).as("5 %% of 400 and three standard errors").isLessThan(20 + 14);
  }
}
