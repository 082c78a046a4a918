package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the API gives of the ledger.
class LedgerRoutesTest {
  private static final String USERS = "/api/v1/families/users";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    server = ControlServer.start(options, new Guard(options), operations, feed, List.of());
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  @Test
  void pagesThroughTheLedger() throws Exception {
    for (int i = 0; i < 3; i++) {
      post(USERS + "/promote", "{\"reason\":\"step " + i + "\"}");
    }

    JsonNode page = json(get("/api/v1/ledger?after=1&limit=1")).path("entries");

    assertThat(page.size()).isOne();
    assertThat(page.path(0).path("reason").stringValue()).isEqualTo("step 1");
    assertThat(page.path(0).path("millis").doubleValue()).isEqualTo(0.04);
    assertThat(page.path(0).path("before").toString())
        .isEqualTo(
            "{\"phase\":\"canary\",\"weight\":\"5%\",\"epoch\":4,\"held\":null,\"unproven\":false}");
    assertThat(page.path(0).path("evidence").path("gates").size()).isOne();
    assertProblem(get("/api/v1/ledger?limit=1001"), 400, "request-invalid");
    assertProblem(get("/api/v1/ledger?after=x"), 400, "request-invalid");
  }

  @Test
  void verifiesTheLedger() throws Exception {
    JsonNode intact = json(get("/api/v1/ledger/verify"));
    assertThat(intact.propertyNames()).containsExactly("ok", "entries", "head", "headFile");

    operations.breakLedger();
    JsonNode broken = json(get("/api/v1/ledger/verify"));
    assertThat(broken.path("ok").booleanValue()).isFalse();
    assertThat(broken.path("brokenAt").longValue()).isEqualTo(4);
  }

  @Test
  void replaysTheLedger() throws Exception {
    JsonNode same = json(get("/api/v1/ledger/replay"));
    assertThat(same.propertyNames())
        .containsExactly("ok", "entries", "replayed", "without", "disagreed");

    operations.breakLedger();
    JsonNode other = json(get("/api/v1/ledger/replay?from=3"));
    assertThat(other.path("ok").booleanValue()).isFalse();
    assertThat(other.path("first").path("detail").stringValue()).contains("recorded 1.25");
  }

  @Test
  void exportsEveryEntryAsACloudEvent() throws Exception {
    for (int i = 0; i < 450; i++) {
      post(USERS + "/hold", "{\"reason\":\"number " + i + "\"}");
    }

    HttpResponse<String> response = get("/api/v1/ledger/export?from=2");

    assertThat(response.headers().firstValue("Content-Type")).contains("application/x-ndjson");
    List<JsonNode> events = response.body().lines().map(Json.MAPPER::readTree).toList();
    assertThat(events).hasSize(449);
    JsonNode first = events.getFirst();
    assertThat(first.propertyNames())
        .containsExactly(
            "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data");
    assertThat(first.path("specversion").stringValue()).isEqualTo("1.0");
    assertThat(first.path("id").stringValue()).isEqualTo("%064x".formatted(2));
    assertThat(first.path("type").stringValue()).isEqualTo("dev.banyan.ledger.hold.v1");
    assertThat(first.path("subject").stringValue()).isEqualTo("users");
    assertThat(first.path("data").path("seq").longValue()).isEqualTo(2);
    assertThat(first.path("data").path("tookNanos").longValue()).isEqualTo(40_000);
    assertThat(events.stream().map(event -> event.path("id").stringValue()).distinct())
        .hasSize(449);
  }

  @Test
  void exportsBareEntriesSinceAMoment() throws Exception {
    post(USERS + "/hold", "{\"reason\":\"one\"}");
    post(USERS + "/resume", "{\"reason\":\"two\"}");

    String body = get("/api/v1/ledger/export?format=json&since=2026-03-01T08:00:02Z").body();

    assertThat(body.lines()).hasSize(1);
    assertThat(Json.MAPPER.readTree(body).path("reason").stringValue()).isEqualTo("two");
    assertThat(get("/api/v1/ledger/export?since=2026-03-01").body().lines()).hasSize(2);
    assertThat(get("/api/v1/ledger/export?since=2026-03-02").body()).isEmpty();
    assertProblem(get("/api/v1/ledger/export?since=monday"), 400, "request-invalid");
    assertProblem(get("/api/v1/ledger/export?format=xml"), 400, "request-invalid");
  }

  @Test
  void anExportThatFailsHalfWayHasNoProperEnd() throws Exception {
    for (int i = 0; i < 450; i++) {
      post(USERS + "/hold", "{\"reason\":\"" + "x".repeat(900) + "\"}");
    }
    operations.failAfter(200);

    assertThatThrownBy(() -> get("/api/v1/ledger/export")).isInstanceOf(IOException.class);
  }

  private static void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).path("code").stringValue()).isEqualTo(code);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.MAPPER.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  private void post(String path, String body) throws Exception {
    client.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.discarding());
  }
}
