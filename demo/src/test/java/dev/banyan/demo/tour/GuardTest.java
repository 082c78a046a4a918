package dev.banyan.demo.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardTest {
  @TempDir private Path parent;

  /// Stands in for a tour that is killed: it hands the guard a process and a directory, and waits.
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
      Guard guard = Guard.start();
      guard.directory(Path.of(arguments[0]));
      guard.process("TERM", Long.parseLong(arguments[1]));
      System.out.println("told");
      Thread.sleep(600_000);
    }
  }

  @Test
  void aKilledTourLeavesNeitherProcessNorDirectory() throws Exception {
    Path directory = Files.createDirectory(parent.resolve("of the tour"));
    Files.writeString(directory.resolve("file"), "left over");
    Process orphan = new ProcessBuilder("sleep", "600").start();
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, List.of(System.getProperty("java.class.path"))),
                Victim.class.getName(),
                directory.toString(),
                String.valueOf(orphan.pid()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = victim.inputReader()) {
      assertThat(output.readLine()).isEqualTo("told");
      victim.destroyForcibly();
      assertThat(orphan.waitFor(30, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 600 && Files.exists(directory); i++) {
        Thread.sleep(50);
      }
      assertThat(directory).doesNotExist();
    } finally {
      victim.destroyForcibly();
      orphan.destroyForcibly();
    }
  }

  @Test
  void nothingIsTouchedWhenTheTourEndedEverythingItself() throws Exception {
    Path directory = Files.createDirectory(parent.resolve("kept"));
    Process process = new ProcessBuilder("sleep", "600").start();
    try {
      Guard guard = Guard.start();
      guard.directory(directory);
      guard.process("TERM", process.pid());
      guard.close();
      assertThat(process.isAlive()).isTrue();
      assertThat(directory).exists();
    } finally {
      process.destroyForcibly();
    }
  }
}
