package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Counts one endpoint's comparisons and the places that differ. Guarded by its family's monitor.
final class EndpointCount {

  private record Field(String where, String kind) {}

  private long compared;
  private long mismatched;
  private final Map<Field, FieldCount> fields = new LinkedHashMap<>();

  static EndpointCount restored(EndpointParity kept) {
    EndpointCount endpoint = new EndpointCount();
    endpoint.compared = kept.compared();
    endpoint.mismatched = kept.mismatched();
    for (FieldDifference field : kept.differences()) {
      endpoint.fields.put(new Field(field.where(), field.kind()), FieldCount.restored(field));
    }
    return endpoint;
  }

  void matched() {
    compared++;
  }

  /// @param sample what to keep of a difference, if it is kept
  void mismatched(
      List<Difference> differences, BookLimits limits, Function<Difference, Sample> sample) {
    compared++;
    mismatched++;
    for (Difference difference : differences) {
      if (difference.severity() != Severity.COSMETIC) {
        field(difference, limits)
            .add(difference.severity(), limits.samples(), () -> sample.apply(difference));
      }
    }
  }

  private FieldCount field(Difference difference, BookLimits limits) {
    Field field = new Field(difference.where(), difference.kind().word());
    FieldCount known = fields.get(field);
    if (known != null) {
      return known;
    }
    if (fields.size() >= limits.fields()) {
      field = new Field(ParityBook.OTHER, difference.kind().word());
    }
    return fields.computeIfAbsent(field, _ -> new FieldCount(difference.severity()));
  }

  EndpointParity evidence(Endpoint endpoint) {
    List<FieldDifference> differences =
        fields.entrySet().stream()
            .map(field -> field.getValue().evidence(field.getKey().where(), field.getKey().kind()))
            .sorted(
                Comparator.comparing(FieldDifference::severity)
                    .thenComparing(Comparator.comparingLong(FieldDifference::count).reversed()))
            .toList();
    return new EndpointParity(endpoint, compared, mismatched, differences);
  }
}
