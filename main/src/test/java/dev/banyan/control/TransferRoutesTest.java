package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.access.Role;
import dev.banyan.transfer.report.TransferFailed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Transfers over the API.
class TransferRoutesTest {
  private static final String USERS = "/api/v1/transfers/users";
  private static final String WHY = "{\"reason\":\"green\"}";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final FakeTransfers transfers = operations.transferring();
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;
  private String operator = "";
  private String approver = "";

  @BeforeEach
  void start() throws IOException {
    transfers.put(FakeTransfers.copying("users"));
    transfers.put(
        new TransferView("orders", "old", "new", List.of(), null, "new can not be reached"));
    operations.token("root", Role.ADMIN);
    operator = operations.token("ann", Role.OPERATOR);
    approver = operations.token("eve", Role.APPROVER);
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    server =
        ControlServer.start(
            options, new Guard(options, operations.access()), operations, feed, List.of());
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String path, String token)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
    return client.send(
        request
            .uri(uri)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder().GET(), path, operator);
  }

  private HttpResponse<String> post(String path, String body, String token) throws Exception {
    return send(
        HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body)), path, token);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void listsEveryTransferAlsoOneWhoseDatabaseIsAway() throws Exception {
    JsonNode all = json(get("/api/v1/transfers")).path("transfers");

    assertThat(all.path(0).path("status").path("rowsPerSecond").doubleValue()).isEqualTo(410_000);
    assertThat(all.path(0).path("status").path("tables").path(0).path("state").stringValue())
        .isEqualTo("copying");
    assertThat(all.path(1).path("status").isNull()).isTrue();
    assertThat(all.path(1).path("unavailable").stringValue()).isEqualTo("new can not be reached");
  }

  @Test
  void saysWhichTransfersThereAreWhenOneIsUnknown() throws Exception {
    HttpResponse<String> response = get("/api/v1/transfers/nobody");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(json(response).path("code").stringValue()).isEqualTo("transfer-unknown");
    assertThat(json(response).path("detail").stringValue()).contains("[users, orders]");
  }

  @Test
  void anOperatorMovesTheOwnerAndTheirNameGoesWithIt() throws Exception {
    JsonNode moved = json(post(USERS + "/cutover", WHY, operator));

    assertThat(moved.path("owner").stringValue()).isEqualTo("new");
    assertThat(moved.path("pauseMillis").doubleValue()).isEqualTo(412.5);
    assertThat(json(get(USERS)).path("status").path("phase").stringValue()).isEqualTo("reverse");
    assertThat(json(post(USERS + "/back", WHY, operator)).path("owner").stringValue())
        .isEqualTo("old");
    assertThat(transfers.asked().getFirst())
        .isEqualTo(new TransferOrder("users", "ann", "green", false, false));
  }

  @Test
  void goingWithoutAFenceNeedsAnApprover() throws Exception {
    String unfenced = "{\"reason\":\"no workers\",\"unfenced\":true}";

    assertThat(post(USERS + "/cutover", unfenced, operator).statusCode()).isEqualTo(403);
    assertThat(transfers.asked()).isEmpty();
    assertThat(json(post(USERS + "/cutover", unfenced, approver)).path("fenced").booleanValue())
        .isFalse();
  }

  @Test
  void aReasonIsNeededAndUnknownFieldsAreRefused() throws Exception {
    assertThat(json(post(USERS + "/back", "{}", operator)).path("code").stringValue())
        .isEqualTo("reason-missing");
    String repair = "{\"reason\":\"x\",\"repair\":true}";
    assertThat(json(post(USERS + "/back", repair, operator)).path("code").stringValue())
        .isEqualTo("request-invalid");
    assertThat(post(USERS + "/reconcile", repair, operator).statusCode()).isEqualTo(200);
    assertThat(transfers.asked().getLast().repair()).isTrue();
  }

  @Test
  void everyKindOfFailureHasACodeOfItsOwn() throws Exception {
    Set<String> codes = new TreeSet<>();
    for (TransferFailed.Reason reason : TransferFailed.Reason.values()) {
      transfers.fail(new TransferFailed(reason, "why"));
      HttpResponse<String> response = post(USERS + "/cutover", WHY, operator);
      assertThat(response.statusCode()).as(reason.name()).isBetween(404, 503);
      assertThat(json(response).path("detail").stringValue()).isEqualTo("why");
      codes.add(json(response).path("code").stringValue());
    }
    assertThat(codes)
        .containsExactly(
            "config-refused",
            "database-unreachable",
            "transfer-busy",
            "transfer-refused",
            "transfer-stopped",
            "transfer-unfenced",
            "transfer-unknown");
  }
}
