package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Counts one kind of difference at one place, with a few samples. Guarded by its family's monitor.
final class FieldCount {
  private Severity severity;
  private long count;
  private final List<Sample> samples = new ArrayList<>();

  FieldCount(Severity severity) {
    this.severity = severity;
  }

  static FieldCount restored(FieldDifference kept) {
    FieldCount field = new FieldCount(kept.severity());
    field.count = kept.count();
    field.samples.addAll(kept.samples());
    return field;
  }

  /// Counts one more. The sample is asked for only when it will be kept, because redacting it is
  /// dear: the first few, and then one ever more seldom, so that old and late ones are both there.
  void add(Severity found, int sampleLimit, Supplier<Sample> sample) {
    count++;
    severity = found.compareTo(severity) < 0 ? found : severity;
    if (samples.size() < sampleLimit) {
      Sample kept = sample.get();
      if (!samples.contains(kept)) {
        samples.add(kept);
      }
    } else if (Long.bitCount(count) == 1) {
      samples.set(sampleLimit - 1, sample.get());
    }
  }

  FieldDifference evidence(String where, String kind) {
    return new FieldDifference(where, kind, severity, count, samples);
  }
}
