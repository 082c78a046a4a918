package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// `banyan.yaml`: checked as a whole, refused as a whole, reloaded without a dropped request.
@ExtendWith(Transcripts.class)
final class ConfigIT {
  @TempDir Path directory;

  private static final String GOOD =
      """
      listen: 127.0.0.1:0
      control: { listen: 127.0.0.1:0 }
      services:
        legacy: { url: "${LEGACY_URL:http://127.0.0.1:3000}" }
        users: { url: "${file:secret}", health: /healthz }
      families:
        users:
          routes: ["GET /users", "GET /users/{id}", "/users/{id}/**"]
          candidate: users
          data: shared
          sticky: header:authorization
          owner: identity-team
          shadow: { sample: 100% }
      """;

  /// Every line that says "wrong" is one.
  private static final String BAD =
      """
      listen: 127.0.0.1:0
      control: { listen: 127.0.0.1:0 }
      services:
        legacy: { url: "ftp://127.0.0.1:3000" } # wrong
        users: { url: http://127.0.0.1:4000, conections: 5 } # wrong
      families:
        users:
          routes:
            - "GET /users/{id}"
            - "GET users" # wrong
            - "GET /users/a?b=1" # wrong
          candidate: nobody # wrong
          data: borrowed # wrong
          sticky: moon # wrong
          soak: soon # wrong
        twice:
          routes: ["GET /users/{name}"] # wrong
          candidate: users
        lost: { routes: ["GET /lost"] } # wrong
        unset:
          routes: ["GET /unset"]
          candidate: users
          owner: ${BANYAN_NOT_SET_ANYWHERE} # wrong
      """;

  private Path write(String yaml) throws IOException {
    Files.writeString(directory.resolve("secret"), "http://127.0.0.1:4000\n");
    return Files.writeString(directory.resolve("banyan.yaml"), yaml);
  }

  private static void expectEveryProblem(String said) {
    List<String> lines = BAD.lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).endsWith("# wrong")) {
        assertThat(said)
            .as("a problem at line %s: %s", i + 1, lines.get(i))
            .containsPattern(Pattern.compile("(?<!\\d)" + (i + 1) + "(:|, column )\\d+"));
      }
    }
    assertThat(said).contains("conections", "nobody", "borrowed", "moon", "soon");
    assertThat(said).contains("BANYAN_NOT_SET_ANYWHERE", "ftp");
  }

  @Test
  void checkAcceptsAGoodFileAndFillsInItsVariables() throws Exception {
    String file =
        write(GOOD.replace("${file:secret}", "${file:" + directory + "/secret}")).toString();
    Program.Ended good = Program.run("check", file);
    assertThat(good.exit()).as(good.said()).isZero();

    Program.Ended filled =
        Program.run(
            Program.banyan("check", file), environment -> environment.put("LEGACY_URL", "gopher:"));
    assertThat(filled.exit()).isEqualTo(1);
    assertThat(filled.said()).contains("LEGACY_URL");
  }

  @Test
  void checkTellsEveryProblemOfABadFileAtOnceWithItsPlace() throws Exception {
    Program.Ended bad = Program.run("check", write(BAD).toString());

    assertThat(bad.exit()).isEqualTo(1);
    expectEveryProblem(bad.said());
  }

  @Test
  void runRefusesABadFileAndServesNothing() throws Exception {
    Program.Ended bad =
        Program.run("run", write(BAD).toString(), "--data", directory.resolve("data").toString());

    assertThat(bad.exit()).isNotZero();
    assertThat(bad.stdout()).doesNotContain("serving on");
    expectEveryProblem(bad.said());
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Program.Ended missing = Program.run("check", directory.resolve("none.yaml").toString());
    assertThat(missing.exit()).isNotZero();
    assertThat(missing.said()).contains("none.yaml");
    assertThat(missing.said()).doesNotContain("\tat ");
  }

  @Test
  void checkTellsWhereAFileIsNoYamlAtAll() throws Exception {
    Program.Ended broken = Program.run("check", write("services: {\n  legacy: [\n").toString());
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.said()).containsPattern("\\d+:\\d+");
    assertThat(broken.said()).doesNotContain("\tat ");
  }

  @Test
  void anEditIsAppliedUnderLoadWithoutADroppedRequest() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      control.promote("items").done();
      Load load =
          Load.on(
              banyan.port(),
              8,
              (client, number) ->
                  assertThat(client.get("/items/" + number, Map.of("X-User", "u")).status())
                      .isEqualTo(200));
      try (load) {
        for (int edit = 0; edit < 5; edit++) {
          String added = "added" + edit;
          banyan.replace(sides.items() + Sides.family(added));
          Await.until(
              "the family " + added + " is there",
              () -> control.get("/api/v1/families/" + added).status() == 200);
        }
        long before = load.done();
        Await.until("requests go on", () -> load.done() > before + 100);
      }
      assertThat(load.failures()).isEmpty();
      assertThat(control.phase("items")).as("a phase outlives an edit").isEqualTo("shadow");
      assertThat(control.status().path("families")).hasSize(2);
    }
  }

  @Test
  void anEditCanMoveAServiceElsewhere() throws Exception {
    try (Sides sides = Sides.open();
        Backend moved = Backend.named("moved");
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      assertThat(client.get("/items/1").server()).isEqualTo("legacy");
      banyan.replace(sides.items().replace(sides.legacy().url(), moved.url()));
      Await.until("the new address is used", () -> client.get("/items/1").server().equals("moved"));
    }
  }

  @Test
  void aBadEditIsRefusedLoudlyAndTheOldFileStays() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      Control control = banyan.control();
      assertThat(control.status().path("config").path("lastError").isNull()).isTrue();

      banyan.overwrite(sides.items("stickyness: ip") + Sides.family("added"));
      Await.until(
          "the error is in the status",
          () ->
              control
                  .status()
                  .path("config")
                  .path("lastError")
                  .asString("")
                  .contains("stickyness"));

      assertThat(banyan.stderr()).contains("stickyness");
      assertThat(client.get("/items/1").status()).isEqualTo(200);
      assertThat(control.status().path("families")).hasSize(1);

      banyan.overwrite(sides.items() + Sides.family("added"));
      Await.until(
          "the mended file is applied",
          () ->
              control.status().path("families").size() == 2
                  && control.status().path("config").path("lastError").isNull());
    }
  }

  @Test
  void saysWhatWaitsForARestartUntilItIsTakenBack() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      String before = Files.readString(banyan.file());
      Files.writeString(
          banyan.file(), before.replace("listen: 127.0.0.1:0\n", "listen: 127.0.0.1:1\n"));
      Await.until("it is told", () -> lastReason(banyan).contains("after a restart: listen"));
      Files.writeString(banyan.file(), before);
      Await.until(
          "nothing waits any more",
          () -> lastReason(banyan).contains("loaded") && !lastReason(banyan).contains("restart"));
    }
  }

  private static String lastReason(Banyan banyan) throws Exception {
    return banyan.control().ledger().getLast().path("reason").asString("");
  }
}
