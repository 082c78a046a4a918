package dev.banyan.transfer.options;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where one table of the source goes.
///
/// A table that is split over several stands once for each of them; of several that are merged into
/// one, each names the same target, and a `discriminator` tells their rows apart there.
///
/// @param from as declared, `schema.table` or `table` alone, like `to`
/// @param columns in the order of the file; a column that no rule names keeps its name
/// @param where in the source's SQL, which rows are meant, or null for all
/// @param discriminator columns of the target that say by their value, as text, which rows are this
///   table's
public record TableOptions(
    String from,
    String to,
    List<ColumnRule> columns,
    @Nullable String where,
    Map<String, String> discriminator) {
  public TableOptions {
    Objects.requireNonNull(from);
    Objects.requireNonNull(to);
    columns = List.copyOf(columns);
    discriminator = Collections.unmodifiableMap(new LinkedHashMap<>(discriminator));
  }

  /// A table that keeps its name, its columns and all its rows.
  public static TableOptions same(String name) {
    return new TableOptions(name, name, List.of(), null, Map.of());
  }
}
