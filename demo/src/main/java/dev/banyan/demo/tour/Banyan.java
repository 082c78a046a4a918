package dev.banyan.demo.tour;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A running Banyan, through its control API. Safe for many threads.
final class Banyan implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /// Comparing every row, and handing them over, is answered when it is done.
  private static final Duration LONG = Duration.ofSeconds(60);

  private static final int PAGE = 200;
  private static final int CONFLICT = 409;
  private static final int UNAVAILABLE = 503;

  private final URI control;
  private final HttpClient client = HttpClient.newHttpClient();

  Banyan(URI control) {
    this.control = control;
  }

  /// An automatic rollback, as the ledger has it.
  record Rollback(long seq, String family, String reason, double millis) {}

  List<Family> families() throws TourException, InterruptedException {
    List<Family> families = new ArrayList<>();
    get("/api/v1/status").path("families").forEach(family -> families.add(Family.of(family)));
    return families;
  }

  Family family(String name) throws TourException, InterruptedException {
    return Family.of(get("/api/v1/families/" + name));
  }

  /// Asks for the next step; false where Banyan refuses it for now.
  boolean promote(String family, String reason) throws TourException, InterruptedException {
    HttpResponse<String> response = send("POST", path(family, "promote"), because(reason));
    if (response.statusCode() == CONFLICT) {
      return false;
    }
    read("POST", path(family, "promote"), response);
    return true;
  }

  /// Starts a family's evidence anew.
  void resetParity(String family, String reason) throws TourException, InterruptedException {
    String path = path(family, "parity/reset");
    read("POST", path, send("POST", path, because(reason)));
  }

  JsonNode parity(String family) throws TourException, InterruptedException {
    return get(path(family, "parity"));
  }

  /// Where a transfer stands.
  Moving transfer(String name) throws TourException, InterruptedException {
    return Moving.of(get("/api/v1/transfers/" + name));
  }

  /// Compares every row of both sides.
  JsonNode reconcile(String transfer, boolean repair, String reason)
      throws TourException, InterruptedException {
    String path = "/api/v1/transfers/" + transfer + "/reconcile";
    String body =
        JSON.writeValueAsString(Map.of("reason", reason, "actor", "tour", "repair", repair));
    HttpResponse<String> response = send("POST", path, body, LONG);
    for (int again = 0; response.statusCode() == UNAVAILABLE && again < 10; again++) {
      Thread.sleep(2_000); // there is no moment to compare at while an owner changes
      response = send("POST", path, body, LONG);
    }
    return read("POST", path, response);
  }

  /// Has the writes of a transfer's families change sides. Where Banyan refuses it for now, `done`
  /// is not in the answer.
  JsonNode handOver(String transfer, boolean there, String reason)
      throws TourException, InterruptedException {
    String path = "/api/v1/transfers/" + transfer + (there ? "/cutover" : "/back");
    HttpResponse<String> response = send("POST", path, because(reason), LONG);
    return response.statusCode() == CONFLICT
        ? JSON.readTree(response.body())
        : read("POST", path, response);
  }

  /// All rollbacks that Banyan did by itself, the oldest first.
  List<Rollback> rollbacks() throws TourException, InterruptedException {
    List<Rollback> rollbacks = new ArrayList<>();
    for (JsonNode entry : ledger()) {
      if (entry.path("kind").asString("").equals("rollback")
          && entry.path("actor").asString("").equals("banyan")) {
        rollbacks.add(
            new Rollback(
                entry.path("seq").asLong(0),
                entry.path("family").asString(""),
                entry.path("reason").asString(""),
                entry.path("millis").asDouble(0)));
      }
    }
    return rollbacks;
  }

  /// The phases that a family has entered, the first first, as the ledger has them.
  List<String> phases(String family) throws TourException, InterruptedException {
    List<String> phases = new ArrayList<>();
    for (JsonNode entry : ledger()) {
      String phase = entry.path("after").path("phase").asString("");
      if (entry.path("family").asString("").equals(family)
          && !phase.isEmpty()
          && (phases.isEmpty() || !phases.getLast().equals(phase))) {
        phases.add(phase);
      }
    }
    return phases;
  }

  /// All its entries, the oldest first.
  private List<JsonNode> ledger() throws TourException, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    long after = 0;
    while (true) {
      JsonNode entries = get("/api/v1/ledger?after=" + after + "&limit=" + PAGE).path("entries");
      if (entries.isEmpty()) {
        return all;
      }
      for (JsonNode entry : entries) {
        after = Math.max(after, entry.path("seq").asLong(0));
        all.add(entry);
      }
    }
  }

  /// What checking the ledger's chain came to.
  JsonNode verify() throws TourException, InterruptedException {
    return get("/api/v1/ledger/verify");
  }

  private static String path(String family, String what) {
    return "/api/v1/families/" + family + "/" + what;
  }

  private static String because(String reason) {
    return JSON.writeValueAsString(Map.of("reason", reason, "actor", "tour"));
  }

  private JsonNode get(String path) throws TourException, InterruptedException {
    return read("GET", path, send("GET", path, ""));
  }

  private static JsonNode read(String method, String path, HttpResponse<String> response)
      throws TourException {
    if (response.statusCode() / 100 != 2) {
      throw new TourException(
          "Banyan answered %s %s with %d: %s"
              .formatted(method, path, response.statusCode(), response.body()));
    }
    try {
      return response.body().isEmpty() ? JSON.createObjectNode() : JSON.readTree(response.body());
    } catch (JacksonException malformed) {
      throw new TourException(
          "Banyan's answer to " + method + " " + path + " is no JSON: " + response.body(),
          malformed);
    }
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws TourException, InterruptedException {
    return send(method, path, body, PATIENCE);
  }

  private HttpResponse<String> send(String method, String path, String body, Duration patience)
      throws TourException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(control.resolve(path))
            .timeout(patience)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException unreachable) {
      throw new TourException(
          "Banyan's control API does not answer " + method + " " + path + ": " + unreachable,
          unreachable);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
