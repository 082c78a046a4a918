package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Rows of one table as statements of many rows each, of bounded size. For one thread.
final class Inserts {
  private static final int CHARACTERS = 1 << 20;
  private static final int ROWS = 2_000;

  private final Connection connection;
  private final Table table;
  private final int[] written;
  private final String head;
  private final String tail;
  private final StringBuilder sql = new StringBuilder();
  private final List<Row> rows = new ArrayList<>();

  /// @param upsert whether a row that is there by its key is overwritten; with a second unique key
  ///   this would overwrite another row, and must not be asked for
  Inserts(Connection connection, Table table, boolean upsert) {
    this.connection = connection;
    this.table = table;
    this.written = written(table);
    List<String> columns =
        IntStream.of(written).mapToObj(i -> table.columns().get(i).name()).toList();
    this.head = "insert into " + Sql.name(table.name()) + " (" + Sql.names(columns) + ") values ";
    this.tail = upsert ? " on duplicate key update " + assignments(columns) : "";
  }

  /// Which cells are written: the generated ones are not.
  static int[] written(Table table) {
    return IntStream.range(0, table.columns().size())
        .filter(i -> !table.columns().get(i).generated())
        .toArray();
  }

  private static String assignments(List<String> columns) {
    return String.join(
        ", ",
        columns.stream().map(Sql::name).map(name -> name + " = values(" + name + ")").toList());
  }

  void add(Row row) throws SQLException, RowRefused {
    sql.append(rows.isEmpty() ? head : ", ").append('(');
    try {
      for (int i = 0; i < written.length; i++) {
        sql.append(i == 0 ? "" : ", ");
        Sql.literal(sql, row.cell(written[i]), table.columns().get(written[i]).type());
      }
    } catch (IllegalArgumentException e) {
      throw Refusals.of(table, row, String.valueOf(e.getMessage()), e);
    }
    sql.append(')');
    rows.add(row);
    if (sql.length() > CHARACTERS || rows.size() >= ROWS) {
      flush();
    }
  }

  void flush() throws SQLException, RowRefused {
    if (rows.isEmpty()) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql.append(tail).toString());
      checkWarnings(statement, table, rows);
    } catch (SQLException e) {
      throw Refusals.of(table, rows, e);
    } finally {
      sql.setLength(0);
      rows.clear();
    }
  }

  /// A warning is a value that was changed to fit, or a row that was left out.
  static void checkWarnings(Statement statement, Table table, List<Row> rows)
      throws SQLException, RowRefused {
    if (statement.getWarnings() == null) {
      return;
    }
    try (ResultSet warnings = statement.executeQuery("show warnings limit 10")) {
      while (warnings.next()) {
        // MySQL 8.0.20 and later: VALUES() is deprecated, which is not about a row.
        if (warnings.getInt(2) != 1287) {
          throw Refusals.of(
              table, rows, Sessions.text(warnings, 3), new SQLException(warnings.getString(3)));
        }
      }
    }
  }
}
