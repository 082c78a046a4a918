package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Weight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `openapi.json` is what is really served.
class OpenApiTest {
  private static final String USERS = "/api/v1/families/users";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private final Guard guard = new Guard(options());
  private final List<Route> flags = FlagRoutes.of(new FixedSides(Map.of("users", Weight.FULL)));
  private ControlServer server;

  private static ControlOptions options() {
    return new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
  }

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    server = ControlServer.start(options(), guard, operations, feed, flags);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private JsonNode get(String path) throws Exception {
    return ask(HttpRequest.newBuilder(uri(path)).build());
  }

  private JsonNode post(String path, String body) throws Exception {
    return ask(
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private JsonNode firstLine(String path) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
    String body = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    return JsonMapper.shared().readTree(body.lines().findFirst().orElseThrow());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private JsonNode ask(HttpRequest request) throws Exception {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void documentsEveryRouteAndNoOther() throws Exception {
    Set<String> documented = new TreeSet<>();
    get("/api/v1/openapi.json")
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue().propertyNames().stream()
                .filter(name -> !name.equals("parameters"))
                .forEach(method ->
                    documented.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    Set<String> real = new TreeSet<>();
    List<Route> routes = new ArrayList<>(new ApiRoutes(operations, feed, guard).routes());
    routes.addAll(new GovernRoutes(operations).routes());
    routes.addAll(new TransferRoutes(operations.transferring()).routes());
    routes.addAll(new OutboxRoutes(operations).routes());
    routes.addAll(flags);
    routes.forEach(route -> real.add(route.method() + " " + route.path()));

    assertThat(documented).isEqualTo(real);
  }

  @Test
  void documentsTheFieldsThatAreReallySent() throws Exception {
    post(USERS + "/promote", "{\"reason\":\"one\"}");
    JsonNode schemas = get("/api/v1/openapi.json").path("components").path("schemas");

    assertDescribed(schemas, "Status", get("/api/v1/status"));
    assertDescribed(schemas, "Family", get(USERS));
    assertDescribed(schemas, "Explanation", get(USERS + "/explain"));
    assertDescribed(schemas, "ParityReport", get(USERS + "/parity"));
    assertDescribed(schemas, "LedgerEntry", get("/api/v1/ledger").path("entries").path(0));
    JsonNode event = firstLine("/api/v1/ledger/export");
    assertDescribed(schemas, "LedgerEvent", event);
    assertDescribed(schemas, "ExportedEntry", event.path("data"));
    assertDescribed(schemas, "ExportedState", event.path("data").path("after"));
    JsonNode check = get("/api/v1/ledger/verify");
    assertDescribed(schemas, "LedgerCheck", check, "anchor", "brokenAt", "detail");
    assertDescribed(schemas, "ChainLink", check.path("headFile"));
    assertDescribed(schemas, "LedgerReplay", get("/api/v1/ledger/replay"), "first");
    assertDescribed(schemas, "RolledBack", post(USERS + "/rollback", "{\"reason\":\"two\"}"));
    assertDescribed(schemas, "Governance", get(USERS).path("governance"));
    assertDescribed(schemas, "Line", post("/api/v1/line/stop", "{\"reason\":\"three\"}"));
    assertDescribed(schemas, "Deployed", post("/api/v1/services/users/deploy", "{}"));
    assertDescribed(schemas, "Flag", post("/ofrep/v1/evaluate/flags/users", "{}"));
    assertDescribed(schemas, "FlagFailure", post("/ofrep/v1/evaluate/flags/nobody", "{}"));
    assertDescribed(schemas, "Config", post("/api/v1/reload", "{}"));
    assertDescribed(schemas, "Problem", get("/nowhere"), "gates");
  }

  @Test
  void documentsTokensAsTheyAreReallySent() throws Exception {
    JsonNode schemas = get("/api/v1/openapi.json").path("components").path("schemas");
    JsonNode made = post("/api/v1/tokens", "{\"name\":\"ann\",\"role\":\"admin\"}");

    assertDescribed(schemas, "TokenMade", made);
    assertDescribed(schemas, "Token", made.path("token"));
  }

  @Test
  void documentsTransfersAsTheyAreReallySent() throws Exception {
    operations.transferring().put(FakeTransfers.copying("users"));
    JsonNode schemas = get("/api/v1/openapi.json").path("components").path("schemas");
    JsonNode list = get("/api/v1/transfers");
    JsonNode status = list.path("transfers").path(0).path("status");
    String orders = "/api/v1/transfers/users/";
    JsonNode reconciled = post(orders + "reconcile", "{\"reason\":\"one\"}");

    assertDescribed(schemas, "TransferList", list);
    assertDescribed(schemas, "Transfer", get("/api/v1/transfers/users"));
    assertDescribed(schemas, "TransferStatus", status);
    assertDescribed(schemas, "TransferTable", status.path("tables").path(0));
    assertDescribed(schemas, "TransferReconciliation", reconciled);
    assertDescribed(schemas, "TransferCertificate", reconciled.path("certificate"));
    assertDescribed(schemas, "TransferCutover", post(orders + "cutover", "{\"reason\":\"two\"}"));
  }

  @Test
  void documentsTheOutboxAsItIsReallySent() throws Exception {
    operations.outbox.put(7L, FakeOperations.entry(7));
    JsonNode schemas = get("/api/v1/openapi.json").path("components").path("schemas");
    JsonNode page = get("/api/v1/outbox?family=users");

    assertDescribed(schemas, "Outbox", page);
    assertDescribed(schemas, "OutboxEntry", page.path("entries").path(0));
    assertThat(get("/api/v1/outbox?family=orders").path("entries")).isEmpty();
    JsonNode gone = post("/api/v1/outbox/7/discard", "{\"reason\":\"four\"}");
    assertDescribed(schemas, "OutboxEntry", gone);
    assertThat(post("/api/v1/outbox/7/retry", "{\"reason\":\"five\"}").path("code").asString(""))
        .isEqualTo("entry-unknown");
  }

  private static void assertDescribed(
      JsonNode schemas, String name, JsonNode document, String... mayBeAbsent) {
    Set<String> described = new TreeSet<>(schemas.path(name).path("properties").propertyNames());
    described.removeAll(Set.of(mayBeAbsent));
    assertThat(described).as(name).isEqualTo(new TreeSet<>(document.propertyNames()));
  }
}
