package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Scope;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the API tells of differences, and what can be made of them.
class ParityChangesTest {
  private static final String PARITY = "/api/v1/families/users/parity";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;

  @BeforeEach
  void start() throws Exception {
    operations.put(FakeOperations.shadowed("users"));
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    server = ControlServer.start(options, new Guard(options), operations, feed, List.of());
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private JsonNode get(String path) throws Exception {
    return Json.MAPPER.readTree(
        client.send(to(path).build(), HttpResponse.BodyHandlers.ofString()).body());
  }

  private HttpResponse<String> post(String verb, String body) throws Exception {
    return client.send(
        to(PARITY + "/" + verb)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void tellsHowSureOneMayBe() throws Exception {
    JsonNode report = get(PARITY);
    assertThat(report.path("accepted").intValue()).isEqualTo(5);
    assertThat(report.path("dropped").toString()).isEqualTo("{\"memory\":7}");
    JsonNode parity = report.path("parity");
    assertThat(parity.path("rate").doubleValue()).isEqualTo(0.999);
    assertThat(parity.path("lowerBound").doubleValue()).isBetween(0.99, 0.999);
    assertThat(parity.path("confidence").doubleValue()).isEqualTo(0.95);
    assertThat(parity.path("coverage").doubleValue()).isEqualTo(9000.0 / 9023);
    assertThat(get("/api/v1/families/users").path("parity").path("lowerBound"))
        .isEqualTo(parity.path("lowerBound"));
  }

  @Test
  void tellsWhatIsRuledAndFromWhere() throws Exception {
    assertThat(get(PARITY).path("rulings").toString())
        .isEqualTo(
            """
            [{"ruling":"accepted","endpoint":null,"where":"header:etag","kind":"value",\
            "reason":"weak ones will do","author":"ann","until":"2026-06-30","origin":"file",\
            "holds":true}]\
            """);
  }

  @Test
  void tellsOfOneEndpointOnly() throws Exception {
    assertThat(get(PARITY + "?endpoint=GET%20/users/%7Bid%7D").path("endpoints"))
        .extracting(each -> each.path("template").stringValue())
        .containsExactly("/users/{id}");
    assertThat(get(PARITY + "?endpoint=GET%20/none").path("endpoints")).isEmpty();
    assertThat(get(PARITY + "?endpoint=users").path("code").stringValue())
        .isEqualTo("request-invalid");
  }

  @Test
  void acceptsADifferenceWithAllThatTheBodySays() throws Exception {
    HttpResponse<String> response =
        post(
            "accept",
            """
            {'where': 'body:$.at', 'endpoint': 'GET /users', 'kind': 'spelling',
             'until': '2027-03-31', 'reason': 'agreed', 'actor': 'ann'}
            """);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(operations.last())
        .isEqualTo(
            new Change.ParityAccept(
                "users",
                new Scope(
                    Optional.of(new Endpoint("GET", "/users")),
                    "body:$.at",
                    Optional.of(Kind.SPELLING)),
                LocalDate.parse("2027-03-31"),
                "agreed",
                "ann",
                null));
  }

  @Test
  void marksAPlaceCriticalAndTakesARulingBack() throws Exception {
    Scope scope = new Scope(Optional.empty(), "header:vary", Optional.empty());
    post("critical", "{'where': 'header:vary', 'reason': 'privacy', 'actor': 'ann'}");
    assertThat(operations.last())
        .isEqualTo(new Change.ParityCritical("users", scope, "privacy", "ann", null));
    post("unaccept", "{'where': 'header:vary', 'reason': 'mended', 'actor': 'ann'}");
    assertThat(operations.last())
        .isEqualTo(new Change.ParityUnaccept("users", scope, "mended", "ann", null));
  }

  @Test
  void refusesWhatCanNotBeMeant() throws Exception {
    String until = ", 'until': '2027-03-31', 'reason': 'r'}";
    assertRefused("accept", "{'until': '2027-03-31', 'reason': 'r'}", "'where' is needed");
    assertRefused("accept", "{'where': 'status', 'reason': 'r'}", "'until' is needed");
    assertRefused("accept", "{'where': 'status', 'until': 'soon', 'reason': 'r'}", "not 'soon'");
    assertRefused("accept", "{'where': '$.id'" + until, "is no place");
    assertRefused("accept", "{'where': 'header:ETag'" + until, "small letters");
    assertRefused("accept", "{'where': 'status', 'kind': 'odd'" + until, "not 'odd'");
    assertRefused("accept", "{'where': 'status', 'endpoint': '/users'" + until, "not '/users'");
    assertRefused("critical", "{'where': 'status'" + until, "'until' is not known here");
    HttpResponse<String> silent = post("unaccept", "{'where': 'status'}");
    assertThat(silent.body()).contains("reason-missing");
    assertThat(operations.last()).isNull();
  }

  private void assertRefused(String verb, String body, String detail) throws Exception {
    HttpResponse<String> response = post(verb, body);
    assertThat(response.statusCode()).as(body).isEqualTo(400);
    assertThat(Json.MAPPER.readTree(response.body()).path("detail").stringValue())
        .as(body)
        .contains(detail);
  }
}
