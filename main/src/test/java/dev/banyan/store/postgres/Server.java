package dev.banyan.store.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A PostgreSQL 18 of its own, which a class of tests shares: each test has a schema.
final class Server implements BeforeAllCallback, AfterAllCallback {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private @Nullable Path directory;
  private @Nullable EmbeddedPostgres postgres;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    stop();
  }

  void start() throws IOException {
    directory = Files.createTempDirectory("banyan-postgres");
    postgres = builder(directory).start();
  }

  void stop() throws IOException {
    running().close();
    try (Stream<Path> files = Files.walk(Objects.requireNonNull(directory))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private EmbeddedPostgres running() {
    return Objects.requireNonNull(postgres, "not started");
  }

  private static EmbeddedPostgres.Builder builder(Path directory) {
    return EmbeddedPostgres.builder()
        .setPGStartupWait(Duration.ofMinutes(1))
        .setDataDirectory(directory.resolve("data"))
        .setCleanDataDirectory(false)
        .setServerConfig("shared_buffers", "32MB")
        .setServerConfig("max_connections", "80")
        .setOutputRedirector(Redirect.to(directory.resolve("out.log").toFile()))
        .setErrorRedirector(Redirect.to(directory.resolve("err.log").toFile()));
  }

  int port() {
    return running().getPort();
  }

  /// Stops the server as an operator would in haste, and starts it again at its place.
  void restart() throws IOException {
    int port = port();
    Optional<ProcessHandle> postmaster = postmaster();
    running().close();
    postmaster.ifPresent(each -> each.onExit().orTimeout(1, TimeUnit.MINUTES).join());
    postgres = builder(Objects.requireNonNull(directory)).setPort(port).start();
  }

  /// Kills the server as a power cut would, and starts it again at its place.
  void crash() throws IOException {
    int port = port();
    postmaster()
        .ifPresent(each -> {
          each.destroyForcibly();
          each.onExit().join();
        });
    running().close();
    postgres = builder(Objects.requireNonNull(directory)).setPort(port).start();
  }

  private Optional<ProcessHandle> postmaster() throws IOException {
    Path file = Objects.requireNonNull(directory).resolve("data/postmaster.pid");
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst()));
  }

  static String schema() {
    return "banyan_" + SCHEMAS.incrementAndGet();
  }

  PostgresOptions options(String schema, String replica) {
    return options(schema, replica, port());
  }

  static PostgresOptions options(String schema, String replica, int port) {
    return new PostgresOptions(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
        "postgres",
        "postgres",
        schema,
        replica,
        replica + "-" + System.nanoTime(),
        "http://" + replica,
        Instant.EPOCH);
  }

  Connection connection() throws SQLException {
    return running().getPostgresDatabase().getConnection();
  }

  void run(String sql) throws SQLException {
    try (Connection connection = running().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Cuts off every connection but the one that says so.
  void cutEveryConnection() throws SQLException {
    run(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
            + " and backend_type = 'client backend'");
  }
}
