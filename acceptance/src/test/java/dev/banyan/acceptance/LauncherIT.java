package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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

  /// The one that runs this test.
  private static final String JDK = System.getProperty("java.home");

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

  @Test
  void startsFromWhatTheBuildLearned() throws Exception {
    Path loaded = directory.resolve("loaded.log");
    Program.Ended ended =
        launch(
            Map.of("JAVA_HOME", JDK, "BANYAN_JAVA_OPTS", "-Xlog:class+load:file=" + loaded),
            "status",
            "--help");

    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(Files.readString(loaded)).contains("dev.banyan.app.Main source: shared objects");
  }

  @Test
  void theUsersFlagsWin() throws Exception {
    Program.Ended ended =
        launch(
            Map.of(
                "JAVA_HOME",
                JDK,
                "BANYAN_JAVA_OPTS",
                "-XX:+UseG1GC -Xmx40m -XX:-UseCompactObjectHeaders -XX:+PrintFlagsFinal"),
            "--version");

    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(ended.stdout())
        .containsPattern(" UseG1GC += true")
        .containsPattern(" UseSerialGC += false")
        .containsPattern(" MaxHeapSize += 41943040")
        .containsPattern(" UseCompactObjectHeaders += false")
        .contains("banyan 0.");
    assertThat(ended.stderr()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void startsWithoutAWordWhateverLiesInThePlaceOfTheCache(Cache cache) throws Exception {
    Path checkout = checkout();
    Path place = checkout.resolve("main/target/banyan.aot");
    switch (cache) {
      case NONE -> {}
      case OF_ANOTHER_BUILD -> Files.copy(built("banyan.aot"), place);
      case NO_CACHE_AT_ALL -> Files.writeString(place, "This is not a cache.\n");
    }
    Program.Ended ended =
        Program.run(
            List.of(checkout.resolve("banyan").toString(), "--version"),
            environment -> environment.put("JAVA_HOME", JDK));
    // JUnit removes the folder, and warns of links that lead out of it.
    Files.delete(checkout.resolve("main/target/lib"));

    assertThat(ended.exit()).as(ended.said()).isZero();
    assertThat(ended.stdout()).startsWith("banyan ").hasLineCount(1);
    assertThat(ended.stderr()).isEmpty();
  }

  enum Cache {
    NONE,
    OF_ANOTHER_BUILD,
    NO_CACHE_AT_ALL
  }

  /// A checkout with what a build leaves in it, in a path with a space.
  private Path checkout() throws IOException {
    Path checkout = directory.resolve("a checkout");
    Path target = Files.createDirectories(checkout.resolve("main/target"));
    Files.createDirectories(checkout.resolve("main/src/main"));
    Files.createDirectories(checkout.resolve("main/src/sh"));
    for (String file :
        List.of(
            "banyan",
            "pom.xml",
            "main/pom.xml",
            "main/src/sh/checkout.sh",
            "main/src/sh/jvm.options")) {
      Files.copy(
          Program.repository().resolve(file),
          checkout.resolve(file),
          StandardCopyOption.COPY_ATTRIBUTES);
    }
    Files.createSymbolicLink(target.resolve("lib"), built("lib"));
    // Last, and with a time of its own: newer than its sources, and not the jar the cache is of.
    Files.copy(built("banyan.jar"), target.resolve("banyan.jar"));
    return checkout;
  }

  private static Path built(String name) {
    return Program.repository().resolve("main/target").resolve(name);
  }
}
