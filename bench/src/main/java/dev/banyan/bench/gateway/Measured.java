package dev.banyan.bench.gateway;

import dev.banyan.bench.machine.Figures;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What was measured of one contestant in one case.
///
/// @param samples one for each round
/// @param residentBytes after the last one
/// @param served requests since the start, those of the warm-up included
record Measured(List<Sample> samples, long residentBytes, long served) {
  Measured {
    samples = List.copyOf(samples);
  }

  double median(ToDoubleFunction<Sample> figure) {
    return Figures.median(samples.stream().mapToDouble(figure).toArray());
  }

  /// How often this one's figure is the other's: the median over the rounds, because what disturbs
  /// the machine disturbs neighbours in time alike.
  double ratio(Measured other, ToDoubleFunction<Sample> figure) {
    double[] ratios = new double[Math.min(samples.size(), other.samples.size())];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = figure.applyAsDouble(samples.get(i)) / figure.applyAsDouble(other.samples.get(i));
    }
    return Figures.median(ratios);
  }

  long errors() {
    return samples.stream().mapToLong(sample -> sample.load().errors()).sum();
  }
}
