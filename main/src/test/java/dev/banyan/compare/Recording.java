package dev.banyan.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Body;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Response;
import dev.banyan.migration.Severity;
import dev.banyan.migration.Side;
import dev.banyan.parity.Leaves;
import dev.banyan.parity.Redaction;
import dev.banyan.requests.RecordedRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.NullUnmarked;

/// Requests as a file would hold them, made by hand or by using a service, and their replay against
/// two bases.
@NullUnmarked
final class Recording {
  final List<RecordedRequest> requests = new ArrayList<>();
  private final URI base;
  private boolean writes = true;
  private boolean pairNoise;
  private boolean values = true;
  private Duration timeout = Duration.ofSeconds(20);

  /// @param base of the service that is used while recording; null to record no answers
  Recording(URI base) {
    this.base = base;
  }

  Recording noWrites() {
    writes = false;
    return this;
  }

  Recording pairNoise() {
    pairNoise = true;
    return this;
  }

  /// As without `--show-values`.
  Recording hidden() {
    values = false;
    return this;
  }

  Recording timeout(Duration limit) {
    timeout = limit;
    return this;
  }

  /// Adds a request, and returns what the recorded service has answered.
  Response add(String method, String target, String token, String body) {
    List<Headers.Field> fields = new ArrayList<>();
    fields.add(new Headers.Field("Accept", "application/json"));
    if (!token.isEmpty()) {
      fields.add(new Headers.Field("Authorization", "Bearer " + token));
    }
    if (!body.isEmpty()) {
      fields.add(new Headers.Field("Content-Type", "application/json"));
    }
    Request request =
        new Request(
            method, target, new Headers(fields), Body.of(body.getBytes(StandardCharsets.UTF_8)));
    Response answer = null;
    if (base != null) {
      try (HttpAsking asking = asking(base, Side.LEGACY, timeout)) {
        Leg leg = asking.ask(request);
        assertThat(leg).isInstanceOf(Leg.Answered.class);
        answer = ((Leg.Answered) leg).response();
      }
    }
    requests.add(new RecordedRequest("test:" + (requests.size() + 1), request, answer));
    return answer;
  }

  static String field(Response answer, String path) {
    return Leaves.of(answer, 1_000).stream()
        .filter(leaf -> leaf.path().equals(path))
        .findFirst()
        .orElseThrow()
        .text();
  }

  private static HttpAsking asking(URI base, Side side, Duration timeout) {
    return HttpAsking.of(base, side, Headers.NONE, timeout, Replay.BODY_LIMIT, System::nanoTime);
  }

  ComparisonReport replay(URI legacy, URI candidate) throws Exception {
    CompareOptions options =
        new CompareOptions(
            legacy,
            candidate,
            Path.of("test.list"),
            null,
            writes,
            pairNoise,
            values,
            1_000_000,
            timeout,
            Headers.NONE,
            Headers.NONE,
            Severity.RISKY);
    try (HttpAsking left = asking(legacy, Side.LEGACY, timeout);
        HttpAsking right = asking(candidate, Side.CANDIDATE, timeout);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Replay.Ports ports =
          new Replay.Ports(
              left,
              right,
              new Redaction(new byte[16]),
              InstantSource.system(),
              System::nanoTime,
              _ -> {},
              threads);
      return new Replay(options, ports, sink -> requests.forEach(sink::request)).run();
    }
  }

  static List<String> differences(ComparisonReport report) {
    return report.endpoints().stream()
        .flatMap(endpoint ->
            endpoint.differences().stream()
                .map(each ->
                    endpoint.method()
                        + " "
                        + endpoint.template()
                        + " "
                        + each.where()
                        + ":"
                        + each.field()
                        + " "
                        + each.kind()
                        + " "
                        + each.example().legacy()
                        + " | "
                        + each.example().candidate()))
        .toList();
  }
}
