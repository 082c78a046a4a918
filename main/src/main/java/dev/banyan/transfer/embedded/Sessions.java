package dev.banyan.transfer.embedded;

import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.transfer.engine.Pools;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Connections, and statements over them. For many threads.
record Sessions(HikariDataSource pool) implements AutoCloseable {
  /// Reads one row.
  interface Reading<T> {
    T read(ResultSet row) throws SQLException;
  }

  Connection connection() throws SQLException {
    return Pools.connection(pool);
  }

  @Override
  public void close() {
    pool.close();
  }

  <T> List<T> list(String sql, Reading<T> reading, Object... parameters) throws SQLException {
    try (Connection connection = connection()) {
      return list(connection, sql, reading, parameters);
    }
  }

  /// Runs a query and reads each of its rows.
  static <T> List<T> list(
      Connection connection, String sql, Reading<T> reading, Object... parameters)
      throws SQLException {
    List<T> read = new ArrayList<>();
    try (PreparedStatement statement = prepared(connection, sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        read.add(reading.read(rows));
      }
    }
    return read;
  }

  /// @return rows written
  static long run(Connection connection, String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepared(connection, sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepared(Connection connection, String sql, Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    try {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      return statement;
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  /// For what drivers do not take as a prepared statement: DDL, and the beginnings and ends of
  /// transactions.
  static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  static String text(ResultSet row, int column) throws SQLException {
    @Nullable String text = row.getString(column);
    return text == null ? "" : text;
  }
}
