package dev.banyan.transfer.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.banyan.transfer.engine.Pools;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/// Connections to one server: a small pool, and one of its own for each log that is followed.
final class Sessions implements AutoCloseable {
  /// The name of all our sessions, which a fence leaves alone.
  static final String APPLICATION = "banyan transfer";

  /// For a connection to be made, and for one of the pool to come free.
  private static final int CONNECT_SECONDS = 10;

  private static final long POOL_WAIT_MILLIS = 30_000;

  /// The forms that [CellParser] reads; and no limits of the user's that would end a long copy. No
  /// statement waits for a lock for longer than this.
  private static final String FORMS =
      "set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC';"
          + " set extra_float_digits = 3; set bytea_output = 'hex'; set lc_monetary = 'C';"
          + " set xmlbinary = 'base64'; set standard_conforming_strings = on;"
          + " set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;"
          + " set lock_timeout = '30s'";

  /// A follower that works on something large does not answer for a while.
  private static final String FOLLOWER = FORMS + "; set wal_sender_timeout = '5min'";

  private final String url;
  private final Properties login;
  private final HikariDataSource pool;

  Sessions(String name, String url, String user, @Nullable String password, int connections) {
    this.url = url;
    this.login = login(user, password);
    HikariConfig config = new HikariConfig();
    config.setPoolName("transfer-" + name);
    config.setJdbcUrl(url);
    config.setDataSourceProperties(login);
    config.setMaximumPoolSize(connections);
    config.setConnectionTimeout(POOL_WAIT_MILLIS);
    config.setConnectionInitSql(FORMS);
    this.pool = Pools.lazy(config);
  }

  private static Properties login(String user, @Nullable String password) {
    Properties login = new Properties();
    PGProperty.USER.set(login, user);
    if (password != null) {
      PGProperty.PASSWORD.set(login, password);
    }
    PGProperty.APPLICATION_NAME.set(login, APPLICATION);
    PGProperty.CONNECT_TIMEOUT.set(login, CONNECT_SECONDS);
    PGProperty.TCP_KEEP_ALIVE.set(login, true);
    PGProperty.REWRITE_BATCHED_INSERTS.set(login, false);
    return login;
  }

  /// A connection of its own, which fails at once where the pool would try for long.
  Connection first() throws SQLException {
    return DriverManager.getConnection(url, login);
  }

  Connection connection() throws SQLException {
    return Pools.connection(pool);
  }

  /// A connection that is not of the pool, for the replication protocol.
  Connection replication() throws SQLException {
    Properties own = new Properties();
    own.putAll(login);
    PGProperty.REPLICATION.set(own, "database");
    PGProperty.PREFER_QUERY_MODE.set(own, "simple");
    PGProperty.ASSUME_MIN_SERVER_VERSION.set(own, "12");
    Connection connection = DriverManager.getConnection(url, own);
    try (Statement statement = connection.createStatement()) {
      statement.execute(FOLLOWER);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /// Takes a connection out of the pool that may be in the middle of something.
  void forget(Connection connection) {
    pool.evictConnection(connection);
  }

  void run(String sql) throws SQLException {
    try (Connection connection = connection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Reads one of a result's rows.
  interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  <T> List<T> list(String sql, Reading<T> reading, Object... parameters) throws SQLException {
    try (Connection connection = connection()) {
      return list(connection, sql, reading, parameters);
    }
  }

  /// @param parameters texts and numbers; a `String[]` becomes `text[]`, a `Long[]` `bigint[]`
  static <T> List<T> list(
      Connection connection, String sql, Reading<T> reading, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        switch (parameters[i]) {
          case String[] texts -> statement.setArray(i + 1, connection.createArrayOf("text", texts));
          case Long[] numbers ->
              statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
          default -> statement.setObject(i + 1, parameters[i]);
        }
      }
      List<T> read = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          read.add(reading.of(rows));
        }
      }
      return read;
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
