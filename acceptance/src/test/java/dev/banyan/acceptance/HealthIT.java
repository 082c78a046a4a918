package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// The health gate: a family does not leave `legacy` for a candidate that is not well.
@ExtendWith(Transcripts.class)
final class HealthIT {

  private static String config(Sides sides) {
    return """
    services:
      legacy: { url: %s }
      candidate: { url: %s, health: /healthz?deep=1 }
    families:
    """
            .formatted(sides.legacy().url(), sides.candidate().url())
        + Sides.family("items");
  }

  private static Reply health(Message request, Reply answer) {
    return request.target().equals("/healthz?deep=1") ? answer : Reply.plain(request);
  }

  private static Reply status(int status) {
    return new Reply.Whole(status, Map.of(), "");
  }

  private static JsonNode gate(JsonNode holder) {
    assertThat(holder.path("gates")).hasSize(1);
    return holder.path("gates").path(0);
  }

  @Test
  void aFamilyLeavesLegacyOnlyForACandidateThatIsWell() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(config(sides))) {
      Control control = banyan.control();
      sides.candidate().behave(request -> health(request, status(503)));

      Control.Answer unwell = control.promote("items");
      assertThat(unwell.code()).isEqualTo("gate-refused");
      assertThat(gate(unwell.json()).path("gate").asString("")).isEqualTo("health");
      assertThat(gate(unwell.json()).path("says").asString(""))
          .contains(sides.candidate().url() + "/healthz?deep=1", "503");

      sides.candidate().behave(request -> health(request, new Reply.Hang()));
      Control.Answer hanging = control.promote("items");
      assertThat(gate(hanging.json()).path("says").asString(""))
          .contains("was not answered within 2 s");

      sides.candidate().behave(request -> health(request, new Reply.Endless()));
      assertThat(control.promote("items").code()).isEqualTo("gate-refused");

      sides.candidate().refuse();
      assertThat(gate(control.promote("items").json()).path("says").asString(""))
          .contains("found nothing that listens there");
      assertThat(control.phase("items")).isEqualTo("legacy");

      sides.candidate().behave(request -> health(request, status(204)));
      sides.candidate().accept();
      assertThat(control.promote("items").done().json().path("phase").asString(""))
          .isEqualTo("shadow");
    }
  }

  @Test
  void explainShowsTheCandidatesHealthAsItChanges() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(config(sides))) {
      Await.passes(() -> assertExplained(banyan, "(promote)", "answered 200"));
      sides.candidate().refuse();
      Await.passes(() -> assertExplained(banyan, "(hold)", "found nothing that listens there"));
    }
  }

  private static void assertExplained(Banyan banyan, String... words) throws Exception {
    assertThat(banyan.command("explain", "items").stdout()).contains("health").contains(words);
  }

  @Test
  void aCandidateWithoutAHealthPathIsNotAsked() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      assertThat(gate(control.family("items")).path("says").asString(""))
          .contains("declares no health path");
      control.promote("items").done();
      assertThat(sides.candidate().count()).isZero();
    }
  }
}
