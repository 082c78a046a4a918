package dev.banyan.transfer.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A copy of a server that replays its log: made by a base backup, and started with the same
/// program as the first.
public final class StandbyServer implements AutoCloseable {
  private final Path folder;
  private final Process process;
  private final int port;

  private StandbyServer(Path folder, Process process, int port) {
    this.folder = folder;
    this.process = process;
    this.port = port;
  }

  /// @param name as the first one sees it
  public static StandbyServer of(LogicalServer first, String name) throws Exception {
    Path folder = Files.createTempDirectory("banyan-standby");
    Path copy = folder.resolve("data");
    try (Connection connection = first.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('standby', true)");
      copy(first.data(), copy);
      try (ResultSet label =
          statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        label.next();
        Files.writeString(copy.resolve("backup_label"), label.getString(1));
      }
    }
    Files.createFile(copy.resolve("standby.signal"));
    String from = first.url().replaceAll(".*//([^:]+):([0-9]+)/.*", "host=$1 port=$2");
    int port = free();
    String program = Files.readString(first.data().resolve("postmaster.opts")).split(" ", 2)[0];
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "-U")); // it does not run as root
    }
    command.addAll(
        List.of(
            program,
            "-D",
            copy.toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "hot_standby=on",
            "-c",
            "max_connections=80", // as many of each as the first server has, or more
            "-c",
            "max_wal_senders=20",
            "-c",
            "max_prepared_transactions=4",
            "-c",
            "wal_receiver_status_interval=1s",
            "-c",
            "primary_conninfo=" + from + " user=postgres application_name=" + name));
    return new StandbyServer(folder, started(command, folder), port);
  }

  private static Process started(List<String> command, Path folder) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile())
        .start();
  }

  private static int free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// A file that goes meanwhile is in the log.
  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes)
              throws IOException {
            Path there = to.resolve(from.relativize(each).toString());
            Files.createDirectory(
                there,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            boolean replicated = each.endsWith("pg_replslot") || each.endsWith("pg_dynshmem");
            return replicated ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes)
              throws IOException {
            if (!each.endsWith("postmaster.pid") && attributes.isRegularFile()) {
              try {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
              } catch (NoSuchFileException e) {
                return FileVisitResult.CONTINUE;
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path each, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }

  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
  }

  public void run(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(), "postgres", "");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    LogicalServer.delete(folder);
  }
}
