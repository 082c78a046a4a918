package dev.banyan.bench;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Side;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Answers to compare, as a small JSON API gives them.
final class Answers {
  private static final int TEN_KILOBYTES = 10_000;

  private Answers() {}

  /// A list of users, about 10 KB long. The last one's name is given.
  static String users(String lastName) {
    StringBuilder json = new StringBuilder("{\"users\":[");
    for (int i = 0; json.length() < TEN_KILOBYTES; i++) {
      json.append("{\"id\":").append(1_000 + i).append(",\"name\":\"user ").append(i);
      json.append("\",\"active\":true,\"balance\":12.50,\"tags\":[\"a\",\"b\"],\"since\":");
      json.append("\"2024-02-29T12:00:00Z\"},");
    }
    return json + "{\"id\":1,\"name\":\"" + lastName + "\"}]}";
  }

  /// Ten thousand objects; shuffled, one of them has another value.
  static String objects(boolean shuffled) {
    StringBuilder json = new StringBuilder("[");
    for (int i = 0; i < 10_000; i++) {
      int id = shuffled ? (i * 7_919) % 10_000 : i;
      json.append(i == 0 ? "" : ",").append("{\"id\":").append(id).append(",\"v\":");
      json.append(shuffled && id == 4_242 ? "2}" : "1}");
    }
    return json + "]";
  }

  static Response json(String server, String body) {
    return new Response(
        200,
        Headers.of(
            "Date", "Fri, 01 Mar 2024 12:00:00 GMT",
            "Content-Type", "application/json",
            "Content-Length", Integer.toString(body.length()),
            "ETag", "\"5e2-61\"",
            "Cache-Control", "no-cache",
            "Server", server),
        Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  static Leg.Answered leg(Side side, Response response) {
    return new Leg.Answered(side, response, Duration.ofMillis(2));
  }
}
