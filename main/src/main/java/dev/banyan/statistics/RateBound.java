package dev.banyan.statistics;

/// A lower bound of the rate of matches that holds however often one looks.
///
/// For each rate of events (mismatches) the bets of the Beta mixture say how much the counts speak
/// against it: the likelihood of the counts, averaged over all rates, by their likelihood at this
/// one. That is an e-value, so the rates which it does not put above 1 ÷ (1 − confidence) hold the
/// true rate at every moment at once with the confidence asked for (Ville's inequality; H. Robbins,
/// "Statistical methods related to the law of the iterated logarithm", 1970). The mixture is
/// Beta(½, 1): few events are likelier than many, because matches are the rule.
///
/// It depends on the two counts alone and is computed through [StrictMath]: the same counts give
/// the same bits on every machine.
public final class RateBound {

  /// Parameters of the mixture over the rate of events.
  private static final double EVENTS = 0.5;

  private static final double OTHERS = 1;

  /// Halvings: finer than a double near 1 can tell.
  private static final int STEPS = 60;

  private RateBound() {}

  /// The least rate of matches that the counts leave possible; 0 while there are none.
  ///
  /// @param trials comparisons
  /// @param events of them mismatches
  /// @param confidence above 0 and below 1, such as 0.95
  public static double lower(long trials, long events, double confidence) {
    if (events < 0 || trials < events) {
      throw new IllegalArgumentException(
          events + " events in " + trials + " trials: there are 0 to all of them");
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("a confidence lies between 0 and 1, not at " + confidence);
    }
    if (events == trials) {
      return 0;
    }
    double limit = -StrictMath.log1p(-confidence);
    double mixture = logBeta(events + EVENTS, trials - events + OTHERS) - logBeta(EVENTS, OTHERS);
    // above the observed rate the evidence only grows with the rate
    double possible = (double) events / trials;
    double refuted = 1;
    for (int i = 0; i < STEPS; i++) {
      double middle = possible + (refuted - possible) / 2;
      if (mixture - logLikelihood(middle, trials, events) < limit) {
        possible = middle;
      } else {
        refuted = middle;
      }
    }
    return 1 - refuted;
  }

  private static double logLikelihood(double rate, long trials, long events) {
    double with = events == 0 ? 0 : events * StrictMath.log(rate);
    return with + (trials - events) * StrictMath.log1p(-rate);
  }

  static double logBeta(double a, double b) {
    return logGamma(a) + logGamma(b) - logGamma(a + b);
  }

  /// Stirling's series, after the argument was raised to where it is exact to the last digits
  /// (Abramowitz and Stegun, 6.1.40).
  private static double logGamma(double x) {
    double shift = 0;
    double at = x;
    while (at < 16) {
      shift += StrictMath.log(at);
      at += 1;
    }
    double square = 1 / (at * at);
    double series = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / at;
    double half = StrictMath.log(2 * StrictMath.PI) / 2;
    return (at - 0.5) * StrictMath.log(at) - at + half + series - shift;
  }
}
