package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The control plane's HTTP API, as a script would use it. Safe for use by many threads.
record Control(String url) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  /// An answer of the API, whatever its status.
  record Answer(int status, Map<String, List<String>> headers, String body) {

    JsonNode json() {
      return JSON.readTree(body);
    }

    /// A problem's stable code.
    String code() {
      return json().path("code").asString("");
    }

    String header(String name) {
      return headers.entrySet().stream()
          .filter(each -> each.getKey().equalsIgnoreCase(name))
          .map(each -> each.getValue().getFirst())
          .findFirst()
          .orElse("");
    }

    /// The same answer.
    ///
    /// @throws AssertionError when it is not a 200
    Answer done() {
      assertThat(status).as("status of the answer %s", body).isEqualTo(200);
      return this;
    }
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  /// An answer whose lines come as the server sends them.
  HttpResponse<Stream<String>> stream(String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Accept", "text/event-stream")
            .build();
    return HTTP.send(request, BodyHandlers.ofLines());
  }

  Answer get(String path, String... headers) throws IOException, InterruptedException {
    return send("GET", path, "", headers);
  }

  Answer post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send("POST", path, body, headers);
  }

  /// @param headers names and values by turns
  Answer send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.headers().map(), answer.body());
  }

  JsonNode status() throws IOException, InterruptedException {
    return get("/api/v1/status").done().json();
  }

  JsonNode family(String name) throws IOException, InterruptedException {
    return get("/api/v1/families/" + name).done().json();
  }

  /// The family's phase, with its weight where it has one: `shadow`, `canary 5%`.
  String phase(String name) throws IOException, InterruptedException {
    JsonNode family = family(name);
    String weight = family.path("weight").asString("");
    return (family.path("phase").asString("") + " " + weight).strip();
  }

  /// Asks for the next step. Keys beyond the reason come by turns with their values.
  Answer promote(String family, String... more) throws IOException, InterruptedException {
    return change(family, "promote", more);
  }

  Answer rollback(String family, String... more) throws IOException, InterruptedException {
    return change(family, "rollback", more);
  }

  Answer hold(String family, String... more) throws IOException, InterruptedException {
    return change(family, "hold", more);
  }

  Answer resume(String family, String... more) throws IOException, InterruptedException {
    return change(family, "resume", more);
  }

  private Answer change(String family, String verb, String... more)
      throws IOException, InterruptedException {
    Map<String, Object> body = new TreeMap<>(Map.of("reason", "a test asks for it"));
    for (int i = 0; i < more.length; i += 2) {
      body.put(more[i], more[i].equals("force") ? Boolean.valueOf(more[i + 1]) : more[i + 1]);
    }
    return post("/api/v1/families/" + family + "/" + verb, JSON.writeValueAsString(body));
  }

  /// The whole ledger, page by page.
  List<JsonNode> ledger() throws IOException, InterruptedException {
    List<JsonNode> entries = new ArrayList<>();
    long after = 0;
    while (true) {
      JsonNode page = get("/api/v1/ledger?limit=500&after=" + after).done().json().path("entries");
      if (page.isEmpty()) {
        return entries;
      }
      page.forEach(entries::add);
      long last = entries.getLast().path("seq").asLong();
      assertThat(last).as("the last entry of a page after %s", after).isGreaterThan(after);
      after = last;
    }
  }

  /// A line of the metrics, such as `banyan_tunnels`, with its labels in the order of their names.
  ///
  /// @return its number, or `none` where what it counts never happened
  String metric(String series) throws IOException, InterruptedException {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(series + " "))
        .map(line -> line.substring(series.length() + 1))
        .findFirst()
        .orElse("none");
  }

  JsonNode verify() throws IOException, InterruptedException {
    return get("/api/v1/ledger/verify").done().json();
  }
}
