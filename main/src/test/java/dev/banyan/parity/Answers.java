package dev.banyan.parity;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/// Answers and exchanges as tests write them down.
final class Answers {
  private Answers() {}

  static Response json(int status, String body) {
    return answer(status, body, "content-type", "application/json");
  }

  static Response answer(int status, String body, String... headers) {
    return new Response(
        status, Headers.of(headers), Body.of(body.getBytes(StandardCharsets.UTF_8)));
  }

  static Response bytes(byte[] body, String... headers) {
    return new Response(200, Headers.of(headers), Body.of(body));
  }

  static Exchange exchange(Request request, Endpoint endpoint, Leg primary, Leg shadow) {
    return new Exchange("r-1", "users", 3, endpoint, request, primary, shadow);
  }

  static Exchange get(String target, String template) {
    Response empty = answer(200, "");
    return exchange(
        new Request("GET", target, Headers.NONE, Body.EMPTY),
        new Endpoint("GET", template),
        answered(Side.LEGACY, empty),
        answered(Side.CANDIDATE, empty));
  }

  static Leg answered(Side side, Response response) {
    return new Leg.Answered(side, response, Duration.ofMillis(3));
  }

  static Leg failed(Side side, Leg.Failure failure) {
    return new Leg.Failed(side, failure, "for the test", Duration.ofMillis(3));
  }

  static List<Difference> differences(Verdict verdict) {
    return verdict instanceof Verdict.Mismatch mismatch ? mismatch.differences() : List.of();
  }

  /// `where kind severity` of each difference that is not cosmetic.
  static List<String> found(Verdict verdict) {
    return differences(verdict).stream()
        .filter(difference -> difference.severity() != Severity.COSMETIC)
        .map(difference ->
            difference.where()
                + " "
                + difference.kind().word()
                + " "
                + difference.severity().word())
        .toList();
  }
}
