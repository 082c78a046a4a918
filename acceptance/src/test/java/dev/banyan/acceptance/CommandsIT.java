package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// The commands with their exit codes: 0 done, 1 refused or differences found, 2 usage, 3 control
/// plane unreachable. Each test has a family of its own on one program.
@ExtendWith(Transcripts.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class CommandsIT {
  private Sides sides;
  private Banyan banyan;

  @BeforeAll
  void start() throws Exception {
    sides = Sides.open();
    StringBuilder config = new StringBuilder(sides.services() + "families:\n");
    for (String name : List.of("ladder", "gated", "held", "equal", "different", "logged", "read")) {
      config.append(Sides.family(name, "steps: [100%]"));
    }
    banyan = Banyan.serving(config.toString());
  }

  @AfterAll
  void stop() throws Exception {
    banyan.close();
    sides.close();
  }

  private Program.Ended expect(int exit, String... arguments) throws Exception {
    Program.Ended ended = banyan.command(arguments);
    assertThat(ended.exit())
        .as("exit code of %s, which said %s", List.of(arguments), ended.said())
        .isEqualTo(exit);
    return ended;
  }

  @Test
  void promoteAndRollbackMoveAFamily() throws Exception {
    expect(0, "promote", "ladder", "--to", "shadow", "--reason", "watch it");
    assertThat(banyan.control().phase("ladder")).isEqualTo("shadow");
    assertThat(expect(0, "status").stdout()).contains("ladder", "shadow", "catalogue-team");
    expect(0, "rollback", "ladder", "--reason", "enough");
    assertThat(banyan.control().phase("ladder")).isEqualTo("legacy");
  }

  @Test
  void statusIsJsonWhenAsked() throws Exception {
    JsonNode status = Control.json(expect(0, "-o", "json", "status").stdout());
    assertThat(status.path("families")).hasSize(7);
    assertThat(Control.json(expect(0, "status", "-o", "json").stdout()).path("families"))
        .hasSize(7);
  }

  @Test
  void aRefusedPromotionExitsWithOneAndSaysWhatIsMissing() throws Exception {
    expect(0, "promote", "gated", "--reason", "watch it");
    Program.Ended refused = expect(1, "promote", "gated", "--reason", "too early");
    assertThat(refused.said()).contains("parity");
    assertThat(expect(0, "explain", "gated").stdout()).contains("parity");
    expect(1, "promote", "gated", "--to", "retired", "--reason", "a leap");
  }

  @Test
  void holdAndResumeStopAndReleasePromotion() throws Exception {
    expect(0, "hold", "held", "--reason", "freeze over the holidays");
    assertThat(expect(1, "promote", "held", "--reason", "anyway").said())
        .contains("freeze over the holidays");
    expect(0, "resume", "held", "--reason", "back at work");
    expect(0, "promote", "held", "--reason", "go on");
  }

  @Test
  void parityExitsWithOneOnlyWhereAnswersDiffer() throws Exception {
    sides
        .candidate()
        .behave(request ->
            request.target().startsWith("/different")
                ? Reply.json(200, "{\"other\":true}")
                : Reply.plain(request));
    Control control = banyan.control();
    control.promote("equal").done();
    control.promote("different").done();
    try (Client client = banyan.client()) {
      for (int i = 0; i < 10; i++) {
        client.get("/equal/" + i);
        client.get("/different/" + i);
      }
    }
    Await.until(
        "all are compared",
        () ->
            control.family("equal").path("parity").path("matched").asLong() == 10
                && control.family("different").path("parity").path("mismatched").asLong() == 10);
    expect(0, "parity", "equal");
    assertThat(expect(1, "parity", "different").stdout()).contains("GET /different/{id}", "other");
    expect(0, "parity", "different", "--reset", "--reason", "mended");
    expect(0, "parity", "different");
  }

  @Test
  void theLedgerIsShownAndVerified() throws Exception {
    expect(0, "promote", "logged", "--reason", "a reason to be found again");
    assertThat(expect(0, "ledger", "show").stdout()).contains("a reason to be found again");
    assertThat(expect(0, "ledger", "verify").stdout()).isNotBlank();
    JsonNode verdict = Control.json(expect(0, "-o", "json", "ledger", "verify").stdout());
    assertThat(verdict.path("ok").asBoolean()).isTrue();
  }

  @Test
  void theLedgerIsReadFromWhereOneStopped() throws Exception {
    expect(0, "hold", "read", "--reason", "read before");
    long last = banyan.control().ledger().getLast().path("seq").asLong();
    expect(0, "resume", "read", "--reason", "read after");

    assertThat(expect(0, "ledger", "show", "--after", "" + last).stdout())
        .contains("read after")
        .doesNotContain("read before");
    JsonNode page =
        Control.json(
            expect(0, "ledger", "show", "--after", "" + last, "--limit", "1", "-o", "json")
                .stdout());
    assertThat(page.path("entries")).hasSize(1);
    assertThat(page.path("entries").path(0).path("seq").asLong()).isEqualTo(last + 1);
    assertThat(expect(0, "ledger", "show", "--after", "1000000").stdout()).contains("no entry");
  }

  @Test
  void wrongArgumentsExitWithTwo() throws Exception {
    expect(2, "promote", "ladder");
    expect(2, "promote", "ladder", "--reason", " ");
    expect(2, "promote", "ladder", "--to", "the moon", "--reason", "r");
    expect(2, "ledger", "show", "--after", "-1");
    expect(2, "promote", "--reason", "whom?");
    expect(2, "levitate");
    expect(2, "status", "--sideways");
    expect(2, "-o", "xml", "status");
  }

  @Test
  void anUnknownFamilyExitsWithOneAndIsNamed() throws Exception {
    assertThat(expect(1, "explain", "nobody").stderr()).contains("nobody");
    assertThat(expect(1, "rollback", "nobody", "--reason", "r").stderr()).contains("nobody");
  }

  @Test
  void anUnreachableControlPlaneExitsWithThreeAndIsNamed() throws Exception {
    // Port 1 is nobody's.
    String nowhere = "http://127.0.0.1:1";
    assertThat(expect(3, "--control", nowhere, "status").stderr()).contains(nowhere);
    expect(3, "--control", nowhere, "promote", "ladder", "--reason", "r");
    expect(3, "--control", nowhere, "ledger", "verify");
  }

  @Test
  void everyCommandHasHelpWithAnExample() throws Exception {
    for (String command :
        List.of(
            "run",
            "check",
            "status",
            "promote",
            "rollback",
            "hold",
            "resume",
            "explain",
            "parity",
            "compare",
            "ledger")) {
      assertThat(expect(0, command, "--help").stdout())
          .as("help of %s", command)
          .contains(command)
          .containsIgnoringCase("example");
    }
  }
}
