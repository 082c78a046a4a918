package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Tells a row that does not fit from a failure, and finds its key and column in what the server
/// said: it is said in a few forms of words, and nowhere else.
final class Refusals {
  private static final Pattern COLUMN = Pattern.compile("olumn '([^']*)'");
  private static final Pattern QUALIFIED = Pattern.compile("olumn `[^`]*`\\.`[^`]*`\\.`([^`]*)`");
  private static final Pattern FIELD = Pattern.compile("Field '([^']*)' doesn't have");
  private static final Pattern CHECK = Pattern.compile("CONSTRAINT `([^`]*)` failed");
  private static final Pattern ROW = Pattern.compile("at row (\\d+)");
  private static final Pattern DUPLICATE = Pattern.compile("Duplicate entry '(.*)' for key");

  private Refusals() {}

  /// @param rows in the order in which the statement had them
  /// @throws SQLException where it is no row's fault
  static RowRefused of(Table table, List<Row> rows, SQLException cause) throws SQLException {
    if (!rowsFault(cause)) {
      throw cause;
    }
    return of(table, rows, said(cause), cause);
  }

  static RowRefused of(Table table, List<Row> rows, String said, Throwable cause) {
    return new RowRefused(table.name(), key(table, rows, said), column(said), said, cause);
  }

  static RowRefused of(Table table, Row row, String said, Throwable cause) {
    return new RowRefused(table.name(), shown(table, row), "", said, cause);
  }

  /// Without the connection's number, which the driver puts before it.
  private static String said(SQLException cause) {
    String message = cause.getMessage();
    return message == null ? "" : message.replaceFirst("^\\(conn=\\d+\\) ", "");
  }

  /// Classes 22 and 23 are data and constraints; what the driver files under others stands by
  /// number.
  private static boolean rowsFault(SQLException cause) {
    String state = cause.getSQLState();
    return switch (cause.getErrorCode()) {
      case 1364, 1366, 1265, 1292, 1411, 1416, 3140, 3141, 3144, 3819, 4025, 1526, 1644, 4078 ->
          true;
      default -> state != null && (state.startsWith("22") || state.startsWith("23"));
    };
  }

  private static String column(String said) {
    for (Pattern pattern : List.of(QUALIFIED, COLUMN, FIELD, CHECK)) {
      Matcher found = pattern.matcher(said);
      if (found.find()) {
        String name = found.group(1);
        return name.substring(name.lastIndexOf('.') + 1);
      }
    }
    return "";
  }

  private static String key(Table table, List<Row> rows, String said) {
    Matcher duplicate = DUPLICATE.matcher(said);
    if (duplicate.find()) {
      return duplicate.group(1);
    }
    Matcher row = ROW.matcher(said);
    if (row.find()) {
      int number = Integer.parseInt(row.group(1));
      if (number >= 1 && number <= rows.size()) {
        return shown(table, rows.get(number - 1));
      }
    }
    return rows.size() == 1 ? shown(table, rows.getFirst()) : "";
  }

  private static String shown(Table table, Row row) {
    try {
      return row.key(table.keyIndexes()).toString();
    } catch (IllegalStateException e) {
      return "";
    }
  }
}
