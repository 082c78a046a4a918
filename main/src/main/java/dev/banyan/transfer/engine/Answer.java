package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a query of the user's own was answered.
public final class Answer {
  private Answer() {}

  /// Reads all rows, with cells as the driver gives them.
  ///
  /// @throws SQLException where there are more than `most`
  public static List<Row> read(ResultSet rows, int most) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    List<Row> all = new ArrayList<>();
    while (rows.next()) {
      if (all.size() == most) {
        throw new SQLException("the query of a check gives more than " + most + " rows");
      }
      @Nullable Object[] cells = new @Nullable Object[columns];
      for (int i = 0; i < columns; i++) {
        cells[i] = rows.getObject(i + 1);
      }
      all.add(new Row(cells));
    }
    return all;
  }
}
