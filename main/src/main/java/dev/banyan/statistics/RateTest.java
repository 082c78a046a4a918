package dev.banyan.statistics;

/// The test of [OneArmTest] for a limit that may be another for every group of trials, so long as
/// it was known before them: a yardstick that follows what the other side does. In both directions:
/// that a rate is below its limit, or above it.
///
/// The test for harm keeps a Shiryaev–Roberts statistic beside the e-value, like [TwoArmTest].
/// Trials without an event are taken in closed form: a tick may hold a hundred thousand. Mutable,
/// for one thread.
public final class RateTest {
  private final double[] grid;
  private final double[] logs;
  private final double[] detectors;

  private RateTest(double[] grid, boolean detects) {
    this.grid = grid;
    this.logs = new double[grid.length];
    this.detectors = new double[detects ? grid.length : 0];
    for (int i = 0; i < detectors.length; i++) {
      detectors[i] = Double.NEGATIVE_INFINITY;
    }
  }

  /// Bets against "the rate is the limit or more".
  public static RateTest below() {
    return new RateTest(OneArmTest.BELOW, false);
  }

  /// Bets against "the rate is the limit or less".
  ///
  /// @param limit the limit of the first trials: rates of one and more are no alternatives to it
  public static RateTest above(double limit) {
    return new RateTest(OneArmTest.above(limit), true);
  }

  /// Takes in a group of trials. The detector is given the events first: what comes after can only
  /// lower it.
  public void take(double limit, long trials, long events) {
    OneArmTest.require(limit, trials, events);
    if (trials == 0) {
      return;
    }
    double atLimit = StrictMath.log1p(-limit);
    for (int i = 0; i < grid.length; i++) {
      double rate = limit * grid[i];
      if (rate < 1) {
        double with = StrictMath.log(grid[i]);
        double without = StrictMath.log1p(-rate) - atLimit;
        // A rate of zero is refuted by one event; 0 · log 0 must not turn the others into NaN.
        logs[i] += (events == 0 ? 0 : events * with) + (trials - events) * without;
        if (detectors.length > 0) {
          double after = Logs.detected(detectors[i], with, events);
          detectors[i] = Logs.detected(after, without, trials - events);
        }
      }
    }
  }

  /// The natural logarithm of the e-value; 0 where the limit leaves no alternative.
  public double logE() {
    return logs.length == 0 ? 0 : Logs.mean(logs);
  }

  /// The natural logarithm of the detector's mean.
  public double logDetector() {
    return Logs.mean(detectors);
  }

  public Bets bets() {
    return Bets.of(logs, detectors);
  }

  /// The logarithm of the e-value to be expected of bets against "the rate is `limit` or more"
  /// after so many more trials, if the rate is `truth`.
  public static double expectedBelow(Bets bets, double limit, double truth, double trials) {
    double[] after =
        bets.logs().isEmpty() ? new double[OneArmTest.BELOW.length] : Bets.array(bets.logs());
    for (int i = 0; i < after.length; i++) {
      double fraction = OneArmTest.BELOW[i];
      double with = truth == 0 ? 0 : truth * StrictMath.log(fraction);
      after[i] +=
          trials
              * (with
                  + (1 - truth) * (StrictMath.log1p(-limit * fraction) - StrictMath.log1p(-limit)));
    }
    return Logs.mean(after);
  }
}
