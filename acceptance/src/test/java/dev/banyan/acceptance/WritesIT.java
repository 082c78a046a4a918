package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;

/// Copies of writes: nowhere unless the file says so, then to a sandbox with ids of its own or to a
/// candidate that only checks them.
@ExtendWith(Transcripts.class)
final class WritesIT {

  /// Orders, as one of the sides keeps them.
  private static final class Orders implements Function<Message, Reply> {
    private final Map<String, String> rows = new ConcurrentHashMap<>();
    private final AtomicLong next;
    volatile boolean keepsDeleted;
    volatile boolean swapsReferences;
    volatile String word = "";
    volatile boolean honours;

    Orders(long first) {
      next = new AtomicLong(first);
    }

    @Override
    public Reply apply(Message request) {
      String id = request.target().substring(request.target().lastIndexOf('/') + 1);
      boolean dry = request.header("banyan-dry-run") != null;
      if (request.method().equals("OPTIONS") || (dry && honours)) {
        int status = Map.of("POST", 201, "PUT", 200).getOrDefault(request.method(), 204);
        return answer(status, request.body(), word.isEmpty() ? "X-None" : "Banyan-Dry-Run", word);
      }
      return switch (request.method()) {
        case "POST" -> create(request.body());
        case "PUT" -> answer(200, keep(id, request.body()), "X-None", "");
        case "DELETE" -> {
          if (!keepsDeleted) {
            rows.remove(id);
          }
          yield answer(204, "", "X-None", "");
        }
        default ->
            rows.containsKey(id) ? Reply.json(200, rows.get(id)) : Reply.json(404, "{\"no\":1}");
      };
    }

    private Reply create(String body) {
      String id = Long.toString(next.getAndIncrement());
      return answer(201, keep(id, body), "Location", "/orders/" + id);
    }

    private String keep(String id, String body) {
      String row = "{\"id\":" + id + "," + body.substring(1);
      rows.put(id, swapsReferences ? row.replaceFirst("(Id\":)\\d+", "$1" + id) : row);
      return row;
    }

    private static Reply answer(int status, String body, String name, String value) {
      return new Reply.Whole(status, Map.of("Content-Type", "application/json", name, value), body);
    }
  }

  private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

  private static String config(Backend legacy, Backend candidate, Backend box, String shadow) {
    return """
    services:
      legacy: { url: %s }
      candidate: { url: %s }
      box: { url: %s }
    families:
      orders:
        candidate: candidate
        routes: [/orders, "/orders/{id}"]
        shadow: { %s }
    shadow: { lag: 1m }
    """
        .formatted(legacy.url(), candidate.url(), box.url(), shadow);
  }

  private static String create(Client client, String body) throws Exception {
    String location = Objects.requireNonNull(client.post("/orders", body).header("location"));
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private static JsonNode parity(Banyan banyan, long compared) throws Exception {
    Await.until(
        compared + " are compared and nothing is under way",
        () -> {
          JsonNode family = banyan.control().family("orders");
          return family.path("parity").path("compared").asLong() == compared
              && family.path("shadow").path("inFlight").asLong() == 0;
        });
    return banyan.control().get("/api/v1/families/orders/parity").done().json();
  }

  private static long skipped(Banyan banyan, String reason) throws Exception {
    JsonNode parity = banyan.control().get("/api/v1/families/orders/parity").done().json();
    return parity.path("skipped").path(reason).asLong();
  }

  private static List<String> differences(JsonNode parity) {
    List<String> found = new ArrayList<>();
    for (JsonNode endpoint : parity.path("endpoints")) {
      for (JsonNode difference : endpoint.path("differences")) {
        found.add(
            difference.path("where").asString("") + " " + difference.path("severity").asString(""));
      }
    }
    return found;
  }

  private static long writes(Backend backend) {
    return backend.count(request -> !List.of("GET", "OPTIONS").contains(request.method()));
  }

  @Test
  void aSandboxWithIdsOfItsOwnShowsEffectsThatAnswersDoNotTell() throws Exception {
    Orders sandboxed = new Orders(70_001);
    try (Backend legacy = Backend.named("legacy").behave(new Orders(1));
        Backend candidate = Backend.named("candidate").behave(new Orders(5_001));
        Backend box = Backend.named("box").behave(sandboxed);
        Banyan banyan =
            Banyan.serving(config(legacy, candidate, box, "writes: sandbox, sandbox: box"));
        Client client = banyan.client()) {
      create(client, "{\"name\":\"in phase legacy\"}");
      banyan.control().promote("orders").done();
      assertThat(box.count()).isZero();

      String first = create(client, "{\"name\":\"a\"}");
      String second = create(client, "{\"name\":\"b\",\"orderId\":" + first + "}");
      client.send("PUT", "/orders/" + second, JSON, "{\"name\":\"c\",\"orderId\":" + first + "}");
      client.send("DELETE", "/orders/" + second, JSON, "");
      JsonNode alike = parity(banyan, 4);
      assertThat(differences(alike)).isEmpty();
      assertThat(alike.path("matched").asLong()).isEqualTo(4);
      assertThat(sandboxed.rows).containsOnlyKeys("70001");

      sandboxed.keepsDeleted = true;
      client.send("DELETE", "/orders/" + first, JSON, "");
      assertThat(differences(parity(banyan, 5))).containsExactly("effect:status breaking");

      sandboxed.swapsReferences = true;
      String third = create(client, "{\"name\":\"d\"}");
      create(client, "{\"name\":\"e\",\"orderId\":" + third + "}");
      assertThat(differences(parity(banyan, 7)))
          .containsExactlyInAnyOrder("effect:status breaking", "effect:body:$.orderId breaking");
      assertThat(writes(box)).isEqualTo(7);
      assertThat(candidate.count()).isZero();
    }
  }

  @Test
  void aDryRunGoesOnlyToACandidateThatKeepsItsWord() throws Exception {
    Orders checking = new Orders(5_001);
    try (Backend legacy = Backend.named("legacy").behave(new Orders(1));
        Backend candidate = Backend.named("candidate").behave(checking);
        Backend box = Backend.named("box");
        Banyan banyan = Banyan.serving(config(legacy, candidate, box, "writes: dry-run"));
        Client client = banyan.client()) {
      banyan.control().promote("orders").done();
      create(client, "{\"name\":\"a\"}");
      Await.until(
          "the write is kept from a candidate that does not know dry runs",
          () -> skipped(banyan, "dry-run-not-honoured") == 1);
      assertThat(writes(candidate)).isZero();

      checking.word = "honoured";
      checking.honours = true;
      banyan
          .control()
          .post("/api/v1/families/orders/parity/reset", "{\"reason\":\"deployed\"}")
          .done();
      create(client, "{\"name\":\"b\"}");
      assertThat(differences(parity(banyan, 1))).isEmpty();
      assertThat(writes(candidate)).isEqualTo(1);
      assertThat(checking.rows).isEmpty();

      checking.honours = false;
      create(client, "{\"name\":\"c\"}");
      assertThat(differences(parity(banyan, 2))).contains("dry-run breaking");
      create(client, "{\"name\":\"d\"}");
      Await.until("no more dry runs", () -> skipped(banyan, "dry-run-not-honoured") == 1);
      assertThat(writes(candidate)).isEqualTo(2);

      banyan.stop();
      banyan.start();
      try (Client again = banyan.client()) {
        create(again, "{\"name\":\"e\"}");
        Await.until("nor after a restart", () -> skipped(banyan, "dry-run-not-honoured") == 2);
      }
      assertThat(writes(candidate)).isEqualTo(2);
      assertThat(box.count()).isZero();
    }
  }

  @Test
  void withoutAWordInTheFileWritesAreCountedAndCopiedToNobody() throws Exception {
    try (Backend legacy = Backend.named("legacy").behave(new Orders(1));
        Backend candidate = Backend.named("candidate").behave(new Orders(5_001));
        Backend box = Backend.named("box");
        Banyan banyan = Banyan.serving(config(legacy, candidate, box, "sample: 100%"));
        Client client = banyan.client()) {
      banyan.control().promote("orders").done();
      for (int i = 0; i < 20; i++) {
        client.send("DELETE", "/orders/" + create(client, "{\"n\":1}"), JSON, "");
      }
      Await.until("all are counted", () -> skipped(banyan, "write-blocked") == 40);
      assertThat(writes(legacy)).isEqualTo(40);
      assertThat(candidate.count()).isZero();
      assertThat(box.count()).isZero();
    }
  }
}
