package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Differences that a team accepts, in the file and by command, and what the parity gate makes of
/// them. The candidate answers every request with another `at`.
@ExtendWith(Transcripts.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ParityIT {
  private static final String AT = "body:$.at";

  private Sides sides;
  private Banyan banyan;

  @BeforeAll
  void start() throws Exception {
    sides = Sides.open();
    sides.legacy().behave(_ -> Reply.json(200, "{\"at\":\"12:00\"}"));
    sides.candidate().behave(_ -> Reply.json(200, "{\"at\":\"13:00\"}"));
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    banyan =
        Banyan.serving(
            sides.services()
                + "families:\n"
                + accepting("byfile", today.plusYears(1))
                + accepting("over", today.minusDays(1))
                + Sides.family("bycommand", "steps: [100%]")
                + Sides.family("watched", "steps: [100%]"));
  }

  private static String accepting(String name, LocalDate until) {
    String accept =
        ", accept: [{ where: \""
            + AT
            + "\", reason: agreed, author: ann, until: "
            + until
            + " }] }";
    return Sides.family(name, "steps: [100%]")
        .replace("parity: { limit: 50% }", "parity: { limit: 50%" + accept);
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

  private void send(String family, int requests) throws Exception {
    long before = parity(family).path("compared").asLong();
    try (Client client = banyan.client()) {
      for (int i = 0; i < requests; i++) {
        client.get("/" + family + "/" + i);
      }
    }
    Await.until(
        "all are compared", () -> parity(family).path("compared").asLong() == before + requests);
  }

  private JsonNode parity(String family) throws Exception {
    return banyan.control().get("/api/v1/families/" + family + "/parity").done().json();
  }

  @Test
  void whatTheFileAcceptsLetsTheFamilyGoOn() throws Exception {
    banyan.control().promote("byfile").done();
    send("byfile", 30);
    JsonNode parity = parity("byfile");
    assertThat(parity.path("mismatched").asLong()).isZero();
    assertThat(parity.path("accepted").asLong()).isEqualTo(30);
    JsonNode field = parity.path("endpoints").path(0).path("differences").path(0);
    assertThat(field.path("accepted").asString("")).isEqualTo("agreed");
    assertThat(field.path("count").asLong()).isEqualTo(30);
    assertThat(parity.path("rulings").path(0).path("origin").asString("")).isEqualTo("file");
    expect(0, "parity", "byfile");
    banyan.control().promote("byfile").done();
    assertThat(banyan.control().phase("byfile")).isEqualTo("canary 100%");
  }

  @Test
  void whatIsOverHoldsTheFamilyAgain() throws Exception {
    banyan.control().promote("over").done();
    send("over", 30);
    JsonNode parity = parity("over");
    assertThat(parity.path("mismatched").asLong()).isEqualTo(30);
    assertThat(parity.path("rulings").path(0).path("holds").asBoolean()).isFalse();
    assertThat(refused("over")).contains("parity");
  }

  @Test
  void whatACommandAcceptsLetsTheFamilyGoOnAndSurvivesARestart() throws Exception {
    banyan.control().promote("bycommand").done();
    send("bycommand", 30);
    assertThat(refused("bycommand")).contains("parity");
    String until = LocalDate.now(ZoneOffset.UTC).plusDays(30).toString();
    expect(
        0,
        "parity",
        "bycommand",
        "--accept",
        AT,
        "--endpoint",
        "GET /bycommand/{id}",
        "--kind",
        "value",
        "--until",
        until,
        "--reason",
        "agreed with billing");
    assertThat(parity("bycommand").path("compared").asLong())
        .as("what was counted under other rules")
        .isZero();
    send("bycommand", 30);
    banyan.stop();
    banyan.start();
    send("bycommand", 10);
    assertThat(expect(0, "parity", "bycommand").stdout())
        .contains("accepted: agreed with billing", "until " + until);
    banyan.control().promote("bycommand").done();
    assertThat(banyan.control().ledger())
        .extracting(
            entry -> entry.path("kind").asString("") + ": " + entry.path("reason").asString(""))
        .anyMatch(told -> told.startsWith("parity-accept: agreed with billing (accepted value at"))
        .anyMatch(told -> told.startsWith("parity-reset: ruled: accepted value at " + AT));
  }

  @Test
  void oneDifferenceAtACriticalPlaceHoldsAndATakenBackRulingDoesNot() throws Exception {
    banyan.control().promote("watched").done();
    rule("critical", AT, 200);
    send("watched", 1);
    assertThat(refused("watched")).contains(AT + ", marked critical, has differed");
    rule("unaccept", "status", 404);
    rule("unaccept", AT, 200);
    assertThat(refused("watched")).contains("parity").doesNotContain("critical");
    expect(2, "parity", "watched", "--accept", AT, "--until", "2020-01-01", "--reason", "past");
    rule("critical", "at", 400);
  }

  private void rule(String verb, String where, int status) throws Exception {
    String body = "{\"reason\":\"money\",\"where\":\"" + where + "\"}";
    Control.Answer answer = banyan.control().post("/api/v1/families/watched/parity/" + verb, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
  }

  /// What a promotion that is refused says.
  private String refused(String family) throws Exception {
    Control.Answer answer = banyan.control().promote(family);
    assertThat(answer.code()).as(answer.body()).isEqualTo("gate-refused");
    return answer.body();
  }
}
