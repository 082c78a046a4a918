package dev.banyan.bench.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process that was started here, and is stopped here, by its own id.
final class Child implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 15;

  private final Process process;
  private final Path output;

  Child(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  Process process() {
    return process;
  }

  /// What it has written so far, both streams.
  String said() throws IOException {
    return Files.readString(output);
  }

  /// Waits for its end.
  ///
  /// @throws IOException when it takes longer than that, or fails
  String finish(int seconds) throws IOException, InterruptedException {
    boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
    close();
    if (!ended || process.exitValue() != 0) {
      throw new IOException(
          process.info().command().orElse("a command")
              + (ended ? " failed with " + process.exitValue() : " did not end")
              + ": "
              + said());
    }
    return said();
  }

  /// Asks it to end, and insists after a while; its own children too.
  @Override
  public void close() {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
  }
}
