package dev.banyan.transfer.mysql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.transfer.engine.Pools;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/// Connections that all speak alike: UTC, UTF-8, strict. For many threads.
final class Sessions implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(30);

  /// Strict, so that a value that does not fit is an error; but zero dates may be written, because
  /// they are in many old databases, and a zero in an auto-increment column stays a zero.
  private static final String MODE =
      "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO";

  private final HikariDataSource pool;
  private final Configuration configuration;
  private final String user;
  private final String password;

  private Sessions(
      HikariDataSource pool, Configuration configuration, String user, String password) {
    this.pool = pool;
    this.configuration = configuration;
    this.user = user;
    this.password = password;
  }

  /// Connects once, to learn whether it can.
  ///
  /// @param connections the most that are open at one time
  static Sessions open(String name, String url, String user, String password, int connections)
      throws SQLException {
    String spoken = url.replaceFirst("^jdbc:mysql:", "jdbc:mariadb:");
    Configuration configuration = Configuration.parse(spoken);
    if (configuration == null || configuration.addresses().isEmpty()) {
      throw new SQLException("its url must begin with jdbc:mariadb:// or jdbc:mysql://");
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("transfer-" + name);
    config.setDriverClassName("org.mariadb.jdbc.Driver");
    config.setJdbcUrl(spoken);
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(connections);
    config.setConnectionTimeout(CONNECT.toMillis());
    config.addDataSourceProperty("allowLocalInfile", "true");
    config.addDataSourceProperty("tinyInt1isBit", "false");
    config.addDataSourceProperty("transformedBitIsBoolean", "false");
    config.addDataSourceProperty("yearIsDateType", "false");
    config.addDataSourceProperty("useServerPrepStmts", "false");
    config.setConnectionInitSql(
        "set session time_zone = '+00:00', session sql_mode = '"
            + MODE
            + "', session net_write_timeout = 3600, session net_read_timeout = 3600,"
            + " session innodb_lock_wait_timeout = 20");
    return new Sessions(Pools.open(config), configuration, user, password);
  }

  Connection connection() throws SQLException {
    return Pools.connection(pool);
  }

  Configuration configuration() {
    return configuration;
  }

  HostAddress address() {
    return configuration.addresses().getFirst();
  }

  /// Where the url does not say who comes, the user is empty.
  String user() {
    return user;
  }

  String password() {
    return password;
  }

  String database() {
    String database = configuration.database();
    return database == null ? "" : database;
  }

  @Override
  public void close() {
    pool.close();
  }

  /// Runs a query and reads each of its rows.
  <T> List<T> list(String sql, Reading<T> reading) throws SQLException {
    try (Connection connection = connection()) {
      return list(connection, sql, reading);
    }
  }

  static <T> List<T> list(Connection connection, String sql, Reading<T> reading)
      throws SQLException {
    List<T> read = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        read.add(reading.read(rows));
      }
    }
    return read;
  }

  void run(String... statements) throws SQLException {
    try (Connection connection = connection()) {
      for (String sql : statements) {
        run(connection, sql);
      }
    }
  }

  static long run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeLargeUpdate(sql);
    }
  }

  /// Ends a session, unless it has ended by itself.
  void end(long session) throws SQLException {
    try (Connection connection = connection()) {
      end(connection, session);
    }
  }

  static void end(Connection connection, long session) throws SQLException {
    try {
      run(connection, "kill connection " + session);
    } catch (SQLException e) {
      if (e.getErrorCode() != 1094) { // there is none
        throw e;
      }
    }
  }

  /// A server's setting; empty where it has none of that name.
  Optional<String> setting(String name) throws SQLException {
    return list("show global variables like " + Sql.text(name), row -> text(row, 2)).stream()
        .findFirst();
  }

  boolean on(String setting) throws SQLException {
    return setting(setting)
        .map(value -> value.equalsIgnoreCase("ON") || value.equals("1"))
        .orElse(false);
  }

  boolean mariaDb() throws SQLException {
    return version().toLowerCase(Locale.ROOT).contains("mariadb");
  }

  String version() throws SQLException {
    return list("select version()", row -> text(row, 1)).getFirst();
  }

  static String text(ResultSet row, int column) throws SQLException {
    @Nullable String text = row.getString(column);
    return text == null ? "" : text;
  }

  /// Reads one row.
  interface Reading<T> {
    T read(ResultSet row) throws SQLException;
  }
}
