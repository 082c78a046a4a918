package dev.banyan.statistics;

import java.util.ArrayList;
import java.util.List;

/// How a test's bets stand: all that must be recorded to go on from here, or to decide again.
///
/// @param logs one logarithm for each point of the test's grid; the e-value is their mean
/// @param detectors the same of the Shiryaev–Roberts statistics; empty for a test that has none
public record Bets(List<Double> logs, List<Double> detectors) {
  /// Bets that nobody has made.
  public static final Bets NONE = new Bets(List.of(), List.of());

  public Bets {
    logs = List.copyOf(logs);
    detectors = List.copyOf(detectors);
  }

  static Bets of(double[] logs, double[] detectors) {
    return new Bets(list(logs), list(detectors));
  }

  private static List<Double> list(double[] values) {
    List<Double> list = new ArrayList<>(values.length);
    for (double value : values) {
      list.add(value);
    }
    return list;
  }

  /// The natural logarithm of the e-value; 0 while nothing was bet.
  public double logE() {
    return logs.isEmpty() ? 0 : Logs.mean(array(logs));
  }

  /// The natural logarithm of the detector's mean; that of zero where there is none.
  public double logDetector() {
    return Logs.mean(array(detectors));
  }

  static double[] array(List<Double> values) {
    double[] array = new double[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }
}
