package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.FieldDifference;
import dev.banyan.migration.ParityEvidence.Sample;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// Counts one endpoint's comparisons by the legacy's status, and the places that differ. Guarded by
/// its family's monitor.
final class EndpointCount {

  /// What is said of the places of this endpoint, at this moment.
  interface Ruled {
    /// Why a difference is accepted, or null.
    @Nullable String accepted(String where, Kind kind);

    boolean critical(String where, Kind kind);

    /// How often the legacy differs from itself there, or null.
    @Nullable Double noise(int status, String where, Kind kind);
  }

  private static final class OfStatus {
    private long compared;
    private long mismatched;
    private long accepted;
  }

  private final BookLimits limits;
  private final Map<Integer, OfStatus> statuses = new TreeMap<>();
  private final FieldTable fields = new FieldTable();
  private Units units = new Units(0, 0, new UnitBits(), new UnitBits());

  EndpointCount(BookLimits limits) {
    this.limits = limits;
  }

  /// Takes up what was kept of one status.
  void restore(EndpointParity kept) {
    OfStatus status = statuses.computeIfAbsent(kept.status(), _ -> new OfStatus());
    status.compared += kept.compared();
    status.mismatched += kept.mismatched();
    status.accepted += kept.accepted();
    for (FieldDifference field : kept.differences()) {
      // Written by another version perhaps, which knew other kinds.
      Kind kind = Scope.kind(field.kind()).orElse(Kind.VALUE);
      fields.restore(
          new FieldTable.Field(kept.status(), field.where(), kind),
          FieldCount.restored(field.severity(), field.count(), field.samples()));
    }
  }

  /// Takes up what was kept of the units.
  void restore(Units kept) {
    units = units.with(kept);
  }

  Units units() {
    return units;
  }

  /// @param unit the request's hash, or [Units#ALONE]
  void matched(int status, long unit) {
    status(status).compared++;
    unit(unit, false);
  }

  private void unit(long unit, boolean differed) {
    if (unit == Units.ALONE) {
      units = units.and(differed);
    } else {
      units.seen().add(unit);
      if (differed) {
        units.differed().add(unit);
      }
    }
  }

  /// Counts an exchange with differences, and says whether all of those are accepted.
  ///
  /// @param unit the request's hash, or [Units#ALONE]
  /// @param sample what to keep of a difference, if it is kept
  boolean differed(
      int status,
      long unit,
      List<Difference> differences,
      Ruled ruled,
      LongUnaryOperator draw,
      Function<Difference, Sample> sample) {
    int counted = known(status);
    boolean accepted = true;
    for (Difference difference : differences) {
      if (difference.severity() != Severity.COSMETIC) {
        accepted &=
            Acceptances.mayBe(difference)
                && ruled.accepted(difference.where(), difference.kind()) != null;
        FieldTable.Field field =
            new FieldTable.Field(counted, difference.where(), difference.kind());
        fields
            .of(
                field,
                difference.severity(),
                limits,
                each -> ruled.critical(each.where(), each.kind()))
            .add(difference.severity(), limits.samples(), draw, () -> sample.apply(difference));
      }
    }
    OfStatus all = status(counted);
    all.compared++;
    if (accepted) {
      all.accepted++;
    } else {
      all.mismatched++;
    }
    unit(unit, !accepted);
    return accepted;
  }

  /// The status under which one is counted.
  private int known(int status) {
    int apart = statuses.size() - (statuses.containsKey(0) ? 1 : 0);
    return statuses.containsKey(status) || apart < limits.statuses() ? status : 0;
  }

  private OfStatus status(int status) {
    return statuses.computeIfAbsent(known(status), _ -> new OfStatus());
  }

  List<EndpointParity> evidence(Endpoint endpoint, Ruled ruled) {
    Map<Integer, List<FieldDifference>> differences = new HashMap<>();
    fields.forEach((field, count) -> {
      String where = field.where();
      Kind kind = field.kind();
      differences
          .computeIfAbsent(field.status(), _ -> new ArrayList<>())
          .add(
              new FieldDifference(
                  where,
                  kind.word(),
                  count.severity(),
                  count.count(),
                  ruled.noise(field.status(), where, kind),
                  ruled.accepted(where, kind),
                  ruled.critical(where, kind),
                  count.samples()));
    });
    List<EndpointParity> all = new ArrayList<>();
    statuses.forEach((status, of) ->
        all.add(
            new EndpointParity(
                endpoint,
                status,
                of.compared,
                of.mismatched,
                of.accepted,
                differences.getOrDefault(status, List.of()).stream()
                    .sorted(
                        Comparator.comparing(FieldDifference::severity)
                            .thenComparing(
                                Comparator.comparingLong(FieldDifference::count).reversed())
                            .thenComparing(FieldDifference::where))
                    .toList())));
    return all;
  }
}
