package dev.banyan.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.access.Role;
import dev.banyan.migration.Weight;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The OpenFeature Remote Evaluation Protocol, as its providers speak it.
class FlagRoutesTest {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";

  private final EventFeed feed = new EventFeed();
  private final FakeOperations operations = new FakeOperations(feed);
  private final HttpClient client = HttpClient.newHttpClient();
  private ControlServer server;

  @BeforeEach
  void start() throws IOException {
    ControlOptions options =
        new ControlOptions(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    Map<String, Weight> reads =
        Map.of("users", Weight.parse("5%"), "orders", Weight.FULL, "search", Weight.NONE);
    server =
        ControlServer.start(
            options,
            new Guard(options, operations.access()),
            operations,
            feed,
            FlagRoutes.of(new FixedSides(reads)));
  }

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.address().getPort() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String unit(String key) {
    return "{\"context\":{\"targetingKey\":\"" + key + "\",\"plan\":\"gold\"}}";
  }

  @Test
  void aUnitOfASplitFamilyIsToldItsSide() throws Exception {
    assertThat(post(FLAGS + "/users", unit("carl")).body())
        .isEqualTo(
            """
            {"key":"users","value":true,"reason":"SPLIT","variant":"candidate",\
            "metadata":{"weight":"5%"}}\
            """);
    assertThat(post(FLAGS + "/users", unit("dora")).body())
        .contains("\"value\":false", "\"variant\":\"legacy\"");
  }

  @Test
  void readsAndWritesAreTwoFlags() throws Exception {
    assertThat(post(FLAGS + "/orders", unit("x")).body()).contains("\"value\":true", "STATIC");
    assertThat(post(FLAGS + "/orders.writes", unit("x")).body())
        .contains("\"key\":\"orders.writes\"", "\"value\":false", "STATIC");
  }

  @Test
  void onlyASplitFamilyNeedsToKnowTheUnit() throws Exception {
    assertThat(post(FLAGS + "/search", "{}").statusCode()).isEqualTo(200);

    HttpResponse<String> missing = post(FLAGS + "/users", "{\"context\":{}}");
    assertThat(missing.statusCode()).isEqualTo(400);
    assertThat(missing.body())
        .startsWith("{\"key\":\"users\",\"errorCode\":\"TARGETING_KEY_MISSING\"");
    assertThat(post(FLAGS + "/users", "").body()).contains("TARGETING_KEY_MISSING");
  }

  @Test
  void whatCanNotBeReadIsToldByTheProtocolsCodes() throws Exception {
    HttpResponse<String> unknown = post(FLAGS + "/nobody", unit("x"));
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).startsWith("{\"key\":\"nobody\",\"errorCode\":\"FLAG_NOT_FOUND\"");
    for (String bad :
        new String[] {"{\"context\":7}", "[]", "{\"context\":{\"targetingKey\":7}}"}) {
      HttpResponse<String> response = post(FLAGS + "/users", bad);
      assertThat(response.statusCode()).as(bad).isEqualTo(400);
      assertThat(response.body()).as(bad).contains("INVALID_CONTEXT");
    }
    assertThat(post(FLAGS + "/users", "{").body()).contains("PARSE_ERROR");
    assertThat(post(FLAGS, "{").body()).startsWith("{\"errorCode\":\"PARSE_ERROR\"");
  }

  @Test
  void allFlagsComeWithATagThatSparesTheNextAnswer() throws Exception {
    HttpResponse<String> all = post(FLAGS, unit("carl"));

    assertThat(all.body())
        .startsWith("{\"flags\":[{\"key\":\"orders\",\"value\":true")
        .contains("\"key\":\"search.writes\"", "\"key\":\"users\"");
    String tag = all.headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again = post(FLAGS, unit("carl"), "If-None-Match", "\"x\", W/" + tag);
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(post(FLAGS, unit("dora"), "If-None-Match", tag).statusCode()).isEqualTo(200);
  }

  @Test
  void aFlagThatNeedsTheUnitDoesNotKeepTheOthersFromBeingTold() throws Exception {
    HttpResponse<String> all = post(FLAGS, "{}");

    assertThat(all.statusCode()).isEqualTo(200);
    assertThat(all.body())
        .contains("{\"key\":\"users\",\"errorCode\":\"TARGETING_KEY_MISSING\"")
        .contains("\"key\":\"search\",\"value\":false");
  }

  @Test
  void whereTokensAreInForceAViewersIsNeeded() throws Exception {
    String viewer = operations.token("service", Role.VIEWER);

    assertThat(post(FLAGS, unit("carl")).statusCode()).isEqualTo(401);
    assertThat(post(FLAGS, unit("carl"), "Authorization", "Bearer " + viewer).statusCode())
        .isEqualTo(200);
  }
}
