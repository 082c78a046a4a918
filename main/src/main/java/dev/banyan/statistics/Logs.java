package dev.banyan.statistics;

/// Sums of numbers that are known by their natural logarithms, for the numbers themselves overflow.
/// Through [StrictMath]: the same logarithms give the same bits on every machine.
public final class Logs {
  private Logs() {}

  /// The logarithm of the mean; of nothing, that of zero.
  public static double mean(double... logs) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      largest = StrictMath.max(largest, log);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double log : logs) {
      sum += StrictMath.exp(log - largest);
    }
    return largest + StrictMath.log(sum / logs.length);
  }

  /// The logarithm of a sum of two.
  static double plus(double one, double other) {
    double larger = StrictMath.max(one, other);
    double smaller = StrictMath.min(one, other);
    return Double.isInfinite(larger)
        ? larger
        : larger + StrictMath.log1p(StrictMath.exp(smaller - larger));
  }

  /// A Shiryaev–Roberts statistic after `times` more events that all have the same likelihood ratio
  /// L: R becomes R·Lⁿ + Lⁿ + … + L, the sum in closed form, for a tick may hold a hundred
  /// thousand.
  ///
  /// @param log of the statistic before, that of zero at first
  /// @param ratio the logarithm of L
  static double detected(double log, double ratio, long times) {
    if (times == 0) {
      return log;
    }
    if (times == 1) {
      return plus(0, log) + ratio;
    }
    double sum;
    if (ratio == 0) {
      sum = StrictMath.log((double) times);
    } else {
      // The larger end of the series is taken out, so that nothing overflows.
      double end = ratio > 0 ? times * ratio : ratio;
      double fall = -StrictMath.abs(ratio);
      sum =
          end
              + StrictMath.log(-StrictMath.expm1(times * fall))
              - StrictMath.log(-StrictMath.expm1(fall));
    }
    return plus(log + times * ratio, sum);
  }
}
