package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Two sides that give no answer twice alike, and yet are the same; until one is not.
@ExtendWith(Transcripts.class)
final class NoiseIT {
  private static final int EXCHANGES = 300;

  /// One service: what is of the item stays, the rest is made anew for each answer.
  private static Function<Message, Reply> service(String name) {
    AtomicLong requests = new AtomicLong(1_000);
    return request -> Reply.json(200, item(name, request.target(), requests, "1"));
  }

  private static String item(String name, String target, AtomicLong requests, String value) {
    List<String> tags = new ArrayList<>(List.of("\"red\"", "\"green\"", "\"blue\"", "\"grey\""));
    Collections.shuffle(tags, ThreadLocalRandom.current());
    return "{\"item\":\""
        + name
        + target
        + "\",\"value\":"
        + value
        + ",\"at\":\""
        + Instant.now().toString().replaceFirst("(\\.\\d{3})?\\d*Z", "$1Z")
        + "\",\"trace\":\""
        + UUID.randomUUID()
        + "\",\"nonce\":\""
        + Long.toHexString(ThreadLocalRandom.current().nextLong() | Long.MIN_VALUE)
        + "\",\"served\":"
        + requests.addAndGet(1 + ThreadLocalRandom.current().nextInt(3))
        + ",\"tags\":"
        + tags
        + "}";
  }

  private static JsonNode parity(Control control) throws IOException, InterruptedException {
    return control.family("items").path("parity");
  }

  private static long count(Control control, String what) throws IOException, InterruptedException {
    return parity(control).path(what).asLong();
  }

  private static void read(Banyan banyan, int from, int number) throws IOException {
    Load.each(banyan.port(), 2, number, (client, each) -> Sides.ITEMS.go(client, from + each));
  }

  private static void settled(Banyan banyan, long exchanges) throws Exception {
    Await.until(
        exchanges + " exchanges are judged",
        () -> count(banyan.control(), "compared") + count(banyan.control(), "raced") >= exchanges);
  }

  @Test
  void whatIsNeverTheSameTwiceIsNoDifferenceAndWhatIsWrongBesideItIs() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      sides.legacy().behave(service(""));
      sides.candidate().behave(service(""));
      control.promote("items", "to", "shadow").done();

      read(banyan, 0, EXCHANGES);
      settled(banyan, EXCHANGES);
      assertThat(count(control, "mismatched")).as("%s", parity(control)).isZero();
      assertThat(sides.legacy().count(request -> "1".equals(request.header("x-banyan-shadow"))))
          .as("the first exchanges, and a few of the others")
          .isBetween(150L, 250L);

      AtomicLong requests = new AtomicLong();
      sides
          .candidate()
          .behave(request -> Reply.json(200, item("", request.target(), requests, "1.5")));
      read(banyan, EXCHANGES, 10);
      settled(banyan, EXCHANGES + 10);
      assertThat(count(control, "mismatched")).isEqualTo(10);
      JsonNode report = control.get("/api/v1/families/items/parity").done().json();
      assertThat(report.path("endpoints").toString())
          .contains("body:$.value")
          .doesNotContain("$.trace");
    }
  }

  @Test
  void dataThatChangesBetweenTheAnswersRacesAndIsNoDifference() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items())) {
      Control control = banyan.control();
      control.promote("items", "to", "shadow").done();
      // Everything that the client is told is old by the time that anybody else is asked.
      sides
          .legacy()
          .behave(request ->
              Reply.json(
                  200, request.header("x-banyan-shadow") == null ? "{\"n\":1}" : "{\"n\":2}"));
      sides.candidate().behave(_ -> Reply.json(200, "{\"n\":2}"));

      read(banyan, 0, 20);
      settled(banyan, 20);
      assertThat(count(control, "raced")).isEqualTo(20);
      assertThat(count(control, "mismatched")).isZero();
      assertThat(control.metric("banyan_parity_again_total{family=\"items\",why=\"learning\"}"))
          .isEqualTo("20.0");
    }
  }
}
