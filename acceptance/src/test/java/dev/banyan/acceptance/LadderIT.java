package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// The ladder of phases through the HTTP API.
@ExtendWith(Transcripts.class)
final class LadderIT {

  @Test
  void climbsStepByStepAndSaysWhatComesNext() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [5%, 50%, 100%]"))) {
      Control control = banyan.control();
      Ladder ladder = new Ladder(banyan, "items", Sides.ITEMS);
      assertThat(control.phase("items")).isEqualTo("legacy");
      assertThat(next(control)).isEqualTo("shadow");
      for (String step :
          List.of(
              "shadow",
              "canary 5%",
              "canary 50%",
              "canary 100%",
              "reads",
              "writes 5%",
              "writes 50%",
              "writes 100%",
              "retired")) {
        assertThat(next(control)).isEqualTo(step);
        ladder.reach(step);
      }
      assertThat(control.family("items").path("next").isNull()).isTrue();
      assertThat(control.ledger())
          .filteredOn(entry -> entry.path("kind").asString("").equals("promote"))
          .hasSize(9);
      assertThat(control.verify().path("ok").asBoolean()).isTrue();
    }
  }

  private static String next(Control control) throws IOException, InterruptedException {
    JsonNode next = control.family("items").path("next");
    return (next.path("phase").asString("") + " " + next.path("weight").asString("")).strip();
  }

  @Test
  void refusesAPromotionWithoutEvidenceAndSaysWhatIsMissing() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      control.promote("items", "to", "shadow").done();

      Control.Answer refused = control.promote("items");

      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.code()).isEqualTo("gate-refused");
      assertThat(refused.header("content-type")).startsWith("application/problem+json");
      assertThat(refused.json().path("gates")).isNotEmpty();
      for (JsonNode gate : refused.json().path("gates")) {
        assertThat(gate.path("says").asString("")).isNotBlank();
      }
      assertThat(control.phase("items")).isEqualTo("shadow");
      assertThat(control.ledger().getLast().path("kind").asString("")).isEqualTo("refused");
    }
  }

  @Test
  void takesALargerStepWhenAskedForIt() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [1%, 2%, 50%, 100%]"))) {
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 1%");
      Control control = banyan.control();
      Load.each(banyan.port(), 4, 2_000, Sides.ITEMS);
      assertThat(control.promote("items", "weight", "50%").code()).isEqualTo("gate-refused");
      Await.passes(() -> control.promote("items", "weight", "5%").done());
      assertThat(control.phase("items")).isEqualTo("canary 5%");
      assertThat(control.promote("items", "weight", "2%").status()).isIn(400, 409);
    }
  }

  @Test
  void refusesToSkipAPhase() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control.Answer refused = banyan.control().promote("items", "to", "writes");

      assertThat(refused.status()).isEqualTo(409);
      assertThat(refused.code()).isEqualTo("transition-illegal");
      assertThat(refused.json().path("detail").asString("")).contains("shadow");
    }
  }

  @Test
  void aHoldStopsPromotionAndNeverARollback() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]"))) {
      Control control = banyan.control();
      new Ladder(banyan, "items", Sides.ITEMS).reach("canary 100%");

      JsonNode explained = control.get("/api/v1/families/items/explain").done().json();
      assertThat(explained.path("rollbackWhen")).isNotEmpty();
      control.hold("items", "reason", "the team is away").done();

      assertThat(control.family("items").path("held").asString("")).isEqualTo("the team is away");
      assertThat(control.promote("items").code()).isEqualTo("family-held");
      assertThat(control.rollback("items").done().json().path("millis").isNumber()).isTrue();
      assertThat(control.phase("items")).isEqualTo("legacy");
      assertThat(control.promote("items").code()).isEqualTo("family-held");
      control.resume("items").done();
      assertThat(control.family("items").path("held").isNull()).isTrue();
      control.promote("items").done();
    }
  }

  @Test
  void rollsBackToWhereItIsTold() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items("steps: [100%]"))) {
      Control control = banyan.control();
      Ladder ladder = new Ladder(banyan, "items", Sides.ITEMS);
      ladder.reach("canary 100%");
      control.rollback("items", "to", "shadow").done();
      assertThat(control.phase("items")).isEqualTo("shadow");
      assertThat(control.rollback("items", "to", "reads").code()).isEqualTo("transition-illegal");
      ladder.reach("writes 100%");
      control.rollback("items").done();
      assertThat(control.phase("items")).isEqualTo("shadow");
      control.rollback("items").done();
      assertThat(control.phase("items")).isEqualTo("legacy");
    }
  }

  @Test
  void changesOnlyWhatTheCallerHasSeen() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      String seen = control.get("/api/v1/families/items").header("etag");
      assertThat(seen).isNotBlank();
      String path = "/api/v1/families/items/";
      String body = "{\"reason\":\"seen\"}";

      control.post(path + "hold", body, "If-Match", seen).done();
      Control.Answer late = control.post(path + "promote", body, "If-Match", seen);

      assertThat(late.status()).isEqualTo(412);
      assertThat(late.code()).isEqualTo("state-changed");
      String now = control.get("/api/v1/families/items").header("etag");
      assertThat(now).isNotEqualTo(seen);
      control.post(path + "resume", body, "If-Match", now).done();
    }
  }

  @Test
  void answersMistakesWithStableCodes() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      String promote = "/api/v1/families/items/promote";
      expect(control.get("/api/v1/families/nobody"), 404, "family-unknown");
      expect(control.promote("nobody"), 404, "family-unknown");
      expect(control.post(promote, "{}"), 400, "reason-missing");
      expect(control.post(promote, "{\"reason\":\" \"}"), 400, "reason-missing");
      expect(control.post(promote, "{not json"), 400, "request-invalid");
      expect(control.post(promote, "{\"reason\":\"r\",\"to\":\"moon\"}"), 400, "request-invalid");
      expect(control.get("/api/v1/nothing"), 404, "not-found");
      expect(control.send("DELETE", promote, ""), 405, "method-not-allowed");
      String vast = "{\"reason\":\"" + "r".repeat(100_000) + "\"}";
      expect(control.post(promote, vast), 413, "body-too-large");
      assertThat(control.phase("items")).isEqualTo("legacy");
    }
  }

  private static void expect(Control.Answer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type")).startsWith("application/problem+json");
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void explainsWhereAFamilyStandsAndWhatItsAnswersDifferIn() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      sides.candidate().behave(request -> Reply.json(200, "{\"target\":7}"));
      Control control = banyan.control();
      control.promote("items").done();
      for (int i = 0; i < 10; i++) {
        Sides.ITEMS.go(client, i);
      }
      Await.until(
          "all ten are compared",
          () -> control.family("items").path("parity").path("compared").asLong() == 10);
      JsonNode parity = control.get("/api/v1/families/items/parity").done().json();
      assertThat(parity.path("mismatched").asLong()).isEqualTo(10);
      JsonNode endpoint = parity.path("endpoints").path(0);
      assertThat(endpoint.path("method").asString("")).isEqualTo("GET");
      assertThat(endpoint.path("template").asString("")).isEqualTo("/items/{id}");
      JsonNode difference = endpoint.path("differences").path(0);
      assertThat(difference.path("where").asString("")).contains("target");
      assertThat(difference.path("count").asLong()).isEqualTo(10);
      assertThat(difference.path("samples")).isNotEmpty();
      JsonNode explained = control.get("/api/v1/families/items/explain").done().json();
      assertThat(explained.path("phase").asString("")).isEqualTo("shadow");
      assertThat(explained.path("gates")).isNotEmpty();
      assertThat(explained.path("rollbackWhen").isArray()).isTrue();

      control.post("/api/v1/families/items/parity/reset", "{\"reason\":\"mended\"}").done();

      assertThat(control.family("items").path("parity").path("mismatched").asLong(-1)).isZero();
      assertThat(control.ledger().getLast().path("kind").asString("")).isEqualTo("parity-reset");
    }
  }

  @Test
  void chainsEveryEntryOfTheLedgerToTheOneBefore() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      control.promote("items", "reason", "let us watch", "actor", "ann").done();
      control.rollback("items", "reason", "seen enough", "actor", "bob").done();

      List<JsonNode> ledger = control.ledger();

      for (int i = 1; i < ledger.size(); i++) {
        assertThat(ledger.get(i).path("previous").asString(""))
            .isEqualTo(ledger.get(i - 1).path("hash").asString("-"));
        assertThat(ledger.get(i).path("seq").asLong())
            .isEqualTo(ledger.get(i - 1).path("seq").asLong() + 1);
      }
      JsonNode last = ledger.getLast();
      assertThat(last.path("kind").asString("")).isEqualTo("rollback");
      assertThat(last.path("actor").asString("")).isEqualTo("bob");
      assertThat(last.path("reason").asString("")).isEqualTo("seen enough");
      JsonNode verdict = control.verify();
      assertThat(verdict.path("ok").asBoolean()).isTrue();
      assertThat(verdict.path("entries").asInt()).isEqualTo(ledger.size());
      assertThat(verdict.path("head").asString("")).isEqualTo(last.path("hash").asString("-"));
      JsonNode page = control.get("/api/v1/ledger?after=1&limit=1").done().json().path("entries");
      assertThat(page).hasSize(1);
      assertThat(page.path(0).path("seq").asLong()).isEqualTo(2);
    }
  }
}
