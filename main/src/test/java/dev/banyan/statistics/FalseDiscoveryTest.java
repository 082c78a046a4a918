package dev.banyan.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FalseDiscoveryTest {

  private static int[] rejected(double... e) {
    return FalseDiscovery.rejected(Arrays.stream(e).map(StrictMath::log).toArray(), 0.05);
  }

  @Test
  void oneAmongManyNeedsAsManyTimesTheProof() {
    assertThat(rejected(20)).containsExactly(0);
    assertThat(rejected(19)).isEmpty();
    assertThat(rejected(1, 39, 1, 1)).isEmpty();
    assertThat(rejected(1, 81, 1, 1)).containsExactly(1);
    assertThat(rejected(0, 0, 0)).isEmpty();
    assertThat(rejected()).isEmpty();
    assertThatThrownBy(() -> FalseDiscovery.rejected(new double[1], 1))
        .hasMessageContaining("share");
  }

  @Test
  void severalProofsCarryEachOther() {
    assertThat(rejected(41, 1, 41, 1)).containsExactly(0, 2);
  }

  @Test
  void amongManyFieldsTheShareOfFalseDiscoveriesStaysBounded() {
    double falseShare = 0;
    int runs = 300;
    for (int run = 0; run < runs; run++) {
      Random random = new Random(run);
      double[] logs = new double[60];
      for (int i = 0; i < logs.length; i++) {
        double defect = i < 10 ? 0.7 : 0.5;
        long against = 0;
        for (int n = 0; n < 150; n++) {
          against += random.nextDouble() < defect ? 1 : 0;
        }
        logs[i] = PairedTest.logE(against, 150 - against);
      }
      int[] rejected = FalseDiscovery.rejected(logs, 0.05);
      long wrong = Arrays.stream(rejected).filter(i -> i >= 10).count();
      falseShare += rejected.length == 0 ? 0 : (double) wrong / rejected.length;
    }
    assertThat(falseShare / runs).isLessThan(0.05);
  }
}
