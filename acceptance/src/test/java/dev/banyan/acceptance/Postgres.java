package dev.banyan.acceptance;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A real PostgreSQL 18 with a directory of its own, which can be stopped and started again, with
/// other settings if need be. For one thread.
final class Postgres implements AutoCloseable {
  private final Path home;
  private final Map<String, String> settings = new TreeMap<>();
  private final int port;
  private EmbeddedPostgres running;

  private Postgres(Path home) throws IOException {
    this.home = home;
    this.running = builder().start();
    this.port = running.getPort();
  }

  static Postgres start() throws IOException {
    return new Postgres(Files.createTempDirectory("banyan-acceptance-postgres"));
  }

  private EmbeddedPostgres.Builder builder() {
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setDataDirectory(home.resolve("data"))
            .setCleanDataDirectory(false)
            .setServerConfig("shared_buffers", "32MB")
            .setServerConfig("max_connections", "100")
            .setOutputRedirector(Redirect.to(home.resolve("out.log").toFile()))
            .setErrorRedirector(Redirect.to(home.resolve("err.log").toFile()));
    settings.forEach(builder::setServerConfig);
    return builder;
  }

  /// For the next start.
  Postgres set(String setting, String value) {
    settings.put(setting, value);
    return this;
  }

  /// As its superuser.
  Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database), "postgres", "");
  }

  String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  void run(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// The first column of a query's first row, as text.
  String ask(String database, String query) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : "no row";
    }
  }

  int port() {
    return port;
  }

  /// Until its process is gone, which the library that asks it to stop does not wait for: another
  /// could not start on its files before.
  void stop() throws IOException {
    long pid =
        Long.parseLong(Files.readAllLines(home.resolve("data/postmaster.pid")).getFirst().strip());
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    running.close();
    process.ifPresent(each -> each.onExit().orTimeout(1, TimeUnit.MINUTES).join());
  }

  /// Starts it again on the same data and the same port.
  void again() throws IOException {
    running = builder().setPort(port).start();
  }

  @Override
  public void close() throws IOException {
    running.close();
    if (Files.exists(home)) {
      try (Stream<Path> files = Files.walk(home)) {
        List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        for (Path each : deepestFirst) {
          Files.delete(each);
        }
      }
    }
  }
}
