package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `./banyan`, which finds a JDK 25 wherever it lies.
final class LauncherIT {
  /// Stands for a JDK 17: it tells its version and is of no other use.
  private static final String OLD_JAVA =
      """
      #!/bin/sh
      case "$1" in
        -version|--version|-XshowSettings*)
          echo 'openjdk version "17.0.15" 2025-04-15' >&2 ;;
        *)
          echo "an old java was asked to run $*" >&2
          exit 97 ;;
      esac
      """;

  @TempDir Path directory;

  @BeforeEach
  void putAnOldJavaFirst() throws IOException {
    Path java = Files.writeString(directory.resolve("java"), OLD_JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Program.Ended launch(Map<String, String> more, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Program.repository().resolve("banyan").toString());
    command.addAll(List.of(arguments));
    return Program.run(
        command,
        environment -> {
          environment.remove("JAVA_HOME");
          environment.put("PATH", directory + ":" + environment.get("PATH"));
          environment.putAll(more);
        });
  }

  @Test
  void runsWhereAnOlderJavaIsFirstOnThePath() throws Exception {
    // The directory above the JDK that runs this test is where a JDK 25 surely lies.
    Path jdks = Path.of(System.getProperty("java.home"), "..").normalize();
    Program.Ended ended = launch(Map.of("BANYAN_JDK_SEARCH", jdks.toString()), "status", "--help");

    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(ended.stdout()).contains("status");
    assertThat(ended.said()).doesNotContain("an old java");
  }

  @Test
  void handsOnTheExitCodeOfTheProgram() throws Exception {
    Path jdks = Path.of(System.getProperty("java.home"), "..").normalize();
    Map<String, String> search = Map.of("BANYAN_JDK_SEARCH", jdks.toString());
    assertThat(launch(search, "levitate").exit()).isEqualTo(2);
    assertThat(launch(search, "--control", "http://127.0.0.1:1", "status").exit()).isEqualTo(3);
  }

  @Test
  void prefersTheJdkThatJavaHomeNames() throws Exception {
    Program.Ended ended =
        launch(
            Map.of(
                "BANYAN_JDK_SEARCH", "/nonexistent", "JAVA_HOME", System.getProperty("java.home")),
            "--help");
    assertThat(ended.exit()).as(ended.said()).isZero();
  }

  @Test
  void saysInOneLineWhatToInstallWhereThereIsNoJdk25() throws Exception {
    Program.Ended ended = launch(Map.of("BANYAN_JDK_SEARCH", "/nonexistent"), "status");

    assertThat(ended.exit()).isNotZero();
    assertThat(ended.stdout()).isEmpty();
    assertThat(ended.stderr().lines()).hasSize(1);
    assertThat(ended.stderr()).contains("JDK 25").containsIgnoringCase("install");
  }
}
