package dev.banyan.transfer;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of tests, as databases read and take them.
public final class Rows {
  private Rows() {}

  /// All of a table.
  public static List<Row> of(Snapshot snapshot, Table table) throws SQLException {
    List<Row> rows = new ArrayList<>();
    try (RowCursor cursor = snapshot.read(table, Range.ALL, "")) {
      for (Row row = cursor.next(); row != null; row = cursor.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  public static RowCursor cursor(List<Row> rows) {
    Iterator<Row> each = rows.iterator();
    return new RowCursor() {
      @Override
      public @Nullable Row next() {
        return each.hasNext() ? each.next() : null;
      }

      @Override
      public void close() {
        // nothing is open
      }
    };
  }
}
