package dev.banyan.demo.shop;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// A PostgreSQL 18 of its own with the shop's tables and rows.
///
/// Rows whose id is at most [#USERS], [#PRODUCTS] and [#ORDERS] are seeded and never change; what
/// clients create later gets ids from 1,000,001 on.
public final class ShopDatabase implements AutoCloseable {
  public static final int USERS = 400;
  public static final int PRODUCTS = 200;
  public static final int ORDERS = 1000;

  private final EmbeddedPostgres postgres;
  private final Path directory;

  private ShopDatabase(EmbeddedPostgres postgres, Path directory) {
    this.postgres = postgres;
    this.directory = directory;
  }

  /// Starts the server with its data in a directory that need not exist, and seeds it.
  ///
  /// @throws IOException when the server does not start
  public static ShopDatabase start(Path directory) throws IOException, SQLException {
    Files.createDirectories(directory);
    EmbeddedPostgres postgres =
        EmbeddedPostgres.builder()
            .setDataDirectory(directory.resolve("data"))
            .setCleanDataDirectory(true)
            .setServerConfig("synchronous_commit", "off")
            .setServerConfig("shared_buffers", "32MB")
            .setServerConfig("max_connections", "60")
            .setOutputRedirector(Redirect.to(directory.resolve("out.log").toFile()))
            .setErrorRedirector(Redirect.to(directory.resolve("err.log").toFile()))
            .start();
    ShopDatabase database = new ShopDatabase(postgres, directory);
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(script());
    }
    return database;
  }

  /// Where a service connects to.
  public String url() {
    return postgres.getJdbcUrl("postgres", "postgres");
  }

  /// Makes another database with the rows of this one. Nobody may be connected to this one
  /// meanwhile.
  ///
  /// @param name a plain word
  /// @return where a service connects to the copy
  public String copy(String name) throws SQLException {
    try (Connection connection = postgres.getDatabase("postgres", "template1").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + " template postgres");
    }
    return postgres.getJdbcUrl("postgres", name);
  }

  /// The file that names the process of a server in this directory, once it runs.
  public static Path pidfile(Path directory) {
    return directory.resolve("data").resolve("postmaster.pid");
  }

  /// The server's process id.
  public long pid() throws IOException {
    try (var lines = Files.lines(pidfile(directory))) {
      return Long.parseLong(lines.findFirst().orElse("").strip());
    }
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }

  private static String script() {
    try (InputStream script = ShopDatabase.class.getResourceAsStream("/shop.sql")) {
      if (script == null) {
        throw new IllegalStateException("shop.sql is missing from the program's archive");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8)
          .formatted(USERS, PRODUCTS, ORDERS);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
