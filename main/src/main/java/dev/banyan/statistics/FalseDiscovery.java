package dev.banyan.statistics;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Picks the hypotheses to reject among many, so that of those picked at most a given share is
/// expected to be true: the e-BH procedure (R. Wang and A. Ramdas, "False discovery rate control
/// with e-values", 2022). It holds however the e-values depend on each other.
public final class FalseDiscovery {
  private FalseDiscovery() {}

  /// Indices of the e-values that are rejected, in order.
  ///
  /// @param logE natural logarithms of one e-value for each hypothesis, those that nothing is yet
  ///   known of included
  /// @param share the share of false discoveries that is borne, above 0 and below 1
  public static int[] rejected(double[] logE, double share) {
    if (!(share > 0 && share < 1)) {
      throw new IllegalArgumentException("a share lies between 0 and 1, not at " + share);
    }
    double[] sorted = logE.clone();
    Arrays.sort(sorted);
    double threshold = Double.POSITIVE_INFINITY;
    for (int k = 1; k <= sorted.length; k++) {
      double kth = sorted[sorted.length - k];
      double needed = StrictMath.log(sorted.length / (share * k));
      if (kth >= needed) {
        threshold = kth;
      }
    }
    double least = threshold;
    return IntStream.range(0, logE.length).filter(i -> logE[i] >= least).toArray();
  }
}
