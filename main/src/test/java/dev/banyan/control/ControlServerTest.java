package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ControlServerTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final String USERS = "/api/v1/families/users";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.shadowed("users"));
    server = serve(new ControlOptions(ANY_PORT, null));
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private ControlServer serve(ControlOptions options) throws IOException {
    return ControlServer.start(options, new Guard(options), operations, feed, List.of());
  }

  @Test
  void showsTheStatusWithItsFieldsInTheDocumentedOrder() throws Exception {
    JsonNode status = json(get("/api/v1/status"));

    assertThat(status.propertyNames())
        .containsExactly("version", "started", "listen", "families", "config", "line", "replicas");
    JsonNode family = status.path("families").path(0);
    assertThat(family.propertyNames())
        .containsExactly(
            "name",
            "owner",
            "candidate",
            "data",
            "phase",
            "weight",
            "readShare",
            "writeShare",
            "epoch",
            "held",
            "since",
            "routes",
            "parity",
            "sides",
            "shadow",
            "next",
            "gates",
            "goals",
            "unproven",
            "governance");
    assertThat(family.path("phase").stringValue()).isEqualTo("shadow");
    assertThat(family.path("weight").isNull()).isTrue();
    assertThat(family.path("since").stringValue()).isEqualTo("2026-03-01T08:00:00Z");
    assertThat(family.path("parity").path("rate").doubleValue()).isEqualTo(0.999);
    assertThat(family.path("sides").path("legacy").path("p99Millis").doubleValue()).isEqualTo(41);
    assertThat(family.path("shadow").path("dropped").toString())
        .isEqualTo("{\"deadline\":3,\"memory\":7}");
    assertThat(family.path("next").toString())
        .isEqualTo("{\"phase\":\"canary\",\"weight\":\"1%\"}");
    assertThat(family.path("gates").path(0).path("opinion").stringValue()).isEqualTo("hold");
  }

  @Test
  void showsOneFamilyWithItsEntityTag() throws Exception {
    HttpResponse<String> response = get(USERS);

    assertThat(response.headers().firstValue("ETag")).contains("\"3-r\"");
    assertThat(json(response).path("name").stringValue()).isEqualTo("users");
  }

  @Test
  void saysWhichFamiliesThereAreWhenOneIsUnknown() throws Exception {
    HttpResponse<String> response = get("/api/v1/families/nobody");

    assertProblem(response, 404, "family-unknown");
    assertThat(json(response).path("detail").stringValue()).contains("nobody").contains("[users]");
  }

  @Test
  void explainsWhatStandsBeforeTheNextStep() throws Exception {
    JsonNode explanation = json(get(USERS + "/explain"));

    assertThat(explanation.propertyNames())
        .containsExactly(
            "family",
            "phase",
            "weight",
            "epoch",
            "next",
            "gates",
            "held",
            "rollbackWhen",
            "goals",
            "unproven",
            "line",
            "governance");
    assertThat(explanation.path("rollbackWhen").path(0).stringValue()).contains("20 requests");
  }

  @Test
  void showsDifferencesByEndpointAndField() throws Exception {
    JsonNode endpoint = json(get(USERS + "/parity")).path("endpoints").path(1);

    assertThat(endpoint.path("template").stringValue()).isEqualTo("/users/{id}");
    assertThat(endpoint.path("differences").path(0).toString())
        .isEqualTo(
            """
            {"where":"body:$.id","kind":"type","severity":"breaking","count":9,"noise":0.25,\
            "accepted":null,"critical":true,"samples":[{"request":"GET /users/17","legacy":\
            "number of 2 digits","candidate":"\\"dd\\""}]}\
            """);
  }

  @Test
  void promotesWithEverythingThatTheBodySays() throws Exception {
    HttpResponse<String> response =
        post(
            USERS + "/promote",
            "{\"to\":\"canary\",\"weight\":\"25%\",\"reason\":\" fine \",\"actor\":\"ann\"}");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).path("weight").stringValue()).isEqualTo("25%");
    assertThat(response.headers().firstValue("ETag")).contains("\"4-r\"");
    assertThat(operations.last())
        .isEqualTo(
            new Change.Promotion(
                "users", Phase.Name.CANARY, Weight.parse("25%"), "fine", "ann", null));
  }

  @Test
  void rollsBackAndTellsHowLongItTook() throws Exception {
    JsonNode answer = json(post(USERS + "/rollback", "{\"reason\":\"errors\"}"));

    assertThat(answer.path("millis").doubleValue()).isEqualTo(0.04);
    assertThat(answer.path("recorded").booleanValue()).isTrue();
    assertThat(answer.path("family").path("phase").stringValue()).isEqualTo("legacy");
    assertThat(operations.last())
        .isEqualTo(new Change.Rollback("users", null, "errors", "unnamed", null));
  }

  @Test
  void holdsResumesAndForgetsParity() throws Exception {
    JsonNode held = json(post(USERS + "/hold", "{\"reason\":\"release night\"}"));
    assertThat(held.path("held").stringValue()).isEqualTo("release night");

    JsonNode resumed = json(post(USERS + "/resume", "{\"reason\":\"over\"}"));
    assertThat(resumed.path("held").isNull()).isTrue();

    post(USERS + "/parity/reset", "{\"reason\":\"candidate deployed\"}");
    assertThat(operations.last()).isInstanceOf(Change.ParityReset.class);
  }

  @Test
  void tellsARefusalWithTheGatesThatRefused() throws Exception {
    operations.refuse(
        new Refusal(
            Refusal.Code.GATE_REFUSED, "parity holds", List.of(FakeOperations.parityHolds())));

    HttpResponse<String> response = post(USERS + "/promote", "{\"reason\":\"now\"}");

    assertProblem(response, 409, "gate-refused");
    assertThat(json(response).path("gates").path(0).path("says").stringValue())
        .contains("needs 400 more");
  }

  @Test
  void changesOnlyWhatStillStandsWhereTheClientSawIt() throws Exception {
    HttpRequest.Builder stale =
        posting(USERS + "/rollback", "{\"reason\":\"errors\"}").header("If-Match", "\"2-r\"");
    assertProblem(send(stale), 412, "state-changed");

    HttpRequest.Builder fresh =
        posting(USERS + "/rollback", "{\"reason\":\"errors\"}").header("If-Match", "\"3-r\"");
    assertThat(send(fresh).statusCode()).isEqualTo(200);
  }

  @Test
  void takesATagItNeverGaveForAChangedState() throws Exception {
    HttpRequest.Builder odd =
        posting(USERS + "/rollback", "{\"reason\":\"errors\"}").header("If-Match", "\"abc\"");

    assertProblem(send(odd), 412, "state-changed");
    assertThat(operations.last()).isNull();
  }

  @Test
  void asksForAReason() throws Exception {
    assertProblem(post(USERS + "/promote", "{}"), 400, "reason-missing");
    assertProblem(post(USERS + "/promote", ""), 400, "reason-missing");
    assertProblem(post(USERS + "/promote", "{\"reason\":\"  \"}"), 400, "reason-missing");
    assertThat(operations.last()).isNull();
  }

  @Test
  void namesEveryFaultOfABody() throws Exception {
    HttpResponse<String> response =
        post(USERS + "/promote", "{\"reason\":7,\"wieght\":\"5%\",\"to\":[]}");

    assertProblem(response, 400, "request-invalid");
    assertThat(json(response).path("detail").stringValue())
        .contains("'reason' must be a text, not a number")
        .contains("'wieght' is not known here; known are [actor, force, reason, to, weight]")
        .contains("'to' must be a text, not an array");
  }

  @Test
  void saysWhereABodyStopsBeingJson() throws Exception {
    HttpResponse<String> response = post(USERS + "/promote", "{\"reason\":\n \"a\",,}");

    assertProblem(response, 400, "request-invalid");
    assertThat(json(response).path("detail").stringValue()).contains("line 2 column");
  }

  @Test
  void refusesBodiesThatAreJsonButNotOneObject() throws Exception {
    assertProblem(post(USERS + "/promote", "[]"), 400, "request-invalid");
    assertProblem(post(USERS + "/promote", "{} {}"), 400, "request-invalid");
    assertProblem(
        post(USERS + "/promote", "{\"reason\":\"a\",\"reason\":\"b\"}"), 400, "request-invalid");
  }

  @Test
  void refusesWordsAndWeightsThatDoNotExist() throws Exception {
    assertProblem(
        post(USERS + "/promote", "{\"reason\":\"a\",\"to\":\"moon\"}"), 400, "request-invalid");
    assertProblem(
        post(USERS + "/promote", "{\"reason\":\"a\",\"weight\":\"5\"}"), 400, "request-invalid");
    assertProblem(
        post(USERS + "/promote", "{\"reason\":\"" + "x".repeat(1001) + "\"}"),
        400,
        "request-invalid");
  }

  @Test
  void takesJsonOnlySoThatNoForeignFormCanPost() throws Exception {
    HttpRequest.Builder form =
        request(USERS + "/rollback")
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"forged\"}"));

    assertProblem(send(form), 400, "request-invalid");
    assertThat(operations.last()).isNull();
  }

  @Test
  void refusesABodyAboveItsBoundWhetherItsLengthIsToldOrNot() throws Exception {
    String large = "{\"reason\":\"" + "x".repeat(ChangeBody.LIMIT) + "\"}";
    assertProblem(post(USERS + "/promote", large), 413, "body-too-large");

    String chunk = "x".repeat(ChangeBody.LIMIT + 1);
    String raw =
        "POST "
            + USERS
            + "/promote HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n"
            + Integer.toHexString(chunk.length())
            + "\r\n"
            + chunk
            + "\r\n0\r\n\r\n";
    assertThat(exchange(raw)).startsWith("HTTP/1.1 413").contains("body-too-large");
    assertThat(operations.last()).isNull();
  }

  @Test
  void namesTheMethodsOfAPathAndKnowsWhatIsNotThere() throws Exception {
    HttpResponse<String> wrong = post("/api/v1/status", "{}");
    assertProblem(wrong, 405, "method-not-allowed");
    assertThat(wrong.headers().firstValue("Allow")).contains("GET");

    HttpResponse<String> change = get(USERS + "/promote");
    assertProblem(change, 405, "method-not-allowed");
    assertThat(change.headers().firstValue("Allow")).contains("POST");

    assertProblem(get("/api/v2/status"), 404, "not-found");
  }

  @Test
  void saysWhetherItLivesAndWhetherTheGatewayListens() throws Exception {
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    operations.ready(false);
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void keepsTheReasonOfAFaultToItself() throws Exception {
    operations.fail();

    HttpResponse<String> response = get("/api/v1/status");

    assertProblem(response, 500, "fault");
    assertThat(response.body()).doesNotContain("secret detail");
  }

  @Test
  void wantsTheTokenEverywhereButForProbes() throws Exception {
    try (ControlServer guarded = serve(new ControlOptions(ANY_PORT, "s3cret"))) {
      String base = "http://127.0.0.1:" + guarded.address().getPort();
      HttpRequest.Builder without = HttpRequest.newBuilder(URI.create(base + "/api/v1/status"));
      HttpResponse<String> refused = send(without);
      assertProblem(refused, 401, "unauthorized");
      assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
      assertProblem(
          send(without.copy().header("Authorization", "Bearer s3cre")), 401, "unauthorized");
      assertProblem(
          send(without.copy().header("Cookie", "banyan_session=s3cret")), 401, "unauthorized");
      assertThat(send(without.copy().header("Authorization", "Bearer s3cret")).statusCode())
          .isEqualTo(200);
      assertThat(send(HttpRequest.newBuilder(URI.create(base + "/readyz"))).statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void turnsAwayNamesThatAreNotItsOwnAndForeignOrigins() throws Exception {
    assertThat(exchange("GET /api/v1/status HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
        .startsWith("HTTP/1.1 403")
        .contains("origin-refused");
    assertThat(exchange("GET /api/v1/status HTTP/1.1\r\nHost: localhost:99\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(exchange("GET /api/v1/status HTTP/1.1\r\nHost: [::1]:99\r\n\r\n"))
        .startsWith("HTTP/1.1 200");

    HttpRequest.Builder forged =
        posting(USERS + "/rollback", "{\"reason\":\"forged\"}")
            .header("Origin", "http://evil.example");
    assertProblem(send(forged), 403, "origin-refused");
    assertThat(operations.last()).isNull();
  }

  @Test
  void doesNotListenForOtherMachinesWithoutAToken() {
    InetSocketAddress everywhere = new InetSocketAddress("0.0.0.0", 8081);

    assertThatThrownBy(() -> new ControlOptions(everywhere, null))
        .hasMessageContaining("0.0.0.0:8081")
        .hasMessageContaining("control.token");
    assertThatThrownBy(() -> new ControlOptions(everywhere, " ")).hasMessageContaining("blank");
    assertThat(new ControlOptions(everywhere, "s3cret").toString()).doesNotContain("s3cret");
  }

  @Test
  void saysThatItsPortIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ControlOptions options =
          new ControlOptions(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), taken.getLocalPort()), null);

      assertThatThrownBy(() -> serve(options))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("" + taken.getLocalPort());
    }
  }

  @Test
  void aReloadTellsWhatIsInForceOrWhyTheFileIsNot() throws Exception {
    assertThat(json(post("/api/v1/reload", "{}")).path("file").asString()).isEqualTo("banyan.yaml");

    operations.configProblem("banyan.yaml:1:1: listn: unknown key 'listn'");
    HttpResponse<String> refused = post("/api/v1/reload", "{}");
    assertProblem(refused, 422, "config-refused");
  }

  private void assertProblem(HttpResponse<String> response, int status, String code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(response).path("code").stringValue()).isEqualTo(code);
    assertThat(json(response).path("status").intValue()).isEqualTo(status);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return Json.MAPPER.readTree(response.body());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private HttpRequest.Builder posting(String path, String body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(posting(path, body));
  }

  /// Sends bytes as they are and reads until what came holds a whole answer.
  private String exchange(String raw) throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(raw.getBytes(StandardCharsets.UTF_8));
      StringBuilder answer = new StringBuilder();
      byte[] part = new byte[8192];
      while (!answer.toString().endsWith("}")) {
        int read = socket.getInputStream().read(part);
        if (read < 0) {
          break;
        }
        answer.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }
      return answer.toString();
    }
  }
}
