package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/// Counts one kind of difference at one place, with a few samples. Guarded by its family's monitor.
final class FieldCount {
  private Severity severity;
  private long count;

  /// At least the count: what stood in this place's room before counts too, see [FieldTable].
  private long weight;

  private final List<Sample> samples = new ArrayList<>();

  /// @param weight with which it begins
  FieldCount(Severity severity, long weight) {
    this.severity = severity;
    this.weight = weight;
  }

  static FieldCount restored(Severity severity, long count, List<Sample> samples) {
    FieldCount field = new FieldCount(severity, count);
    field.count = count;
    field.samples.addAll(samples);
    return field;
  }

  Severity severity() {
    return severity;
  }

  long count() {
    return count;
  }

  long weight() {
    return weight;
  }

  List<Sample> samples() {
    return samples;
  }

  /// Counts one more. Of all that were ever counted, each is a sample with the same chance
  /// (algorithm R, Vitter 1985). The sample is asked for only if it is kept, because redacting it
  /// is dear.
  ///
  /// @param draw a number from 0 up to, but not, its argument, each with the same chance
  void add(Severity found, int most, LongUnaryOperator draw, Supplier<Sample> sample) {
    count++;
    weight++;
    severity = found.compareTo(severity) < 0 ? found : severity;
    if (samples.size() < most) {
      samples.add(sample.get());
      return;
    }
    long place = draw.applyAsLong(count);
    if (place < most) {
      samples.set((int) place, sample.get());
    }
  }

  /// Counts all that another one counted, and keeps its samples as far as there is room.
  void absorb(FieldCount other, int most) {
    count += other.count;
    weight += other.count;
    severity = other.severity.compareTo(severity) < 0 ? other.severity : severity;
    int room = Math.max(0, most - samples.size());
    samples.addAll(other.samples.subList(0, Math.min(room, other.samples.size())));
  }
}
