package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Position;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The files of the binary log.
final class Logs {
  /// Each file begins with four bytes that are no event.
  static final long FIRST = 4;

  private Logs() {}

  record File(String name, long size) {
    long number() {
      return Logs.number(name);
    }
  }

  /// Oldest first.
  static List<File> files(Connection connection) throws SQLException {
    return Sessions.list(
        connection, "show binary logs", row -> new File(Sessions.text(row, 1), row.getLong(2)));
  }

  /// The end of the log.
  static Position tip(Connection connection) throws SQLException {
    return Sessions.list(
            connection,
            masterStatus(connection),
            row -> position(Sessions.text(row, 1), row.getLong(2)))
        .stream()
        .findFirst()
        .orElseThrow(() ->
            new SQLException("the server keeps no binary log: set log_bin and start it anew"));
  }

  private static String masterStatus(Connection connection) throws SQLException {
    String version = connection.getMetaData().getDatabaseProductVersion();
    boolean renamed =
        !version.toLowerCase(java.util.Locale.ROOT).contains("mariadb")
            && (version.startsWith("8.4") || version.startsWith("9."));
    return renamed ? "show binary log status" : "show master status";
  }

  static Position position(String file, long offset) {
    return new Position(number(file), offset);
  }

  /// The number at the end of `binlog.000042`.
  static long number(String file) {
    return Long.parseLong(file.substring(file.lastIndexOf('.') + 1));
  }
}
