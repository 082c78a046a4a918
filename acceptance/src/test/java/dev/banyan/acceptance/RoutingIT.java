package dev.banyan.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Transcripts.class)
final class RoutingIT {
  private static final String SHOP =
      """
      families:
        shop:
          routes:
            - "GET /shop/{id}"
            - "POST /shop"
            - { route: "POST /shop/search", safe: true }
            - { route: "GET /shop/next-number", safe: false }
            - "/shop/any/**"
          candidate: candidate
          steps: [100%]
          soak: 0s
          parity: { limit: 50% }
          gates: { slow: 100, margin: 10, slow_from: 10s, baseline: 10, error_rate: 10% }
          breaker: { requests: 5 }
      """;
  private static final Load.Round SHOPPING =
      (client, number) -> {
        client.get("/shop/" + number);
        client.post("/shop/search", "{\"text\":" + number + "}");
        client.get("/shop/any/" + number);
        client.post("/shop", "{\"item\":" + number + "}");
      };

  private record Probe(String method, String target) {}

  private static final List<Probe> READS =
      List.of(
          new Probe("GET", "/shop/1"),
          new Probe("GET", "/shop/1?page=2"),
          new Probe("GET", "/shop/1/"),
          new Probe("GET", "/shop/a%2Fb"),
          new Probe("HEAD", "/shop/1"),
          new Probe("POST", "/shop/search"),
          new Probe("GET", "/shop/any"),
          new Probe("GET", "/shop/any/of/these"),
          new Probe("OPTIONS", "/shop/any/of/these"));
  private static final List<Probe> WRITES =
      List.of(
          new Probe("POST", "/shop"),
          new Probe("GET", "/shop/next-number"),
          new Probe("PUT", "/shop/any/of/these"),
          new Probe("DELETE", "/shop/any/of/these"));
  private static final List<Probe> UNCLAIMED =
      List.of(
          new Probe("GET", "/"),
          new Probe("GET", "/shop"),
          new Probe("GET", "/shop/a/b"),
          new Probe("GET", "/shops/1"),
          new Probe("PUT", "/shop/1"),
          new Probe("POST", "/elsewhere"));

  @Test
  void sendsReadsAndWritesWhereThePhaseOfTheirFamilySays() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.services() + SHOP)) {
      Ladder ladder = new Ladder(banyan, "shop", SHOPPING);
      try (Client client = banyan.client()) {
        expect(client, "legacy", "legacy");
        ladder.reach("shadow");
        expect(client, "legacy", "legacy");
        ladder.reach("canary 100%");
        expect(client, "candidate", "legacy");
        ladder.reach("reads");
        expect(client, "candidate", "legacy");
        ladder.reach("writes 100%");
        expect(client, "candidate", "candidate");
        ladder.reach("retired");
        expect(client, "candidate", "candidate");
      }
    }
  }

  private static void expect(Client client, String reads, String writes) throws IOException {
    for (Probe probe : READS) {
      assertThat(ask(client, probe).server()).as("who answers %s", probe).isEqualTo(reads);
    }
    for (Probe probe : WRITES) {
      assertThat(ask(client, probe).server()).as("who answers %s", probe).isEqualTo(writes);
    }
    for (Probe probe : UNCLAIMED) {
      assertThat(ask(client, probe).server()).as("who answers %s", probe).isEqualTo("legacy");
    }
  }

  private static Message ask(Client client, Probe probe) throws IOException {
    String body = probe.method().matches("POST|PUT") ? "{}" : "";
    return client.send(probe.method(), probe.target(), Map.of(), body);
  }

  @Test
  void passesTargetHeadersAndBodyThroughAsTheyAre() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      sides
          .legacy()
          .behave(request ->
              new Reply.Whole(
                  201,
                  Map.of("X-Kept", "yes", "Content-Type", "text/plain"),
                  request.target() + "|" + request.header("x-asked") + "|" + request.body()));

      Message answer =
          client.send("POST", "/a%2Fb/c%20d?q=%41&q=+", Map.of("X-Asked", "so"), "ein Körper");

      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.body()).isEqualTo("/a%2Fb/c%20d?q=%41&q=+|so|ein Körper");
      assertThat(answer.header("x-kept")).isEqualTo("yes");
      assertThat(answer.header("x-request-id")).isNotBlank();
      assertThat(client.get("/1", Map.of("X-Request-Id", "mine")).header("x-request-id"))
          .isEqualTo("mine");
    }
  }

  @Test
  void tellsOperatorsOnceWhichServiceFails() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.services());
        Client client = banyan.client()) {
      sides.legacy().refuse();
      for (int i = 0; i < 5; i++) {
        assertThat(client.get("/" + i).status()).isEqualTo(502);
      }
      Await.until("it is told", () -> banyan.stderr().contains("(backend-unreachable)"));
      assertThat(banyan.stderr().lines().filter(line -> line.contains("backend-unreachable")))
          .singleElement()
          .asString()
          .contains("service legacy", sides.legacy().url());
    }
  }

  @Test
  void tracesGoOnAndBeginAtTheGatewayOtherwise() throws Exception {
    String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.services());
        Client client = banyan.client()) {
      client.get("/with", Map.of("traceparent", trace, "tracestate", "vendor=1"));
      client.get("/without");
      client.get("/broken", Map.of("traceparent", "00-nonsense-01", "tracestate", "vendor=1"));

      assertThat(sent(sides, "/with").header("traceparent")).isEqualTo(trace);
      assertThat(sent(sides, "/with").header("tracestate")).isEqualTo("vendor=1");
      for (String target : List.of("/without", "/broken")) {
        assertThat(sent(sides, target).header("traceparent"))
            .matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        assertThat(sent(sides, target).header("tracestate")).isNull();
      }
    }
  }

  private static Message sent(Sides sides, String target) {
    return sides.legacy().received().stream()
        .map(Backend.Received::request)
        .filter(request -> request.target().equals(target))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void keepsHopByHopHeadersToTheirHop() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      client.get(
          "/hop", Map.of("Connection", "x-secret, keep-alive", "X-Secret", "1", "X-Open", "2"));

      Message seen = sides.legacy().received().getFirst().request();
      assertThat(seen.header("x-secret")).isNull();
      assertThat(seen.header("x-open")).isEqualTo("2");
    }
  }

  @Test
  void isAGatewayWithOneServiceAndNothingElse() throws Exception {
    try (Backend only = Backend.named("only");
        Banyan banyan = Banyan.serving("services: { only: { url: " + only.url() + " } }\n");
        Client client = banyan.client()) {
      assertThat(client.get("/anything").server()).isEqualTo("only");
      assertThat(client.post("/anything", "{}").status()).isEqualTo(200);
      assertThat(banyan.control().status().path("families")).isEmpty();
    }
  }

  @Test
  void streamsALargeBodyBothWays() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items());
        Client client = banyan.client()) {
      sides.legacy().behave(request -> Reply.json(200, request.body()));
      String large = "\"" + "0123456789".repeat(1_000_000) + "\"";

      assertThat(client.post("/large", large).body().equals(large))
          .as("10 MB come back as they went")
          .isTrue();
    }
  }

  @Test
  void saysWhichWayABackendFailed() throws Exception {
    try (Sides sides = Sides.open();
        Banyan banyan = Banyan.serving(sides.items().replace("10s", "1s"));
        Client client = banyan.client()) {
      sides.legacy().behave(request -> new Reply.Reset());
      expectProblem(client.get("/x"), 502, "backend-reset");
      sides.legacy().behave(request -> new Reply.Hang());
      expectProblem(client.get("/x"), 504, "backend-timeout");
      sides.legacy().refuse();
      expectProblem(client.get("/x"), 502, "backend-unreachable");
      sides.legacy().accept();
      sides.legacy().behave(Reply::plain);
      assertThat(client.get("/x").status()).isEqualTo(200);
    }
  }

  private static void expectProblem(Message answer, int status, String code) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).startsWith("application/problem+json");
    assertThat(answer.header("x-request-id")).isNotBlank();
    assertThat(Control.json(answer.body()).path("code").asString("")).isEqualTo(code);
  }
}
