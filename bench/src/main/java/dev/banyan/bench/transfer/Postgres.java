package dev.banyan.bench.transfer;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

/// A PostgreSQL 18 that is as durable as it comes. Only what would disturb at times of its own is
/// off: the vacuum that starts by itself, and checkpoints within a measurement.
record Postgres(String name, EmbeddedPostgres server, ProcessHandle process) implements Server {
  private static final String SHARED = "256MB";

  static Postgres start(String name, Path directory) throws IOException {
    Path data = directory.resolve(name);
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setPGStartupWait(Duration.ofMinutes(1))
            .setDataDirectory(data)
            .setCleanDataDirectory(true)
            .setServerConfig("wal_level", "logical")
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("shared_buffers", SHARED)
            .setServerConfig("max_wal_size", "8GB")
            .setServerConfig("checkpoint_timeout", "1h")
            .setServerConfig("autovacuum", "off")
            .setServerConfig("max_connections", "60")
            .setOutputRedirector(Redirect.to(directory.resolve(name + ".out").toFile()))
            .setErrorRedirector(Redirect.to(directory.resolve(name + ".err").toFile()))
            .start();
    String pid = Files.readString(data.resolve("postmaster.pid")).lines().findFirst().orElseThrow();
    return new Postgres(name, server, ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow());
  }

  @Override
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres";
  }

  /// As programs that are not Java's are told.
  String uri() {
    return "postgresql://" + user() + "@127.0.0.1:" + server.getPort() + "/postgres";
  }

  @Override
  public String user() {
    return "postgres";
  }

  @Override
  public void settle() throws SQLException {
    run("checkpoint");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
