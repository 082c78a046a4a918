package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A MariaDB 11.4 with a row-based binary log, which a class of tests shares: each test has a
/// database of its own. With `-Dmysql.home=DIRECTORY` it is the MySQL 8 whose `bin/mysqld` lies
/// there.
///
/// A server starts from a copy of a fresh data directory in about a second. TLS is off, because
/// making a certificate takes two seconds.
public final class MariaDbServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private static final ServerBinaries BINARIES = ServerBinaries.chosen();
  private static final Duration START = Duration.ofSeconds(60);
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private final List<String> options;
  private @Nullable Path directory;
  private @Nullable Process process;
  private int port;

  /// @param options such as `--binlog-row-image=MINIMAL`; later ones win
  public MariaDbServer(String... options) {
    this.options = List.of(options);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
  }

  public MariaDbServer start() throws IOException {
    directory = Files.createTempDirectory("banyan-mariadb");
    copy(BINARIES.data(), directory.resolve("data"));
    Files.createDirectory(directory.resolve("tmp"));
    port = freePort();
    launch();
    return this;
  }

  /// Whether it is a MySQL.
  public static boolean isMysql() {
    return BINARIES instanceof MysqlBinaries;
  }

  public int port() {
    return port;
  }

  public String url(String schema) {
    return "jdbc:mariadb://127.0.0.1:" + port + "/" + schema + "?sslMode=disable";
  }

  /// A new database.
  public String schema() throws SQLException {
    String schema = "t" + SCHEMAS.incrementAndGet();
    run("create database " + schema);
    return schema;
  }

  public Connection connect(String schema) throws SQLException {
    return DriverManager.getConnection(url(schema), "root", "");
  }

  public Connection connect(String schema, String user, String password) throws SQLException {
    return DriverManager.getConnection(url(schema), user, password);
  }

  public void run(String... statements) throws SQLException {
    try (Connection connection = connect("")) {
      run(connection, statements);
    }
  }

  public static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// The first column of a query's rows, as text.
  public List<@Nullable String> column(String query) throws SQLException {
    List<@Nullable String> values = new ArrayList<>();
    try (Connection connection = connect("");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  /// As a machine that loses its power.
  public void kill() {
    running().destroyForcibly();
    await();
  }

  /// Starts it again at its port, after [#kill].
  public void restart() throws IOException {
    launch();
  }

  @Override
  public void close() throws IOException {
    running().destroy();
    await();
    delete(Objects.requireNonNull(directory));
  }

  private Process running() {
    return Objects.requireNonNull(process, "not started");
  }

  private void await() {
    try {
      if (!running().waitFor(30, TimeUnit.SECONDS)) {
        running().destroyForcibly();
        running().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running().destroyForcibly();
    }
  }

  private void launch() throws IOException {
    Path home = Objects.requireNonNull(directory);
    List<String> command = new ArrayList<>(BINARIES.command());
    command.addAll(
        List.of(
            "--datadir=" + home.resolve("data"),
            "--tmpdir=" + home.resolve("tmp"),
            "--socket=" + home.resolve("socket"),
            "--pid-file=" + home.resolve("pid"),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--skip-name-resolve",
            "--character-set-server=utf8mb4",
            "--collation-server=utf8mb4_general_ci",
            "--local-infile=1",
            "--server-id=1",
            "--log-bin=binlog",
            "--binlog-format=ROW",
            "--binlog-row-image=FULL",
            "--binlog-row-metadata=FULL",
            "--max-allowed-packet=256M",
            "--innodb-buffer-pool-size=128M",
            "--innodb-flush-log-at-trx-commit=2",
            "--performance-schema=OFF"));
    command.addAll(BINARIES.options());
    command.addAll(options);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(home.resolve("server.log").toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(running()::destroyForcibly));
    awaitConnections(home.resolve("server.log"));
  }

  private void awaitConnections(Path log) throws IOException {
    long end = System.nanoTime() + START.toNanos();
    SQLException last = null;
    while (System.nanoTime() < end && running().isAlive()) {
      try (Connection connection = connect("")) {
        connection.isValid(1);
        return;
      } catch (SQLException e) {
        last = e;
        pause();
      }
    }
    throw new IOException("the server did not start:\n" + Files.readString(log), last);
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path each : files.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)));
      }
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
