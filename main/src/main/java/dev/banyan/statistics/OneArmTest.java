package dev.banyan.statistics;

/// Proves that events (mismatches, errors) are rarer than a limit, however often one looks.
///
/// The e-value is a bet against "the rate is the limit or more": the mean of four likelihood
/// ratios, for true rates of 0, 0.1, 0.25 and 0.5 times the limit. While the rate is at or above
/// the limit, the chance that it ever reaches 20 is 5 % at most, so it may be read after every
/// trial (Ville's inequality; see GATES, "One arm"). It depends on the two counts alone, not on
/// their order, and is computed through [StrictMath]: the same counts give the same bits on every
/// machine.
public final class OneArmTest {
  private static final double[] TRUE_RATES = {0, 0.1, 0.25, 0.5};

  private OneArmTest() {}

  /// The natural logarithm of the e-value.
  ///
  /// @param limit the rate to be beaten, above 0 and below 1
  /// @param trials how often the event could have happened
  /// @param events how often it did
  public static double logE(double limit, long trials, long events) {
    requireLimit(limit);
    if (events < 0 || trials < events) {
      throw new IllegalArgumentException(
          events + " events in " + trials + " trials: there are 0 to all of them");
    }
    double[] logs = new double[TRUE_RATES.length];
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < logs.length; i++) {
      logs[i] = logRatio(limit, TRUE_RATES[i], trials, events);
      largest = StrictMath.max(largest, logs[i]);
    }
    // Sums in the log domain, the largest taken out first: the ratios themselves overflow.
    double sum = 0;
    for (double log : logs) {
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum / logs.length);
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

  private static void requireLimit(double limit) {
    if (!(limit > 0 && limit < 1)) {
      throw new IllegalArgumentException("a limit lies between 0 and 1, not at " + limit);
    }
  }
}
