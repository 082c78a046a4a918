package dev.banyan.statistics;

import java.util.Arrays;

/// Proves that events (mismatches, errors) are rarer than a limit, or more frequent, however often
/// one looks.
///
/// The e-value is a bet against "the rate is the limit or more": the mean of four likelihood
/// ratios, for true rates of 0, 0.1, 0.25 and 0.5 times the limit. While the rate is at or above
/// the limit, the chance that it ever reaches 20 is 5 % at most, so it may be read after every
/// trial (Ville's inequality; see GATES, "One arm"). In the other direction the bets are on rates
/// of 1.25 to 100 times the limit, as far as those are below one. Both depend on the two counts
/// alone, not on their order, and are computed through [StrictMath]: the same counts give the same
/// bits on every machine. [RateTest] is the same for a limit that moves.
public final class OneArmTest {
  static final double[] BELOW = {0, 0.1, 0.25, 0.5};
  private static final double[] ABOVE = {1.25, 1.5, 2, 3, 5, 10, 30, 100};

  private OneArmTest() {}

  /// The natural logarithm of the e-value against "the rate is the limit or more".
  ///
  /// @param limit the rate to be beaten, above 0 and below 1
  /// @param trials how often the event could have happened
  /// @param events how often it did
  public static double logE(double limit, long trials, long events) {
    return logE(BELOW, limit, trials, events);
  }

  /// The natural logarithm of the e-value against "the rate is the limit or less"; 0 where the
  /// limit leaves no rate to bet on.
  public static double harmLogE(double limit, long trials, long events) {
    double[] grid = above(limit);
    return grid.length == 0 ? 0 : logE(grid, limit, trials, events);
  }

  /// The rates to bet on, in limits.
  static double[] above(double limit) {
    return Arrays.stream(ABOVE).filter(times -> times * limit < 1).toArray();
  }

  private static double logE(double[] grid, double limit, long trials, long events) {
    require(limit, trials, events);
    double[] logs = new double[grid.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = logRatio(limit, grid[i], trials, events);
    }
    return Logs.mean(logs);
  }

  private static double logRatio(double limit, double fraction, long trials, long events) {
    if (fraction == 0 && events > 0) {
      // A rate of zero is refuted by one event; 0 · log 0 must not turn the others into NaN.
      return Double.NEGATIVE_INFINITY;
    }
    double withEvent = events == 0 ? 0 : events * StrictMath.log(fraction);
    double without =
        (trials - events) * (StrictMath.log1p(-limit * fraction) - StrictMath.log1p(-limit));
    return withEvent + without;
  }

  /// The fewest trials with that many events at which the e-value reaches `threshold`.
  public static long trialsNeeded(double limit, double threshold, long events) {
    double wanted = StrictMath.log(threshold);
    long enough = StrictMath.max(1, events);
    while (logE(limit, enough, events) < wanted) {
      enough = StrictMath.multiplyExact(enough, 2L);
    }
    // With the events fixed, every trial without one raises all four ratios, so halving finds it.
    long tooFew = events - 1;
    while (enough - tooFew > 1) {
      long middle = tooFew + (enough - tooFew) / 2;
      if (logE(limit, middle, events) < wanted) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return enough;
  }

  static void require(double limit, long trials, long events) {
    if (!(limit > 0 && limit < 1)) {
      throw new IllegalArgumentException("a limit lies between 0 and 1, not at " + limit);
    }
    if (events < 0 || trials < events) {
      throw new IllegalArgumentException(
          events + " events in " + trials + " trials: there are 0 to all of them");
    }
  }
}
