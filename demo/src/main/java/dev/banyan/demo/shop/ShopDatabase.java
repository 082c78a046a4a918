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
import java.time.Duration;

/// A PostgreSQL 18 of its own with two databases: [#SHOP], the legacy's, with all tables and rows,
/// and [#ORDERS_DATABASE], the candidate's own, with an empty table for the orders.
///
/// Rows whose id is at most [#USERS], [#PRODUCTS] and [#ORDERS] are seeded and never change; what
/// clients create later gets ids from 1,000,001 on. [#ARCHIVE] more orders are never asked for.
/// Each program has a role of its own, with no right that it does not need.
public final class ShopDatabase implements AutoCloseable {
  public static final int USERS = 400;
  public static final int PRODUCTS = 200;
  public static final int ORDERS = 1000;
  public static final int ARCHIVE = 24_000;

  public static final String SHOP = "shop";
  public static final String ORDERS_DATABASE = "orders";

  private static final String[] CLUSTER = {
    "create role legacy login",
    "create role candidate login",
    "create role banyan login replication in role pg_signal_backend",
    "create database " + SHOP,
    "create database " + ORDERS_DATABASE,
  };

  /// The candidate's rows as the legacy's are, where both are in one database.
  private static final String FILL =
      """
      insert into purchases select id, user_id, product_id, quantity, total, status, note,
        street, nullif(substr(ship_to, length(street) + 3), ''), placed_at, shipped_at
      from orders, split_part(ship_to, ', ', 1) street
      """;

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
            .setPGStartupWait(Duration.ofMinutes(1))
            .setDataDirectory(directory.resolve("data"))
            .setCleanDataDirectory(true)
            // A transfer follows the log.
            .setServerConfig("wal_level", "logical")
            .setServerConfig("max_slot_wal_keep_size", "1GB")
            // What a client is told is done must be, and only what is flushed is followed.
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_buffers", "32MB")
            .setServerConfig("max_connections", "80")
            .setServerConfig("log_lock_waits", "on")
            .setServerConfig("log_min_duration_statement", "2s")
            .setOutputRedirector(Redirect.to(directory.resolve("out.log").toFile()))
            .setErrorRedirector(Redirect.to(directory.resolve("err.log").toFile()))
            .start();
    ShopDatabase database = new ShopDatabase(postgres, directory);
    database.run("postgres", CLUSTER);
    database.run(SHOP, script("/shop.sql").formatted(ORDERS, USERS, PRODUCTS, ARCHIVE));
    database.run(ORDERS_DATABASE, script("/orders.sql"));
    return database;
  }

  /// Where a program connects to.
  ///
  /// @param database [#SHOP], [#ORDERS_DATABASE] or a copy
  /// @param role `legacy` or `candidate`
  public String url(String database, String role) {
    return url(database) + "?user=" + role;
  }

  /// The same without saying who connects.
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/" + database;
  }

  /// Makes another database with the rows of [#SHOP], and the candidate's table beside them with
  /// the same orders. Nobody may be connected to that one meanwhile.
  ///
  /// @param name a plain word
  public void copy(String name) throws SQLException {
    run("postgres", "create database " + name + " template " + SHOP);
    String orders = script("/orders.sql");
    run(name, orders.substring(orders.indexOf("create table")), FILL);
  }

  /// Runs statements as the server's superuser, as no program may.
  public void run(String database, String... statements) throws SQLException {
    try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
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

  private static String script(String name) {
    try (InputStream script = ShopDatabase.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new IllegalStateException(name + " is missing from the program's archive");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
