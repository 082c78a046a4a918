package dev.banyan.statistics;

/// Whether events are the candidate's more (or less) often than a ratio allows, *given that they
/// happened*: what hits both sides cancels out (GATES, "Two arms").
///
/// For each event one tells the candidate's share w of the exposure at that moment. If an event is
/// r times as likely for the candidate, it is the candidate's with p(r) = w·r ÷ (w·r + 1 − w). Each
/// point of a grid bets on one r against the ratio of the hypothesis; the e-value is the mean of
/// what they have won. While the hypothesis is true the chance that it ever reaches 1/α is α at
/// most, however often one looks and however w moves (Ville's inequality). Where w is 0 or 1 an
/// event says nothing.
///
/// A plain e-value goes deaf after a long good run, so the test for harm keeps a Shiryaev–Roberts
/// statistic of the same factors beside it: R ← (1 + R)·LR, which never falls far below one.
///
/// Mutable, for one thread. All through [StrictMath]: the same events give the same bits.
public final class TwoArmTest {
  private static final double[] HARM = {1.25, 1.5, 2, 3, 5, 10, 30, 100};
  private static final double[] PROOF = {0.1, 0.2, 0.35, 0.5, 0.65, 0.8};

  private final double ratio;
  private final double[] grid;
  private final double[] logGrid;
  private final double[] logs;
  private final double[] detectors;

  private TwoArmTest(double ratio, double[] grid, boolean detects) {
    if (!(ratio > 0 && ratio < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a ratio is a number above 0, not " + ratio);
    }
    this.ratio = ratio;
    this.grid = grid;
    this.logGrid = new double[grid.length];
    this.logs = new double[grid.length];
    this.detectors = new double[detects ? grid.length : 0];
    for (int i = 0; i < grid.length; i++) {
      logGrid[i] = StrictMath.log(grid[i]);
    }
    for (int i = 0; i < detectors.length; i++) {
      detectors[i] = Double.NEGATIVE_INFINITY;
    }
  }

  /// Bets against "the candidate's events are at most `ratio` times as likely as the legacy's".
  public static TwoArmTest harm(double ratio) {
    return new TwoArmTest(ratio, HARM, true);
  }

  /// Bets against "the candidate's events are at least `margin` times as likely as the legacy's".
  public static TwoArmTest proof(double margin) {
    return new TwoArmTest(margin, PROOF, false);
  }

  /// A test for which bets stand as they were recorded.
  public TwoArmTest resume(Bets bets) {
    double[] from = Bets.array(bets.logs());
    double[] detected = Bets.array(bets.detectors());
    if (from.length != logs.length || detected.length != detectors.length) {
      throw new IllegalArgumentException(
          "bets of " + from.length + " points do not belong to a test of " + logs.length);
    }
    System.arraycopy(from, 0, logs, 0, logs.length);
    System.arraycopy(detected, 0, detectors, 0, detectors.length);
    return this;
  }

  /// Takes in events that happened while the candidate's share of the exposure was `share`. Their
  /// order is not known, so the detector is given the candidate's first: what comes after can only
  /// lower it.
  public void take(double share, long candidate, long legacy) {
    if (candidate < 0 || legacy < 0) {
      throw new IllegalArgumentException(
          "counts are 0 or more, not " + candidate + " and " + legacy);
    }
    if (!(share > 0 && share < 1) || candidate + legacy == 0) {
      return;
    }
    double under = share * ratio + 1 - share;
    for (int i = 0; i < grid.length; i++) {
      // (1 − p(r)) ÷ (1 − p(ρ)); for the candidate's events r ÷ ρ comes on top.
      double legacyRatio = StrictMath.log(under / (share * ratio * grid[i] + 1 - share));
      double candidateRatio = logGrid[i] + legacyRatio;
      logs[i] += (candidate + legacy) * legacyRatio + candidate * logGrid[i];
      if (detectors.length > 0) {
        double after = Logs.detected(detectors[i], candidateRatio, candidate);
        detectors[i] = Logs.detected(after, legacyRatio, legacy);
      }
    }
  }

  /// The natural logarithm of the e-value.
  public double logE() {
    return Logs.mean(logs);
  }

  /// The natural logarithm of the detector's mean.
  public double logDetector() {
    return Logs.mean(detectors);
  }

  public Bets bets() {
    return Bets.of(logs, detectors);
  }

  /// The logarithm of the e-value that is to be expected after so many more events, if the
  /// candidate is `truth` times as likely as the legacy to have one.
  public double expected(double share, double truth, double events) {
    if (!(share > 0 && share < 1)) {
      return logE();
    }
    double candidates = share * truth / (share * truth + 1 - share);
    double under = share * ratio + 1 - share;
    double[] after = logs.clone();
    for (int i = 0; i < grid.length; i++) {
      double legacyRatio = StrictMath.log(under / (share * ratio * grid[i] + 1 - share));
      after[i] += events * (legacyRatio + candidates * logGrid[i]);
    }
    return Logs.mean(after);
  }
}
