package dev.banyan.acceptance;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs a command to its end in a process of its own.
final class Program {
  private static final int PATIENCE_SECONDS = 60;

  private Program() {}

  /// What a command left behind.
  record Ended(int exit, String stdout, String stderr) {
    String said() {
      return stdout + stderr;
    }
  }

  /// The root of the repository.
  static Path repository() {
    return Path.of(System.getProperty("repository", "..")).toAbsolutePath().normalize();
  }

  /// `java -jar banyan.jar …` on the JDK that runs this test. Its processes live for seconds, in
  /// which the best code that a compiler can make costs more than it gives.
  static List<String> banyan(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:+UseSerialGC");
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-jar");
    command.add(repository().resolve("main/target/banyan.jar").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  static Ended run(String... arguments) throws IOException, InterruptedException {
    return run(banyan(arguments), environment -> {});
  }

  /// Runs a command and waits for its end.
  ///
  /// @throws AssertionError when it goes on for more than a minute
  static Ended run(List<String> command, Consumer<Map<String, String>> environment)
      throws IOException, InterruptedException {
    File out = File.createTempFile("banyan-acceptance", ".out");
    File err = File.createTempFile("banyan-acceptance", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectOutput(out)
              .redirectError(err);
      environment.accept(builder.environment());
      Process process = builder.start();
      boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly().waitFor();
      }
      Ended result =
          new Ended(
              process.exitValue(), Files.readString(out.toPath()), Files.readString(err.toPath()));
      if (!ended) {
        throw new AssertionError(command + " did not end; it said: " + result.said());
      }
      return result;
    } finally {
      Files.delete(out.toPath());
      Files.delete(err.toPath());
    }
  }
}
