package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The places of one endpoint that differ, within a bound that keeps the frequent ones.
///
/// When it is full, a new place takes the room of the rarest (Space-Saving: Metwally, Agrawal and
/// El Abbadi 2005). It inherits that one's weight, so that it is not the next to go; its count
/// begins with itself, and what the other had counted goes to [ParityBook#OTHER]. So counts always
/// add up, and a place that makes up more than one part in as many as there is room for is here.
/// Guarded by its family's monitor.
final class FieldTable {

  /// One kind of difference at one place, under one status of the legacy.
  record Field(int status, String where, Kind kind) {}

  private final Map<Field, FieldCount> fields = new LinkedHashMap<>();

  // As many as there are kinds and statuses told apart.
  private final Map<Field, FieldCount> others = new HashMap<>();

  void restore(Field field, FieldCount count) {
    (field.where().equals(ParityBook.OTHER) ? others : fields).put(field, count);
  }

  /// The count of a field, which may be that of all others.
  ///
  /// @param stays fields that give their room to no other
  FieldCount of(Field field, Severity severity, BookLimits limits, Predicate<Field> stays) {
    FieldCount known = fields.get(field);
    if (known != null) {
      return known;
    }
    long weight = 0;
    if (fields.size() >= limits.fields()) {
      Field rarest = rarest(stays);
      if (rarest == null) {
        return other(field, severity);
      }
      FieldCount gone = fields.get(rarest);
      if (gone != null) {
        weight = gone.weight();
        other(rarest, gone.severity()).absorb(gone, limits.samples());
      }
      fields.remove(rarest);
    }
    FieldCount fresh = new FieldCount(severity, weight);
    fields.put(field, fresh);
    return fresh;
  }

  private @Nullable Field rarest(Predicate<Field> stays) {
    Field rarest = null;
    long least = Long.MAX_VALUE;
    for (Map.Entry<Field, FieldCount> each : fields.entrySet()) {
      if (each.getValue().weight() < least && !stays.test(each.getKey())) {
        rarest = each.getKey();
        least = each.getValue().weight();
      }
    }
    return rarest;
  }

  private FieldCount other(Field field, Severity severity) {
    return others.computeIfAbsent(
        new Field(field.status(), ParityBook.OTHER, field.kind()),
        _ -> new FieldCount(severity, 0));
  }

  void forEach(BiConsumer<Field, FieldCount> action) {
    fields.forEach(action);
    others.forEach(action);
  }
}
