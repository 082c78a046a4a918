package dev.banyan.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Bad files, with the exact words and places.
class ConfigProblemsTest {
  private static final String SERVICES =
      """
      services:
        legacy: { url: http://127.0.0.1:3000 }
        users: { url: http://127.0.0.1:4000 }
      """;

  @TempDir Path folder;

  private static Arguments bad(String yaml, String... headlines) {
    return Arguments.of(yaml, List.of(headlines));
  }

  /// Below the three lines of services.
  private static Arguments badFamily(String keys, String... headlines) {
    return bad(
        SERVICES + "families:\n  users:\n    candidate: users\n    routes: [/users]\n" + keys,
        headlines);
  }

  private static Arguments badRoute(String route, String... headlines) {
    return bad(
        SERVICES + "families:\n  users:\n    candidate: users\n    routes:\n    - " + route + "\n",
        headlines);
  }

  static Stream<Arguments> badFiles() {
    return Stream.of(structure(), values(), families(), routes()).flatMap(s -> s);
  }

  private static Stream<Arguments> structure() {
    String empty =
        "banyan.yaml: the file is empty; it needs at least: services: { legacy: { url:"
            + " http://127.0.0.1:3000 } }";
    return Stream.of(
        bad("", empty),
        bad("# only a comment\n", empty),
        bad("~", empty),
        bad("hello", "banyan.yaml:1:1: keys are expected here, such as name: value, not text"),
        bad("- a", "banyan.yaml:1:1: keys are expected here, such as name: value, not a list"),
        bad("a: [", "X"),
        bad("listen:\n\t- a", "X"),
        bad("token: *Passw0rd", "X"),
        bad("token: !Passw0rd x", "X"),
        bad("listen: 'a", "X"),
        bad("a: b\n---\nc: d", "X"),
        bad("a: \u0007", "X"),
        bad("control: { token: ${TOKEN} }", "X"),
        bad("a: " + "[".repeat(40) + "]".repeat(40), "X"),
        bad("a: &x [" + "b,".repeat(5) + "]\nb: [" + "*x,".repeat(60) + "]", "X"),
        bad("? [a]\n: b\n" + SERVICES, "X"),
        bad(SERVICES + "listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", "X"));
  }

  private static Stream<Arguments> values() {
    return Stream.of(
        bad("services:\n", "X"),
        bad("listen: 127.0.0.1:80\n", "X"),
        bad("services: { old: {} }", "X"),
        bad("services: { 'ol d': { url: http://a } }", "X"),
        bad("services: { a: { url: http://a }, b: { url: http://b } }", "X"),
        bad("services: { a: { url: http://a } }\nlegacy: b", "X"),
        bad(SERVICES + "listn: 127.0.0.1:80", "X"),
        bad(SERVICES + "listen: 8080", "X"),
        bad(SERVICES + "listen: 127.0.0.1:65536", "X"),
        bad(SERVICES + "listen: [a]", "X"),
        bad(SERVICES + "listen:\n", "X"),
        bad(SERVICES + "control: { listen: 0.0.0.0:8081 }", "X"),
        bad(SERVICES + "control: { listen: 127.0.0.1:8080 }", "X"),
        bad(SERVICES + "control: { token: 'two words' }", "X"),
        bad("services: { a: { url: https://a } }", "X"),
        bad("services: { a: { url: http://a/b } }", "X"),
        bad("services: { a: { url: 'http://a?b=c' } }", "X"),
        bad("services: { a: { url: http://ann:pw@a } }", "X"),
        bad("services: { a: { url: http://a_b } }", "X"),
        bad("services: { a: { url: ftp://a } }", "X"),
        bad("services: { a: { url: 'http://a b' } }", "X"),
        bad("services: { a: { url: http://a, health: healthz } }", "X"),
        bad("services: { a: { url: http://a, connect_timeout: 5 } }", "X"),
        bad("services: { a: { url: http://a, response_timeout: 2h } }", "X"),
        bad("services: { a: { url: http://a, connections: 0 } }", "X"),
        bad(SERVICES + "shadow: { memory: 64 }", "X"),
        bad(SERVICES + "shadow: { memory: 1MiB, body: 2MiB }", "X"),
        bad(SERVICES + "shadow: { concurrency: -1 }", "X"),
        bad(SERVICES + "shadow: { deadline: 5 parsecs }", "X"),
        bad(SERVICES + "listen: 127.0.0.1:${BANYAN_NOT_SET}", "X"),
        bad(SERVICES + "listen: 127.0.0.1:${BANYAN_NOT_SET:none}", "X"),
        bad(SERVICES + "listen: ${file:/nowhere/x}", "X"),
        bad(SERVICES + "listen: ${1A}", "X"),
        bad(SERVICES + "listen: ${A", "X"));
  }

  private static Stream<Arguments> families() {
    return Stream.of(
        bad(SERVICES + "families:\n  users: { routes: [/users] }", "X"),
        bad(SERVICES + "families:\n  users: { candidate: users }", "X"),
        bad(SERVICES + "families:\n  users: { candidate: users, routes: [] }", "X"),
        bad(SERVICES + "families:\n  users: { candidate: user, routes: [/users] }", "X"),
        bad(SERVICES + "families:\n  users: { candidate: legacy, routes: [/users] }", "X"),
        bad(SERVICES + "families:\n  Users: { candidate: users, routes: [/users] }", "X"),
        badFamily("    stiky: ip\n", "X"),
        badFamily("    sticky: heder:x\n", "X"),
        badFamily("    sticky: 'header:a b'\n", "X"),
        badFamily("    data: shard\n", "X"),
        badFamily("    fallback: on\n", "X"),
        badFamily("    auto: full\n", "X"),
        badFamily("    owner: ' '\n", "X"),
        badFamily("    steps: [5%, 1%, 100%]\n", "X"),
        badFamily("    steps: [1%, 50%]\n", "X"),
        badFamily("    steps: [0%, 100%]\n", "X"),
        badFamily("    steps: 5%\n", "X"),
        badFamily("    soak: soon\n", "X"),
        badFamily("    parity: { limit: 101% }\n", "X"),
        badFamily("    breaker: { slow_factor: 0.5 }\n", "X"),
        badFamily("    breaker: { errors: 0.05 }\n", "X"),
        badFamily("    shadow: { sample: lots }\n", "X"));
  }

  private static Stream<Arguments> routes() {
    return Stream.of(
        badRoute("users", "X"),
        badRoute("get /users", "X"),
        badRoute("GET /users/", "X"),
        badRoute("GET /users/../x", "X"),
        badRoute("GET /users?x=1", "X"),
        badRoute("GET /users/{id}.json", "X"),
        badRoute("GET /**/users", "X"),
        badRoute("GET /a b", "X"),
        badRoute("CONNECT /a", "X"),
        badRoute("{ route: /search, safe: true }", "X"),
        badRoute("{ rout: /search, safe: maybe }", "X"),
        badRoute("GET /a/{x}\n    - GET /a/{y}", "X"),
        badRoute(
            "GET /users/{id}\n    - /users\n  more:\n    candidate: users\n    routes: ['GET"
                + " /users/{name}', /users, 'POST /users']",
            "X"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
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
            tuple(3, 42, "services.legacy.conections"),
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
