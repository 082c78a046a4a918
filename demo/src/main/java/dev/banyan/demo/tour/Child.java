package dev.banyan.demo.tour;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A process that the tour started: its output in a file, its input held open for as long as it is
/// to live.
final class Child implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(5);
  private static final int TAIL = 15;

  private final String name;
  private final Process process;
  private final Path log;
  private final CompletableFuture<String> ready = new CompletableFuture<>();

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /// Starts a process; [#ready] tells when it is there.
  static Child start(String name, List<String> command, Path directory) throws TourException {
    Path log = directory.resolve(name + ".log");
    try {
      Process process =
          new ProcessBuilder(command).redirectError(Redirect.appendTo(log.toFile())).start();
      Child child = new Child(name, process, log);
      Thread.ofVirtual().name(name + " output").start(child::copyOutput);
      return child;
    } catch (IOException failed) {
      throw new TourException(name + " could not be started: " + failed.getMessage(), failed);
    }
  }

  private void copyOutput() {
    String sign = name + ": serving on ";
    try (BufferedReader output = process.inputReader();
        Writer copy =
            Files.newBufferedWriter(
                log,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        copy.append(line).append('\n').flush();
        if (line.startsWith(sign)) {
          ready.complete(line);
        }
      }
      ready.completeExceptionally(new IOException("it ended"));
    } catch (IOException broken) {
      ready.completeExceptionally(broken);
    }
  }

  /// Waits for the line that says where it serves.
  String ready() throws TourException, InterruptedException {
    try {
      return ready.get(START.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new TourException(name + " did not start. The end of its output:\n" + tail(), failed);
    }
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /// The last lines it wrote.
  String tail() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL), lines.size()));
    } catch (IOException unreadable) {
      return "(" + log + " can not be read: " + unreadable.getMessage() + ")";
    }
  }

  /// Ends the process, first by asking.
  @Override
  public void close() {
    try {
      process.outputWriter().close();
    } catch (IOException broken) {
      // The pipe breaks when the process has ended already, which is what is wanted.
      process.destroy();
    }
    process.destroy();
    try {
      if (!process.waitFor(END.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException hurried) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
