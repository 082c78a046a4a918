package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.config.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole program: its metrics over the control listener, its access log in a file.
class MetricsEndToEndTest {
  @TempDir private Path folder;

  @Test
  void theMetricsAndTheAccessLogTellOfTheSameRequests() throws Exception {
    HttpServer legacy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    legacy.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    legacy.start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      try (Banyan banyan = start(legacy.getAddress().getPort())) {
        for (String path : List.of("/users/1?a=b", "/users/2", "/else")) {
          get(client, "http://" + banyan.gatewayAddress() + path, "");
        }
        String metrics = banyan.controlUrl() + "/metrics";
        assertThat(get(client, metrics, "").statusCode()).isEqualTo(401);

        // The access log is written a moment later than the request ends.
        HttpResponse<String> scraped = get(client, metrics, "s3cret");
        for (int i = 0; i < 3_000 && !scraped.body().contains("lines_total 3.0"); i++) {
          Thread.sleep(5);
          scraped = get(client, metrics, "s3cret");
        }
        assertThat(scraped.headers().firstValue("content-type"))
            .hasValue("text/plain; version=0.0.4; charset=utf-8");
        assertThat(scraped.body().lines())
            .contains(
                "banyan_requests_total{family=\"users\",method=\"GET\",route=\"/users/{id}\","
                    + "side=\"legacy\",status=\"2xx\"} 2.0",
                "banyan_requests_total{family=\"(none)\",method=\"GET\",route=\"/**\","
                    + "side=\"legacy\",status=\"2xx\"} 1.0",
                "banyan_family_phase{family=\"users\",phase=\"legacy\"} 1.0",
                "banyan_family_phase{family=\"users\",phase=\"retired\"} 0.0",
                "banyan_family_candidate_share{family=\"users\",requests=\"reads\"} 0.0",
                "banyan_shadow_sampled_total{family=\"users\"} 0.0",
                "banyan_shadow_sample_share{family=\"users\"} 1.0",
                "banyan_shadow_shed_total{family=\"users\"} 0.0",
                "banyan_parity_compared_total{family=\"users\"} 0.0",
                "banyan_upstream_waiting{service=\"legacy\"} 0.0",
                "banyan_access_log_lines_total 3.0",
                "banyan_access_log_dropped_total{reason=\"queue-full\"} 0.0")
            .contains("banyan_tunnels 0.0")
            .anyMatch(line -> line.startsWith("banyan_client_connections "))
            .anyMatch(line -> line.startsWith("banyan_event_loop_delay_seconds{loop=\"0\"}"))
            .anyMatch(line -> line.startsWith("jvm_memory_used_bytes{"));
      }
    } finally {
      legacy.stop(0);
    }

    JsonMapper json = JsonMapper.builder().build();
    List<JsonNode> lines =
        Files.readAllLines(folder.resolve("access.log")).stream().map(json::readTree).toList();
    assertThat(lines)
        .extracting(line -> line.path("path").stringValue(), line -> line.path("status").intValue())
        .containsExactly(tuple("/users/1", 204), tuple("/users/2", 204), tuple("/else", 204));
    assertThat(lines).allSatisfy(line -> assertThat(line.path("trace").stringValue()).hasSize(32));
  }

  private static HttpResponse<String> get(HttpClient client, String url, String token)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private Banyan start(int port) throws IOException {
    Path file = folder.resolve("banyan.yaml");
    Files.writeString(
        file,
        """
        listen: 127.0.0.1:0
        control: { listen: "127.0.0.1:0", token: s3cret }
        services:
          legacy: { url: "http://127.0.0.1:%d" }
          users: { url: http://127.0.0.1:4000 }
        families:
          users: { routes: ["GET /users/{id}"], candidate: users }
        access_log: { file: access.log }
        shadow: { lag: 1m }
        """
            .formatted(port));
    ConfigWatcher watcher = new ConfigWatcher(new ConfigFile(file, Environment.of(Map.of())));
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) watcher.load();
    return Banyan.start(
        new Banyan.Setup(loaded.config(), watcher, file, folder.resolve("data"), "test"));
  }
}
