package dev.banyan.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.banyan.compare.report.Reports;
import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Severity;
import dev.banyan.parity.StoredBytes;
import dev.banyan.requests.RecordedRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RedactedReportTest {
  private final List<HttpServer> servers = new ArrayList<>();
  private final List<String> secrets = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  /// A secret that no token resembles by chance.
  private String secret(String of) {
    String secret = "canary" + of + (7_000_003 + secrets.size() * 7_919);
    secrets.add(secret);
    return secret;
  }

  /// Puts secrets of its own into every part of its answers, and fails for `/broken`.
  private URI side(String name) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    String own = secret(name);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          try (exchange) {
            answer(exchange, own, name);
          }
        });
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, String own, String name) throws IOException {
    var headers = exchange.getResponseHeaders();
    String path = exchange.getRequestURI().getPath();
    headers.set("X-Secret", own + "h");
    headers.set("ETag", "\"" + own + "e\"");
    headers.add("Set-Cookie", "sid=" + own + "c; Path=/" + own + "p");
    headers.set("WWW-Authenticate", "Bearer realm=\"" + own + "\"");
    headers.set("Location", "/found/" + own + "?token=" + own);
    headers.set("Vary", "Accept, " + own + " v");
    boolean candidate = name.equals("candidate");
    String body =
        switch (path) {
          case "/form" -> "user=" + own + "&" + own + "key=1";
          case "/text" -> "Dear " + own + ",\nyour code is " + own + "t";
          case "/html" -> "<p title='" + own + "'>" + own + "</p>";
          case "/xml" -> "<a b=\"" + own + "\">" + own + "</a>";
          case "/cut" -> "{\"password\":\"" + own;
          default ->
              "{\"password\":\""
                  + own
                  + "\",\"deep\":[{\"mail\":\""
                  + own
                  + "@shop.example\"}],"
                  + (candidate ? "\"more\":\"" + own + "\"" : "\"less\":{\"a\":\"" + own + "\"}")
                  + "}";
        };
    String type =
        switch (path) {
          case "/form" -> "application/x-www-form-urlencoded";
          case "/text" -> "text/plain";
          case "/html" -> "text/html";
          case "/xml" -> "application/xml";
          default -> "application/json";
        };
    headers.set("Content-Type", type);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    if (path.equals("/zipped")) {
      headers.set("Content-Encoding", "gzip");
      bytes = zipped(bytes);
    }
    if (path.equals("/broken") && candidate) {
      throw new IOException("hangs up");
    }
    int status = path.equals("/status") && candidate ? 401 : 200;
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static byte[] zipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }

  private RecordedRequest request(String method, String target, String type, String body) {
    Headers headers =
        Headers.of(
            "Authorization",
            "Bearer " + secret("auth"),
            "Cookie",
            "sid=" + secret("cookie"),
            "X-Api-Key",
            secret("key"),
            "Content-Type",
            type);
    Request request =
        new Request(method, target, headers, Body.of(body.getBytes(StandardCharsets.UTF_8)));
    return new RecordedRequest("test.list:1", request, null);
  }

  private Recording recording() {
    Recording recording = new Recording(null).hidden();
    List<RecordedRequest> requests = recording.requests;
    for (String path :
        List.of("/json", "/form", "/text", "/html", "/xml", "/cut", "/zipped", "/status")) {
      requests.add(request("GET", path + "?token=" + secret("query"), "text/plain", ""));
    }
    requests.add(request("GET", "/broken?" + secret("bare"), "text/plain", ""));
    requests.add(request("GET", "/reset/" + secret("path") + "/now", "text/plain", ""));
    String json = "{\"password\":\"" + secret("json") + "\"}";
    requests.add(request("POST", "/users", "application/json", json));
    String form = "password=" + secret("form");
    requests.add(request("POST", "/login", "application/x-www-form-urlencoded", form));
    requests.add(request("POST", "/notes", "text/plain", "I am " + secret("text")));
    return recording;
  }

  @Test
  void noReportHoldsASecretUnlessValuesAreToBeShown() throws Exception {
    Recording recording = recording();
    URI legacy = side("legacy");
    URI candidate = side("candidate");
    for (Recording each : List.of(recording, recording.pairNoise())) {
      ComparisonReport report = each.replay(legacy, candidate);
      assertThat(report.mismatched()).isEqualTo(13);
      Reports reports = new Reports(report, Severity.COSMETIC, "1");
      StoredBytes stored = new StoredBytes(secrets);
      for (String text :
          List.of(
              reports.json(),
              reports.html(),
              reports.junit(),
              reports.sarif("test.list"),
              reports.summary(200, true))) {
        assertThat(stored.found(text.getBytes(StandardCharsets.UTF_8))).isEmpty();
      }
    }
  }

  @Test
  void theSearchForSecretsFindsThemWhereValuesAreShown() throws Exception {
    Recording recording = new Recording(null);
    recording.requests.addAll(recording().requests);
    ComparisonReport report = recording.replay(side("legacy"), side("candidate"));
    String json = new Reports(report, Severity.RISKY, "1").json();
    assertThat(new StoredBytes(secrets).found(json.getBytes(StandardCharsets.UTF_8)))
        .anyMatch(each -> each.contains("canarylegacy"))
        .anyMatch(each -> each.contains("canarycandidate"))
        .anyMatch(each -> each.contains("canaryquery"))
        .anyMatch(each -> each.contains("canarypath"));
  }
}
