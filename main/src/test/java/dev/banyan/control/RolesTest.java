package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.access.Role;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.migration.Phase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Who may do what over the API.
class RolesTest {
  private static final String USERS = "/api/v1/families/users/";
  private static final String WHY = "{\"reason\":\"why\",\"actor\":\"ann@desk\"}";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    operations.put(FakeOperations.governed("users"));
    server = serve(null);
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private ControlServer serve(@Nullable String token) throws IOException {
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), token);
    Guard guard = new Guard(options, operations.access());
    return ControlServer.start(options, guard, operations, feed, List.of());
  }

  private HttpResponse<String> get(ControlServer at, String path, String token) throws Exception {
    return client.send(request(at, path, token).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String path, String body, String token) throws Exception {
    HttpRequest request =
        request(server, path, token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(ControlServer at, String path, String token) {
    URI uri = URI.create("http://127.0.0.1:" + at.address().getPort() + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  @Test
  void withoutAnyTokenEverybodyOnThisMachineIsAnAdminUntilTheFirstIsMade() throws Exception {
    assertThat(get(server, "/api/v1/tokens", "").statusCode()).isEqualTo(200);

    HttpResponse<String> refused =
        post("/api/v1/tokens", "{\"name\":\"bob\",\"role\":\"viewer\"}", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(json(refused).path("code").asString()).isEqualTo("token-refused");
    HttpResponse<String> made = post("/api/v1/tokens", "{\"name\":\"ann\",\"role\":\"admin\"}", "");
    String secret = json(made).path("secret").asString();

    assertThat(get(server, "/api/v1/status", "").statusCode()).isEqualTo(401);
    assertThat(get(server, "/api/v1/status", "nonsense").statusCode()).isEqualTo(401);
    assertThat(get(server, "/api/v1/status", secret).statusCode()).isEqualTo(200);
    assertThat(get(server, "/healthz", "").statusCode()).isEqualTo(200);
  }

  @Test
  void eachRoleMayDoItsOwnAndWhatThoseBelowMay() throws Exception {
    String viewer = operations.token("vic", Role.VIEWER);
    String operator = operations.token("olga", Role.OPERATOR);
    String approver = operations.token("pat", Role.APPROVER);
    String admin = operations.token("ann", Role.ADMIN);

    only(Role.VIEWER, "GET", "/api/v1/status", viewer, operator, approver, admin);
    only(Role.OPERATOR, "POST", USERS + "hold", viewer, operator, approver, admin);
    only(Role.OPERATOR, "POST", USERS + "rollback", viewer, operator, approver, admin);
    only(Role.OPERATOR, "POST", "/api/v1/line/stop", viewer, operator, approver, admin);
    only(Role.APPROVER, "POST", "/api/v1/line/release", viewer, operator, approver, admin);
    only(Role.APPROVER, "POST", USERS + "approve", viewer, operator, approver, admin);
    only(Role.ADMIN, "GET", "/api/v1/tokens", viewer, operator, approver, admin);
  }

  @Test
  void whoLooksOnSendsNobodyATest() throws Exception {
    String path = "/api/v1/notifications/test";

    assertThat(post(path, "{}", operations.token("vic", Role.VIEWER)).statusCode()).isEqualTo(403);
    assertThat(post(path, "{}", operations.token("olga", Role.OPERATOR)).statusCode())
        .isEqualTo(200);
  }

  private void only(Role least, String method, String path, String... secrets) throws Exception {
    List<Role> roles = List.of(Role.values());
    for (int i = 0; i < secrets.length; i++) {
      Role role = roles.get(i);
      String secret = secrets[i];
      HttpResponse<String> response =
          method.equals("GET") ? get(server, path, secret) : post(path, WHY, secret);

      assertThat(response.statusCode())
          .as(role + " " + path)
          .isEqualTo(role.may(least) ? 200 : 403);
    }
  }

  @Test
  void aRefusalNamesTheRoleThatIsNeeded() throws Exception {
    HttpResponse<String> refused = post(USERS + "hold", WHY, operations.token("vic", Role.VIEWER));

    assertThat(json(refused).path("code").asString()).isEqualTo("forbidden");
    assertThat(json(refused).path("detail").asString())
        .contains("role operator", "'vic'", "role viewer");
    assertThat(operations.last()).isNull();
  }

  @Test
  void anOperatorPromotesAndOnlyAnApproverForces() throws Exception {
    String operator = operations.token("olga", Role.OPERATOR);
    String approver = operations.token("pat", Role.APPROVER);
    String forced = "{\"reason\":\"no traffic\",\"force\":true}";

    assertThat(post(USERS + "promote", forced, operator).statusCode()).isEqualTo(403);
    assertThat(post(USERS + "promote", WHY, operator).statusCode()).isEqualTo(200);
    assertThat(post(USERS + "promote", forced, approver).statusCode()).isEqualTo(200);

    assertThat(operations.last())
        .isEqualTo(new Change.Promotion("users", null, null, true, "no traffic", "pat", null));
    HttpResponse<String> text = post(USERS + "promote", "{\"force\":\"yes\"}", approver);
    assertThat(json(text).path("detail").asString()).contains("true or false");
  }

  @Test
  void theLedgerNamesTheTokenAndAddsWhatTheCallerSays() throws Exception {
    post(USERS + "hold", WHY, operations.token("olga", Role.OPERATOR));

    List<LedgerEntry> ledger = operations.ledgerTail(1);
    assertThat(ledger.getFirst().actor()).isEqualTo("olga (ann@desk)");
  }

  @Test
  void theConfigurationsTokenIsAnAdminsBesideTheOthers() throws Exception {
    String viewer = operations.token("vic", Role.VIEWER);
    try (ControlServer both = serve("from-the-file")) {
      assertThat(get(both, "/api/v1/tokens", "from-the-file").statusCode()).isEqualTo(200);
      assertThat(get(both, "/api/v1/tokens", viewer).statusCode()).isEqualTo(403);
      assertThat(get(both, "/api/v1/status", "").statusCode()).isEqualTo(401);
    }
  }

  @Test
  void aRevokedTokenLetsNobodyIn() throws Exception {
    String admin = operations.token("ann", Role.ADMIN);
    String operator = operations.token("olga", Role.OPERATOR);
    assertThat(get(server, "/api/v1/status", operator).statusCode()).isEqualTo(200);

    HttpResponse<String> revoked = post("/api/v1/tokens/olga/revoke", "{}", admin);

    assertThat(revoked.statusCode()).isEqualTo(200);
    assertThat(get(server, "/api/v1/status", operator).statusCode()).isEqualTo(401);
    assertThat(post("/api/v1/tokens/olga/revoke", "{}", admin).statusCode()).isEqualTo(404);
    HttpResponse<String> last = post("/api/v1/tokens/ann/revoke", "{}", admin);
    assertThat(json(last).path("code").asString()).isEqualTo("token-refused");
  }

  @Test
  void aListOfTokensShowsNoHashAndNoSecret() throws Exception {
    String admin = operations.token("ann", Role.ADMIN);
    post("/api/v1/tokens", "{\"name\":\"ci\",\"role\":\"operator\",\"expires\":\"90d\"}", admin);

    JsonNode list = json(get(server, "/api/v1/tokens", admin));

    assertThat(list.toString())
        .isEqualTo(
            """
            {"tokens":[{"name":"ann","role":"admin","created":"2026-03-01T08:00:00Z",\
            "expires":null},{"name":"ci","role":"operator","created":"2026-03-01T08:00:00Z",\
            "expires":"2026-05-30T08:00:00Z"}]}\
            """);
  }

  @Test
  void aTokensLifeIsAWholeNumberOfDaysOrHours() throws Exception {
    for (String bad : List.of("90", "0d", "-1d", "3651d", "1w", "99999d")) {
      String body = "{\"name\":\"x\",\"role\":\"admin\",\"expires\":\"" + bad + "\"}";
      assertThat(post("/api/v1/tokens", body, "").statusCode()).as(bad).isEqualTo(400);
    }
  }

  @Test
  void anApprovalIsShownWithTheFamily() throws Exception {
    JsonNode before = json(get(server, "/api/v1/families/users", "")).path("governance");
    assertThat(before.path("awaitsApproval").asBoolean()).isTrue();

    post(USERS + "approve", "{\"reason\":\"seen\",\"actor\":\"pat\",\"to\":\"canary\"}", "");

    JsonNode after = json(get(server, "/api/v1/families/users", "")).path("governance");
    assertThat(after.path("awaitsApproval").asBoolean()).isFalse();
    assertThat(after.path("approval").toString())
        .isEqualTo("{\"phase\":\"canary\",\"epoch\":3,\"actor\":\"pat\"}");
    assertThat(operations.last())
        .isEqualTo(new Change.Approval("users", Phase.Name.CANARY, "seen", "pat", null));
  }

  @Test
  void aStoppedLineIsShownEverywhereUntilItIsReleased() throws Exception {
    post("/api/v1/line/stop", "{\"reason\":\"incident 7\"}", "");

    assertThat(json(get(server, "/api/v1/status", "")).path("line").asString())
        .isEqualTo("incident 7");
    assertThat(json(get(server, USERS + "explain", "")).path("line").asString())
        .isEqualTo("incident 7");

    post("/api/v1/line/release", "{\"reason\":\"over\"}", "");
    assertThat(json(get(server, "/api/v1/status", "")).path("line").isNull()).isTrue();
  }

  @Test
  void aDeployNamesTheFamiliesWhoseEvidenceBeginsAnew() throws Exception {
    HttpResponse<String> deployed =
        post("/api/v1/services/users/deploy", "{\"version\":\"1.2\"}", "");

    assertThat(deployed.body())
        .isEqualTo(
            """
            {"service":"users","version":"1.2","families":["users"],"recorded":true}\
            """);
    HttpResponse<String> unknown = post("/api/v1/services/nobody/deploy", "{}", "");
    assertThat(json(unknown).path("code").asString()).isEqualTo("service-unknown");
  }
}
