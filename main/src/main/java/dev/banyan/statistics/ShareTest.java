package dev.banyan.statistics;

/// Whether units were given to the candidate by another share than the one asked for (a
/// sample-ratio mismatch), however often one looks: such a split compares two different crowds.
///
/// The likelihood of the counts averaged over all shares by the Beta(½, ½) mixture, by their
/// likelihood at the share asked for (Krichevsky and Trofimov, 1981): an e-value against that share
/// in either direction.
public final class ShareTest {
  private ShareTest() {}

  /// The natural logarithm of the e-value; 0 for a share of 0 or 1, at which nothing can be split.
  public static double logE(double share, long candidate, long legacy) {
    if (candidate < 0 || legacy < 0) {
      throw new IllegalArgumentException(
          "counts are 0 or more, not " + candidate + " and " + legacy);
    }
    if (!(share > 0 && share < 1)) {
      return 0;
    }
    double mixture = RateBound.logBeta(candidate + 0.5, legacy + 0.5) - RateBound.logBeta(0.5, 0.5);
    return mixture - candidate * StrictMath.log(share) - legacy * StrictMath.log1p(-share);
  }
}
