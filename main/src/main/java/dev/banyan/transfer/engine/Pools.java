package dev.banyan.transfer.engine;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Properties;

/// Pools of connections that say why they have none.
public final class Pools {
  private Pools() {}

  /// Connects once, to learn whether it can: a pool by itself would try for long, and then say that
  /// time is up.
  ///
  /// @throws SQLException what the driver says, at once
  public static HikariDataSource open(HikariConfig config) throws SQLException {
    Properties login = new Properties();
    login.putAll(config.getDataSourceProperties());
    if (config.getUsername() != null) {
      login.setProperty("user", config.getUsername());
    }
    if (config.getPassword() != null) {
      login.setProperty("password", config.getPassword());
    }
    DriverManager.getConnection(config.getJdbcUrl(), login).close();
    return lazy(config);
  }

  /// One that connects when it is asked to.
  public static HikariDataSource lazy(HikariConfig config) {
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    return new HikariDataSource(config);
  }

  /// @throws SQLException with what kept the last attempt from connecting, where there was one
  public static Connection connection(HikariDataSource pool) throws SQLException {
    try {
      return pool.getConnection();
    } catch (SQLTransientConnectionException e) {
      throw e.getCause() instanceof SQLException why
          ? new SQLTransientConnectionException(
              "no connection could be made: " + why.getMessage(), e.getSQLState(), e)
          : e;
    }
  }
}
