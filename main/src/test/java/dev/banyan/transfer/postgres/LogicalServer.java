package dev.banyan.transfer.postgres;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A PostgreSQL 18 whose log can be followed, which a class of tests shares.
public final class LogicalServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private @Nullable Path directory;
  private @Nullable EmbeddedPostgres postgres;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
  }

  public void start() throws IOException {
    directory = Files.createTempDirectory("banyan-transfer");
    postgres =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setDataDirectory(directory.resolve("data"))
            .setCleanDataDirectory(false)
            .setServerConfig("wal_level", "logical")
            .setServerConfig("shared_buffers", "64MB")
            .setServerConfig("max_wal_size", "2GB")
            .setServerConfig("max_replication_slots", "20")
            .setServerConfig("max_wal_senders", "20")
            .setServerConfig("max_prepared_transactions", "4")
            .setServerConfig("max_connections", "80")
            .setOutputRedirector(Redirect.to(directory.resolve("out.log").toFile()))
            .setErrorRedirector(Redirect.to(directory.resolve("err.log").toFile()))
            .start();
  }

  @Override
  public void close() throws IOException {
    Objects.requireNonNull(postgres, "not started").close();
    delete(Objects.requireNonNull(directory));
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /// Where its files are.
  Path data() {
    return Objects.requireNonNull(directory).resolve("data");
  }

  public int version() throws SQLException {
    return Integer.parseInt(ask("show server_version_num").getFirst()) / 10_000;
  }

  public String url() {
    int port = Objects.requireNonNull(postgres, "not started").getPort();
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  public PostgresDatabase open() throws SQLException {
    return PostgresDatabase.open("old", url(), "postgres", "postgres");
  }

  PostgresDatabase open(String user) throws SQLException {
    return PostgresDatabase.open("old", url(), user, "secret");
  }

  Connection connect(String user) throws SQLException {
    return DriverManager.getConnection(url(), user, "secret");
  }

  public void run(String... statements) throws SQLException {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("set lock_timeout = '10s'");
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// Also where whoever followed its log has only just gone.
  public void drop(String database) throws SQLException {
    String followed =
        "select 1 from pg_replication_slots where active and database = '" + database + "'";
    for (int looks = 0; looks < 100 && !ask(followed).isEmpty(); looks++) {
      run("select pg_sleep(0.1)");
    }
    run("drop database if exists " + database + " with (force)");
  }

  /// The first column of a query, as text.
  List<String> ask(String query) throws SQLException {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      return ask(statement, query);
    }
  }

  static List<String> ask(Statement statement, String query) throws SQLException {
    List<String> read = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        read.add(rows.getString(1));
      }
    }
    return read;
  }
}
