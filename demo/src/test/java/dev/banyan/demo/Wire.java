package dev.banyan.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Asks a service, and keeps all of its answer that a client could mind.
record Wire(HttpClient client, int port) {

  /// One answer as it stood on the wire.
  record Seen(int status, Map<String, List<String>> headers, String body) {}

  Seen ask(String method, String target, String body) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + target))
                .header("Content-Type", "application/json")
                .method(
                    method,
                    body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    headers.remove("date");
    headers.remove("x-powered-by");
    return new Seen(response.statusCode(), headers, response.body());
  }

  Seen get(String target) throws IOException, InterruptedException {
    return ask("GET", target, "");
  }
}
