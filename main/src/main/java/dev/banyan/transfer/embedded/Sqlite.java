package dev.banyan.transfer.embedded;

import com.zaxxer.hikari.HikariConfig;
import dev.banyan.transfer.engine.Pools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;

/// Opens files of SQLite.
final class Sqlite {
  private static final String SCHEME = "jdbc:sqlite:";

  /// How long a statement waits for whoever writes, in this process or in another.
  private static final Duration BUSY = Duration.ofSeconds(20);

  private Sqlite() {}

  /// SQLite would make a file that is not there, and an empty database is nobody's.
  static Sessions sessions(String name, String url, int connections) throws SQLException {
    String file = url.substring(SCHEME.length()).split("\\?", 2)[0];
    String path = file.replaceFirst("^file:(//)?", "");
    if (path.isEmpty()
        || path.contains(":memory:")
        || url.toLowerCase(Locale.ROOT).contains("mode=memory")) {
      throw new SQLException("it is in memory, where each connection has its own: name a file");
    }
    if (!Files.isRegularFile(Path.of(path))) {
      throw new SQLException("there is no file " + path);
    }
    HikariConfig config = new HikariConfig();
    config.setPoolName("transfer-" + name);
    config.setDriverClassName("org.sqlite.JDBC");
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(connections);
    config.addDataSourceProperty("busy_timeout", Long.toString(BUSY.toMillis()));
    // A copied row may come before the one it refers to, and deleting it must not reach others.
    config.addDataSourceProperty("foreign_keys", "false");
    // What the source was told to forget must survive a power cut here.
    config.addDataSourceProperty("synchronous", "FULL");
    return new Sessions(Pools.open(config));
  }
}
