package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.reconcile.CanonicalRow.Kept;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A row that differed in one cut, with what each side had.
///
/// @param key the target's
/// @param source null where the source did not have it
/// @param target null where the target did not have it
record Suspect(
    Key key,
    Difference.Kind kind,
    @Nullable Kept source,
    @Nullable Kept target,
    List<String> columns) {

  /// One side's row, as the target has it.
  record Seen(Row row, Kept kept) {}

  static Suspect lost(Key key, Kept source) {
    return new Suspect(key, Difference.Kind.LOST, source, null, List.of());
  }

  static Suspect extra(Key key, Kept target) {
    return new Suspect(key, Difference.Kind.EXTRA, null, target, List.of());
  }

  static Suspect changed(Key key, Kept source, Kept target, List<String> columns) {
    return new Suspect(key, Difference.Kind.CHANGED, source, target, columns);
  }

  /// Whether both sides still have what they had.
  boolean stable(Suspect later) {
    return same(source, later.source) && same(target, later.target);
  }

  private static boolean same(@Nullable Kept a, @Nullable Kept b) {
    return a == null ? b == null : b != null && a.same(b);
  }

  Difference difference(TableMapping mapping) {
    return new Difference(mapping.source().name(), mapping.target().name(), key, kind, columns);
  }
}
