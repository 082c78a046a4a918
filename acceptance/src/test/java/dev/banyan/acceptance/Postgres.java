package dev.banyan.acceptance;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A real PostgreSQL 18 with a directory of its own, which can be stopped and started again. For
/// one thread.
final class Postgres implements AutoCloseable {
  private final Path home;
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
    return EmbeddedPostgres.builder()
        .setDataDirectory(home.resolve("data"))
        .setCleanDataDirectory(false)
        .setServerConfig("shared_buffers", "32MB")
        .setServerConfig("max_connections", "100")
        .setOutputRedirector(Redirect.to(home.resolve("out.log").toFile()))
        .setErrorRedirector(Redirect.to(home.resolve("err.log").toFile()));
  }

  int port() {
    return port;
  }

  void stop() throws IOException {
    running.close();
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
