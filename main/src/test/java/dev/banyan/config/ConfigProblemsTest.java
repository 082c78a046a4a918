package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad files, with the exact words and places.
class ConfigProblemsTest {
  private static final String SERVICES = BadFiles.SERVICES;

  @TempDir Path folder;

  @ParameterizedTest
  @MethodSource("dev.banyan.config.BadFiles#all")
  void aBadFileIsRefusedWithTheseWordsAtThisPlace(String yaml, List<String> headlines) {
    assertThat(Yaml.in(folder).headlines(yaml)).isEqualTo(headlines);
  }

  @Test
  void allProblemsAreReportedTogetherInTheOrderOfTheFile() {
    List<Problem> problems =
        Yaml.in(folder)
            .problems(
                """
                listen: nowhere
                services:
                  legacy: { url: http://127.0.0.1:3000, conections: 4 }
                families:
                  users:
                    candidate: usrs
                    sticky: heder:x
                    routes: [users, GET /x]
                """);

    assertThat(problems)
        .extracting(Problem::line, Problem::column, Problem::key)
        .containsExactly(
            tuple(1, 9, "listen"),
            tuple(3, 41, "services.legacy.conections"),
            tuple(6, 16, "families.users.candidate"),
            tuple(7, 13, "families.users.sticky"),
            tuple(8, 14, "families.users.routes[0]"));
  }

  @Test
  void aProblemShowsItsLineWithACaretAndItsFields() {
    Problem problem = Yaml.in(folder).problems(SERVICES + "listen: nowhere").getFirst();

    assertThat(problem.text()).isEqualTo(problem.headline() + "\n  listen: nowhere\n          ^");
    assertThat(problem.fields())
        .isEqualTo(
            Map.of(
                "file",
                "banyan.yaml",
                "line",
                4,
                "column",
                9,
                "key",
                "listen",
                "message",
                problem.message()));
  }

  @Test
  void aLongLineIsCutAroundTheCaret() {
    String yaml = SERVICES + "control: { listen: '" + "x".repeat(300) + "', tokn: 1 }";
    Problem problem = Yaml.in(folder).problems(yaml).getLast();

    List<String> lines = problem.excerpt().lines().toList();
    assertThat(lines.getFirst()).hasSizeLessThanOrEqualTo(102);
    assertThat(lines.getFirst().substring(lines.getLast().indexOf('^'))).startsWith("tokn: *");
  }

  @Test
  void onlyTheFirstHundredProblemsAreListed() {
    StringBuilder many = new StringBuilder(SERVICES);
    for (int i = 0; i < 150; i++) {
      many.append("x").append(i).append(": 1\n");
    }
    List<String> listed = Yaml.in(folder).headlines(many.toString());
    assertThat(listed).hasSize(101).last().isEqualTo("banyan.yaml: and 50 more; mend these first");
  }

  @Test
  void anAliasInsideItsOwnAnchorIsAProblemAndNotALoop() {
    assertThat(Yaml.in(folder).headlines("services: &s { legacy: *s }"))
        .anySatisfy(headline -> assertThat(headline).contains("unknown key 'legacy'"));
    assertThat(Yaml.in(folder).headlines(SERVICES + "shadow: &s { memory: [*s] }"))
        .singleElement()
        .asString()
        .contains("shadow.memory: a list stands here where one value is expected");
  }

  @Test
  void aliasesThatMultiplyCostNoMoreThanTheirText() {
    StringBuilder bomb = new StringBuilder(SERVICES + "x0: &x0 [a, a, a, a, a, a, a, a, a]\n");
    for (int i = 1; i <= 5; i++) {
      String alias = "*x" + (i - 1);
      bomb.append(
          "x%d: &x%d [%s]\n".formatted(i, i, String.join(",", Collections.nCopies(9, alias))));
    }

    assertThat(Yaml.in(folder).headlines(bomb.toString()))
        .hasSize(6)
        .allSatisfy(headline -> assertThat(headline).contains("unknown key 'x"));
  }

  @Test
  void aMissingFileIsAProblem() {
    ConfigFile file = new ConfigFile(folder.resolve("nowhere.yaml"), Environment.of(Map.of()));

    assertThat(((ConfigResult.Rejected) file.load()).text())
        .isEqualTo("nowhere.yaml: the file does not exist");
  }

  @Test
  void aDirectoryIsAProblem() {
    ConfigFile file = new ConfigFile(folder, Environment.of(Map.of()));

    assertThat(((ConfigResult.Rejected) file.load()).text())
        .endsWith(": this is a directory; allowed: a YAML file");
  }

  @Test
  void aFileBeyondOneMebibyteIsAProblem() {
    String yaml = SERVICES + "#".repeat(1 << 20);

    assertThat(Yaml.in(folder).headlines(yaml))
        .containsExactly("banyan.yaml: the file has 1048577 bytes; allowed: up to 1 MiB");
  }

  @Test
  void bytesThatAreNotUtf8AreAProblemAtTheirPlace() {
    byte[] yaml = (SERVICES + "legacy: caf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);

    ConfigResult.Rejected rejected = (ConfigResult.Rejected) Yaml.in(folder).load(yaml);
    assertThat(rejected.problems().getFirst().headline())
        .isEqualTo("banyan.yaml:4:12: the file is not UTF-8 text; allowed: UTF-8");
  }

  @Test
  void aFileToFillInThatIsTooLongIsAProblem() throws Exception {
    Files.writeString(folder.resolve("long"), "x".repeat(64 * 1024 + 1));

    assertThat(Yaml.in(folder).headlines(SERVICES + "control: { token: '${file:long}' }"))
        .containsExactly(
            "banyan.yaml:4:19: control.token: the file 'long' can not be read: it is longer than 64"
                + " KiB");
  }
}
