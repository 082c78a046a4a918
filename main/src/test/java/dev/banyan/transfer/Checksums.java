package dev.banyan.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.engine.Checksum;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a database makes of its rows itself.
public final class Checksums {
  private Checksums() {}

  /// Of all of a table's rows, whose columns are hashed in their order.
  public static Optional<Checksum> of(Snapshot snapshot, Table table) throws SQLException {
    return of(
        snapshot, table, Range.ALL, table.columns().stream().map(each -> each.name()).toList());
  }

  private static Optional<Checksum> of(
      Snapshot snapshot, Table table, Range range, List<String> columns) throws SQLException {
    return snapshot.checksum(table, columns, range, "");
  }

  /// Each row's own checksum differs from another's where their cells do.
  ///
  /// @param table whose key is a whole number
  public static void tellApart(Snapshot snapshot, Table table, String column) throws Exception {
    Set<Object> cells = new HashSet<>();
    Set<Checksum> sums = new HashSet<>();
    List<String> shown = new ArrayList<>();
    int at = table.indexOf(column);
    for (Row row : Rows.of(snapshot, table)) {
      long id = (Long) row.key(table.keyIndexes()).cells().getFirst();
      Range alone = new Range(Optional.of(Key.of(id - 1)), Optional.of(Key.of(id)));
      Checksum sum = of(snapshot, table, alone, List.of(column)).orElseThrow();
      assertThat(sum.rows()).isEqualTo(1);
      cells.add(comparable(row.cell(at)));
      sums.add(sum);
      shown.add(row.cell(at) + " " + sum);
    }
    assertThat(sums)
        .as("%s %s %s", table.name(), column, shown)
        .hasSizeGreaterThanOrEqualTo(cells.size());
  }

  private static Object comparable(@Nullable Object cell) {
    return switch (cell) {
      case null -> Optional.empty();
      case byte[] bytes -> Key.of(bytes);
      case List<?> list -> list.stream().map(Checksums::comparable).toList();
      default -> cell;
    };
  }
}
