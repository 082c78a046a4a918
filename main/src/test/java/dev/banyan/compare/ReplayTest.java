package dev.banyan.compare;

import static dev.banyan.compare.Recording.differences;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.banyan.compare.NotesService.Fault;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
  private final List<HttpServer> servers = new ArrayList<>();

  private interface Answering {
    void answer(HttpExchange exchange) throws IOException;
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> server.stop(0));
  }

  private URI serve(Answering answering) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          try (exchange) {
            answering.answer(exchange);
          }
        });
    server.start();
    servers.add(server);
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private static void json(HttpExchange exchange, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static Recording gets(String... targets) {
    Recording recording = new Recording(null);
    for (String target : targets) {
      recording.add("GET", target, "", "");
    }
    return recording;
  }

  @Test
  void writesAreNotSentUnlessAllowed() throws Exception {
    AtomicLong asked = new AtomicLong();
    URI side =
        serve(exchange -> {
          asked.incrementAndGet();
          json(exchange, "{}");
        });
    Recording recording = new Recording(null).noWrites();
    recording.add("POST", "/things", "", "{}");
    recording.add("GET", "/things", "", "");
    ComparisonReport report = recording.replay(side, side);
    assertThat(report.skipped()).isEqualTo(Map.of("write-not-allowed", 1L));
    assertThat(asked).hasValue(2);
    assertThat(report.parity().coverage()).isEqualTo(0.5);
  }

  @Test
  void aSideThatCanNotBeReachedEndsTheReplay() throws Exception {
    URI there = serve(exchange -> json(exchange, "{}"));
    URI gone = serve(exchange -> json(exchange, "{}"));
    servers.getLast().stop(0);
    assertThatThrownBy(() -> gets("/a").replay(there, gone))
        .isInstanceOf(SideUnreachableException.class)
        .hasMessageContaining("candidate")
        .hasMessageContaining(gone.toString());
  }

  @Test
  void placeholdersAreFilledByEachSideAndSkippedWithoutAValue() throws Exception {
    try (NotesService legacy = new NotesService(10);
        NotesService candidate = new NotesService(500)) {
      Recording recording = new Recording(null);
      recording.add("GET", "/users/{{users.id}}", "", "");
      recording.add("POST", "/users", "", "{\"name\":\"Ann\"}");
      recording.add("POST", "/login", "", "{\"userId\":\"{{users.id}}\"}");
      recording.add("POST", "/notes", "{{login.token}}", "{\"title\":\"one\"}");
      recording.add("GET", "/notes/{{notes.id}}", "{{login.token}}", "");
      ComparisonReport report = recording.replay(legacy.base(), candidate.base());
      assertThat(report.skipped()).isEqualTo(Map.of("unresolved-placeholder", 1L));
      assertThat(differences(report)).isEmpty();
      assertThat(report.matched()).isEqualTo(4);
      assertThat(report.endpoints())
          .extracting(ComparisonReport.Compared::status)
          .containsOnly(200, 201);
    }
  }

  @Test
  void cookiesAreSentByThemselvesWhereTheFileHasNone() throws Exception {
    Answering answering =
        exchange -> {
          String cookie = exchange.getRequestHeaders().getFirst("Cookie");
          if (exchange.getRequestURI().getPath().equals("/login")) {
            exchange
                .getResponseHeaders()
                .set("Set-Cookie", "sid=" + exchange.getLocalAddress().getPort() + "; Path=/");
          }
          String own = "sid=" + exchange.getLocalAddress().getPort();
          json(exchange, "{\"in\":" + own.equals(cookie) + "}");
        };
    Recording recording = new Recording(null);
    recording.add("POST", "/login", "", "{}");
    recording.add("GET", "/me", "", "");
    URI candidate =
        serve(exchange -> {
          answering.answer(exchange);
        });
    ComparisonReport report = recording.replay(serve(answering), candidate);
    assertThat(report.matched()).isEqualTo(2);
    assertThat(differences(report)).isEmpty();
    URI never = serve(exchange -> json(exchange, "{\"in\":false}"));
    assertThat(differences(recording.replay(serve(answering), never)))
        .anyMatch(each -> each.startsWith("GET /me body:$.in VALUE true | false"));
  }

  @Test
  void aHeaderThatIsMissingEverywhereIsToldOnce() throws Exception {
    URI plain = serve(exchange -> json(exchange, "{}"));
    URI guarded =
        serve(exchange -> {
          exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
          exchange
              .getResponseHeaders()
              .set("Cache-Control", "max-age=" + exchange.getRequestURI().getPath().length());
          json(exchange, "{}");
        });
    ComparisonReport report = gets("/a", "/bb", "/ccc", "/dddd", "/a").replay(guarded, plain);
    assertThat(report.habits())
        .extracting(ComparisonReport.Habit::name)
        .containsExactlyInAnyOrder("x-frame-options", "cache-control");
    assertThat(report.habits()).allMatch(habit -> habit.endpoints() == 4);
    assertThat(differences(report)).isEmpty();
    assertThat(report.matched()).isEqualTo(5);
  }

  @Test
  void aHeaderThatIsMissingOnFewEndpointsStaysThere() throws Exception {
    URI plain = serve(exchange -> json(exchange, "{}"));
    URI some =
        serve(exchange -> {
          if (exchange.getRequestURI().getPath().startsWith("/a")) {
            exchange.getResponseHeaders().set("X-Frame-Options", "DENY");
          }
          json(exchange, "{}");
        });
    ComparisonReport report = gets("/a1", "/a2", "/a3", "/b", "/c").replay(some, plain);
    assertThat(report.habits()).isEmpty();
    assertThat(report.mismatched()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void namesInPathsBecomeOneEndpointWithAllThatWasCounted(boolean pairNoise) throws Exception {
    URI legacy = serve(exchange -> json(exchange, "{\"a\":1}"));
    URI candidate = serve(exchange -> json(exchange, "{\"a\":2}"));
    Recording recording = new Recording(null);
    for (char one = 'a'; one < 'a' + 12; one++) {
      for (char other = 'a'; other < 'a' + 12; other++) {
        recording.add("GET", "/posts/on-" + one + other, "", "");
      }
    }
    ComparisonReport report =
        (pairNoise ? recording.pairNoise() : recording).replay(legacy, candidate);
    assertThat(report.mismatched()).isEqualTo(144);
    assertThat(report.endpoints())
        .singleElement()
        .satisfies(endpoint -> {
          assertThat(endpoint.template()).isEqualTo("/posts/{value}");
          assertThat(endpoint.compared()).isEqualTo(144);
          assertThat(endpoint.mismatched()).isEqualTo(144);
          assertThat(endpoint.differences())
              .singleElement()
              .satisfies(each -> assertThat(each.count()).isEqualTo(144));
        });
  }

  @Test
  void whatTheLegacyNeverGivesTwiceIsNoiseAndADefectBesideItIsNot() throws Exception {
    Random random = new Random(1);
    URI legacy = serve(exchange -> json(exchange, noisy(random, 32, 5)));
    URI sound = serve(exchange -> json(exchange, noisy(random, 32, 5)));
    URI shorter = serve(exchange -> json(exchange, noisy(random, 16, 5)));
    URI wrong = serve(exchange -> json(exchange, noisy(random, 32, 6)));
    Recording recording = new Recording(null).pairNoise();
    for (int i = 0; i < 30; i++) {
      recording.add("GET", "/noise", "", "");
    }
    ComparisonReport same = recording.replay(legacy, sound);
    assertThat(differences(same)).isEmpty();
    assertThat(same.matched()).isEqualTo(30);
    assertThat(differences(recording.replay(legacy, shorter)))
        .anyMatch(each -> each.contains("$.trace"));
    ComparisonReport found = recording.replay(legacy, wrong);
    assertThat(found.mismatched()).isEqualTo(30);
    assertThat(found.endpoints().getFirst().differences())
        .singleElement()
        .satisfies(each -> {
          assertThat(each.field()).isEqualTo("$.count");
          assertThat(each.noise()).isEqualTo(0.0);
          assertThat(each.count()).isEqualTo(30);
        });
  }

  private static synchronized String noisy(Random random, int length, int count) {
    StringBuilder token = new StringBuilder("f0");
    while (token.length() < length) {
      token.append(Integer.toHexString(random.nextInt(16)));
    }
    return "{\"trace\":\"" + token + "\",\"count\":" + count + "}";
  }

  @Test
  void whatChangesBetweenTheQuestionsRaced() throws Exception {
    AtomicLong asked = new AtomicLong();
    URI changing =
        serve(exchange ->
            json(exchange, "{\"stock\":" + (asked.getAndIncrement() == 0 ? 1 : 2) + "}"));
    URI changed = serve(exchange -> json(exchange, "{\"stock\":2}"));
    ComparisonReport report = gets("/stock").replay(changing, changed);
    assertThat(report.raced()).isEqualTo(1);
    assertThat(report.compared()).isZero();
    assertThat(report.parity().rate()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/nothing", "/broken", "/deep", "/endless", "/cut"})
  void noBadAnswerIsAMatchOrACrash(String path) throws Exception {
    URI good = serve(exchange -> json(exchange, "{\"a\":1}"));
    URI bad = serve(ReplayTest::misbehave);
    Recording recording = gets("/", path, "/").timeout(Duration.ofSeconds(2));
    ComparisonReport report = recording.replay(good, bad);
    assertThat(report.matched()).isEqualTo(2);
    assertThat(
            report.mismatched()
                + report.skipped().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(1);
    ComparisonReport both = recording.replay(bad, bad);
    assertThat(
            both.compared()
                + both.raced()
                + both.skipped().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(3);
  }

  private static void misbehave(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    switch (path) {
      case "/nothing" -> throw new IOException("hangs up");
      case "/broken" -> json(exchange, "{\"a\":1");
      case "/deep" -> json(exchange, "[".repeat(100_000) + "]".repeat(100_000));
      case "/cut" -> {
        exchange.sendResponseHeaders(200, 100);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        throw new IOException("hangs up");
      }
      case "/endless" -> {
        exchange.sendResponseHeaders(200, 0);
        OutputStream body = exchange.getResponseBody();
        byte[] piece = new byte[64 << 10];
        java.util.Arrays.fill(piece, (byte) ' ');
        while (true) {
          body.write(piece);
        }
      }
      default -> json(exchange, "{\"a\":1}");
    }
  }

  @Test
  void equalBodiesBeyondTheLimitAreNoMatch() throws Exception {
    byte[] large = new byte[Replay.BODY_LIMIT + 10];
    Answering answering =
        exchange -> {
          exchange.sendResponseHeaders(200, large.length);
          exchange.getResponseBody().write(large);
        };
    ComparisonReport report = gets("/large").replay(serve(answering), serve(answering));
    assertThat(report.skipped()).isEqualTo(Map.of("body-too-long", 1L));
    assertThat(report.compared()).isZero();
  }

  @Test
  void anExtraHeaderOfAServiceIsAHabitInAStatefulSession() throws Exception {
    try (NotesService legacy = new NotesService(10);
        NotesService candidate = new NotesService(500, Fault.EXTRA_HEADER)) {
      Recording recording = new Recording(null);
      recording.add("POST", "/users", "", "{\"name\":\"Ann\"}");
      recording.add("GET", "/users/{{users.id}}", "", "");
      recording.add("GET", "/users", "", "");
      ComparisonReport report = recording.replay(legacy.base(), candidate.base());
      assertThat(report.habits())
          .extracting(ComparisonReport.Habit::name)
          .containsExactly("x-powered-up");
      assertThat(differences(report)).isEmpty();
    }
  }
}
