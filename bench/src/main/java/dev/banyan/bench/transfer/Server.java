package dev.banyan.bench.transfer;

import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A database server that was started for the run.
interface Server extends AutoCloseable {
  /// As the transfers call it.
  String name();

  String url();

  String user();

  ProcessHandle process();

  /// Writes out what waits in memory, so that no measurement pays for the one before.
  void settle() throws SQLException;

  @Override
  void close() throws IOException;

  default Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), user(), "");
  }

  default void run(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  default String ask(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  default DatabaseOptions options() {
    return new DatabaseOptions(name(), url(), user(), new Password(""), 16, List.of());
  }
}
