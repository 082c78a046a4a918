package dev.banyan.transfer.moving;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.postgres.LogicalServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// An empty database on a server that a test shares with others, as an application sees it.
record Side(String url, String user) {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  static Side postgres(LogicalServer server) throws SQLException {
    String name = "side" + DATABASES.incrementAndGet();
    server.run("create database " + name);
    return new Side(server.url().replaceAll("/postgres$", "/" + name), "postgres");
  }

  static Side mariadb(MariaDbServer server) throws SQLException {
    return new Side(server.url(server.schema()), "root");
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, isPostgres() ? "postgres" : "");
  }

  boolean isPostgres() {
    return url.startsWith("jdbc:postgresql:");
  }

  DatabaseOptions options(String name) {
    return new DatabaseOptions(
        name, url, user, isPostgres() ? new Password("postgres") : null, 16, List.of());
  }

  void run(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// Each row as `a|b|c`.
  List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(query)) {
      int columns = answer.getMetaData().getColumnCount();
      while (answer.next()) {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          cells.add(String.valueOf(answer.getString(i)));
        }
        rows.add(String.join("|", cells));
      }
    }
    return rows;
  }

  /// The same where no exception may be thrown.
  List<String> rowsNow(String query) {
    try {
      return rows(query);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
