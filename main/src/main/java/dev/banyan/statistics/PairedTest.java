package dev.banyan.statistics;

/// Tells a defect from noise on a field whose own source disagrees with itself.
///
/// Of exchanges that were asked twice of the legacy (L1, L2) and once of the candidate (C), two
/// counts matter: **against** (L1 = L2 ≠ C) and **for** (L1 ≠ L2, L1 = C). If the candidate is
/// exchangeable with the legacy's second answer, either is as likely as the other, whatever the
/// noise. The e-value is a bet that the first is likelier: a mixture of likelihood ratios for
/// shares of 53.5, 65 and 90 %, most of it on the smallest, because plain faults are found anyway.
/// While there is no defect, the chance that it ever reaches 20 is 5 % at most (Ville's
/// inequality), so it may be read after every exchange.
///
/// A second pair of counts can be bet on in the same way ([#logE(long, long, long, long)]): of the
/// exchanges in which the candidate and the legacy's second answer differ, how often the
/// candidate's value was the rarer one by what the legacy had given before (**strange**), and how
/// often the legacy's own was (**usual**). What was known before says nothing of which of two
/// exchangeable answers comes from whom, so these are as likely as each other too, and a wrong
/// value that the legacy never gives is found at once, whatever the noise.
///
/// All of it depends on the counts alone and is computed through [StrictMath]: the same counts give
/// the same bits on every machine.
public final class PairedTest {
  private static final double[] SHARES = {0.535, 0.65, 0.9};
  private static final double[] WEIGHTS = {0.86, 0.07, 0.07};

  private PairedTest() {}

  /// The natural logarithm of the e-value.
  ///
  /// @param against how often the legacy agreed with itself and not with the candidate
  /// @param inFavour how often the legacy disagreed with itself and its first answer was the
  ///   candidate's
  public static double logE(long against, long inFavour) {
    if (against < 0 || inFavour < 0) {
      throw new IllegalArgumentException(
          "counts are 0 or more, not " + against + " and " + inFavour);
    }
    double[] logs = new double[SHARES.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] =
          StrictMath.log(WEIGHTS[i])
              + against * StrictMath.log(2 * SHARES[i])
              + inFavour * StrictMath.log(2 * (1 - SHARES[i]));
    }
    return logOfSum(logs);
  }

  /// The natural logarithm of the e-value of both pairs of counts: the mean of the two e-values,
  /// which is one again, however they depend on each other.
  public static double logE(long against, long inFavour, long strange, long usual) {
    double half = StrictMath.log(0.5);
    return logOfSum(half + logE(against, inFavour), half + logE(strange, usual));
  }

  private static double logOfSum(double... logs) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      largest = StrictMath.max(largest, log);
    }
    double sum = 0;
    for (double log : logs) {
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum);
  }
}
