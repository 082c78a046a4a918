package dev.banyan.demo.shop;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;

/// Opens a service's pool of database connections.
public final class Connections {
  private static final int POOL = 8;

  private Connections() {}

  /// A pool over a JDBC URL; it connects when first asked.
  public static HikariDataSource open(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(POOL);
    config.setMinimumIdle(POOL);
    config.setPoolName("shop");
    return new HikariDataSource(config);
  }
}
