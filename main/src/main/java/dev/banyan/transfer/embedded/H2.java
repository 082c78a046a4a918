package dev.banyan.transfer.embedded;

import com.zaxxer.hikari.HikariConfig;
import dev.banyan.transfer.engine.Pools;
import java.sql.SQLException;
import java.util.Locale;

/// Connects to databases of H2: to a server's, to a file's, or to one in this process's memory.
final class H2 {
  private static final int LOCK_MILLIS = 20_000;

  private H2() {}

  /// H2 would make a database that is not there, and an empty one is nobody's.
  static Sessions sessions(String name, String url, String user, String password, int connections)
      throws SQLException {
    String asked = url.toUpperCase(Locale.ROOT);
    boolean there = asked.startsWith("JDBC:H2:MEM:") || asked.contains(";IFEXISTS=");
    HikariConfig config = new HikariConfig();
    config.setPoolName("transfer-" + name);
    config.setDriverClassName("org.h2.Driver");
    config.setJdbcUrl(there ? url : url + ";IFEXISTS=TRUE");
    config.setUsername(user);
    config.setPassword(password);
    config.setMaximumPoolSize(connections);
    config.setConnectionInitSql("set lock_timeout " + LOCK_MILLIS);
    return new Sessions(Pools.open(config));
  }
}
