package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The whole way of the shadow: tee, second leg, comparison.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class TeeTest {
  private static final Duration LAG = Duration.ofMillis(20);
  private static final ShadowOptions ROOMY =
      new ShadowOptions(64 << 20, 1 << 20, 64, Duration.ofSeconds(20), LAG);

  /// What the comparison saw, copied out before the bodies go back.
  private record Seen(Exchange exchange, String request, String primary, String second) {}

  private final ExecutorService comparing = Executors.newSingleThreadExecutor();
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    comparing.shutdown();
  }

  private ShadowedRig shadowed(ShadowOptions options, Executor executor, Rig.Builder builder) {
    ShadowedRig made =
        new ShadowedRig(options, exchange -> seen.add(copied(exchange)), executor, builder);
    open.add(made);
    return made;
  }

  private static Seen copied(Exchange exchange) {
    return new Seen(
        exchange,
        new String(exchange.request().body().toByteArray(), ISO_8859_1),
        body(exchange.primary()),
        body(exchange.shadow()));
  }

  private static String body(Leg leg) {
    return switch (leg) {
      case Leg.Answered answered ->
          new String(answered.response().body().toByteArray(), ISO_8859_1);
      case Leg.Failed failed -> failed.failure().name();
    };
  }

  private static String random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return new String(bytes, ISO_8859_1);
  }

  private static Backend answering(String body) throws IOException {
    return new Backend((request, connection) -> {
      request.requestBody();
      connection.send(
          "HTTP/1.1 200 OK\r\nX-Request-Id: own\r\nKeep-Alive: x\r\nVary: a\r\nvary: b\r\n"
              + "Content-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
    });
  }

  @Test
  void handsOverEveryByteOfBothSides() throws Exception {
    String left = random(300_000, 1);
    String right = random(200_000, 2);
    try (Backend legacy = answering(left);
        Backend candidate = answering(right)) {
      ShadowedRig shadowed = shadowed(ROOMY, comparing, Rig.of(legacy, candidate));
      String asked = random(100_000, 3);
      try (Client client = shadowed.rig.client()) {
        client.request(
            "POST", "/search", "Transfer-Encoding: chunked", "X-A: 1", "X-Request-Id: i");
        client.send(Integer.toHexString(asked.length()) + "\r\n" + asked + "\r\n0\r\n\r\n");
        assertThat(client.answer()).isEqualTo("200 " + left);
      }
      assertThat(shadowed.settled().sent()).isEqualTo(1);
      Seen one = seen.getFirst();
      assertThat(one.request()).isEqualTo(asked);
      assertThat(one.primary()).isEqualTo(left);
      assertThat(one.second()).isEqualTo(right);
      Exchange exchange = one.exchange();
      assertThat(exchange.id()).isEqualTo("i");
      assertThat(exchange.epoch()).isEqualTo(7);
      assertThat(exchange.endpoint()).isEqualTo(new Endpoint("POST", "/search"));
      assertThat(exchange.request().headers().first("x-a")).contains("1");
      assertThat(exchange.shadow().side()).isEqualTo(Side.CANDIDATE);
      Headers answer = ((Leg.Answered) exchange.primary()).response().headers();
      assertThat(answer.all("vary")).containsExactly("a", "b");
      assertThat(answer.all("x-request-id")).containsExactly("own");
      assertThat(answer.first("keep-alive")).isEmpty();
      Message second = candidate.seen.getFirst();
      assertThat(second.header("x-banyan-shadow")).isEqualTo("1");
      assertThat(second.header("x-request-id")).isEqualTo("i");
      for (String same : new String[] {"x-forwarded-for", "x-forwarded-host", "via"}) {
        assertThat(second.all(same)).hasSize(1).isEqualTo(legacy.seen.getFirst().all(same));
      }
      assertThat(second.header("content-length")).isEqualTo("100000");
      assertThat(legacy.seen.getFirst().header("x-banyan-shadow")).isNull();
    }
  }

  /// Sends requests one after the other and expects the legacy's answer to each.
  private static void assertUnmoved(ShadowedRig shadowed, int requests) throws IOException {
    try (Client client = shadowed.rig.client()) {
      for (int i = 0; i < requests; i++) {
        assertThat(client.get("/f/" + i).answer()).isEqualTo("200 legacy /f/" + i);
      }
    }
  }

  private void assertCandidateCanOnlyLose(Backend.Script fault, String told) throws Exception {
    seen.clear();
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(fault)) {
      Rig.Builder builder =
          Rig.legacyAt(legacy)
              .service(
                  told.equals("TIMEOUT")
                      ? candidate.impatientlyAs("candidate")
                      : candidate.as("candidate"));
      ShadowedRig shadowed = shadowed(ROOMY, comparing, builder);
      assertUnmoved(shadowed, 5);
      assertThat(shadowed.settled().sent()).isEqualTo(5);
      Rig.until(() -> seen.size() == 5);
      assertThat(seen).extracting(Seen::second).containsOnly(told);
    }
  }

  @Test
  void passesTheFaultsOfTheCandidateToTheComparisonAlone() throws Exception {
    assertCandidateCanOnlyLose((request, c) -> c.status(500, "broken"), "broken");
    assertCandidateCanOnlyLose((request, c) -> c.reset(), "RESET");
    assertCandidateCanOnlyLose((request, c) -> c.send("no\r\n\r\n"), "PROTOCOL");
    assertCandidateCanOnlyLose((request, c) -> c.in.read(), "TIMEOUT");
    assertCandidateCanOnlyLose(
        (request, c) -> {
          c.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
          c.reset();
        },
        "RESET");
  }

  @Test
  void survivesACandidateThatCannotBeReached() throws Exception {
    try (Backend legacy = Backend.echoing("legacy")) {
      Rig.Builder builder =
          Rig.legacyAt(legacy).service(Backend.service("candidate", Backend.deadPort()));
      ShadowedRig shadowed = shadowed(ROOMY, comparing, builder);
      assertUnmoved(shadowed, 5);
      assertThat(shadowed.settled().sent()).isEqualTo(5);
    }
  }

  @Test
  void cutsAnEndlessAnswerOffAtTheLimit() throws Exception {
    Backend.Script endless =
        (request, connection) -> {
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
          while (true) {
            connection.send(chunk);
          }
        };
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(endless)) {
      ShadowedRig shadowed = shadowed(ROOMY, comparing, Rig.of(legacy, candidate));
      assertUnmoved(shadowed, 4);
      assertThat(shadowed.settled().dropped()).containsExactly(Map.entry("body-too-long", 4L));
      Rig.until(() -> candidate.ended.get() == candidate.accepted.get());
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void dropsWhatDoesNotFitTheMemory() throws Exception {
    String big = random(400_000, 4);
    try (Backend legacy = answering(big);
        Backend candidate = answering(big)) {
      ShadowOptions tight = new ShadowOptions(100_000, 1 << 20, 64, Duration.ofSeconds(5), LAG);
      ShadowedRig shadowed = shadowed(tight, comparing, Rig.of(legacy, candidate));
      try (Client client = shadowed.rig.client()) {
        for (int i = 0; i < 3; i++) {
          assertThat(client.get("/f/x").answer()).isEqualTo("200 " + big);
        }
      }
      assertThat(shadowed.settled().dropped()).containsExactly(Map.entry("memory", 3L));
      assertThat(candidate.seen).isEmpty();
    }
  }

  @Test
  void sendsNoByteOfABodyThatWasGivenBack() throws Exception {
    int length = 16 << 20;
    CountDownLatch compared = new CountDownLatch(1);
    CountDownLatch readToItsEnd = new CountDownLatch(1);
    AtomicLong strange = new AtomicLong();
    // It answers before it reads, and reads on when the request's body is long given back.
    Backend.Script early =
        (request, connection) -> {
          connection.ok("early");
          await(compared);
          byte[] block = new byte[64 * 1024];
          try {
            for (int n = connection.in.read(block); n > 0; n = connection.in.read(block)) {
              for (int i = 0; i < n; i++) {
                strange.addAndGet(block[i] == 'a' ? 0 : 1);
              }
            }
          } finally {
            readToItsEnd.countDown();
          }
        };
    ShadowOptions vast = new ShadowOptions(1L << 30, 1 << 30, 64, Duration.ofSeconds(20), LAG);
    try (Backend legacy = new Backend((request, c) -> c.ok("" + request.requestBody().length));
        Backend candidate = new Backend(early)) {
      ShadowedRig shadowed = shadowed(vast, comparing, Rig.of(legacy, candidate));
      try (Client client = shadowed.rig.client()) {
        client.post("/search", "a".repeat(length));
        assertThat(client.answer()).isEqualTo("200 " + length);
        shadowed.settled();
        // What was given back is used again.
        client.post("/elsewhere", "b".repeat(length));
        assertThat(client.answer()).isEqualTo("200 " + length);
      }
      compared.countDown();
      assertThat(readToItsEnd.await(15, TimeUnit.SECONDS)).isTrue();
      assertThat(strange).hasValue(0);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void holdsNoMoreSecondLegsThanAllowed() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    Backend.Script slow =
        (request, connection) -> {
          await(go);
          connection.ok("late");
        };
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(slow)) {
      ShadowOptions two = new ShadowOptions(64 << 20, 1 << 20, 2, Duration.ofSeconds(30), LAG);
      ShadowedRig shadowed = shadowed(two, comparing, Rig.of(legacy, candidate));
      assertUnmoved(shadowed, 10);
      assertThat(shadowed.shadow.counts("f").dropped())
          .containsExactly(Map.entry("concurrency", 8L));
      go.countDown();
      assertThat(shadowed.settled().sampled()).isEqualTo(10);
      assertThat(shadowed.shadow.counts("f").sent()).isEqualTo(2);
    }
  }

  @Test
  void dropsWhatTheComparisonCannotTake() throws Exception {
    Executor full =
        task -> {
          throw new RejectedExecutionException("full");
        };
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate")) {
      ShadowedRig shadowed = shadowed(ROOMY, full, Rig.of(legacy, candidate));
      assertUnmoved(shadowed, 3);
      assertThat(shadowed.settled().dropped()).containsExactly(Map.entry("comparison-backlog", 3L));
    }
  }

  @Test
  void dropsWhatHasNoPrimaryAnswer() throws Exception {
    Backend.Script hang =
        (request, connection) -> {
          if (request.target().equals("/f/reset")) {
            connection.reset();
          } else if (connection.in.read() < 0) {
            throw new IOException("left alone");
          }
        };
    try (Backend legacy = new Backend(hang);
        Backend candidate = Backend.echoing("candidate")) {
      ShadowedRig shadowed = shadowed(ROOMY, comparing, Rig.of(legacy, candidate));
      try (Client client = shadowed.rig.client()) {
        assertThat(client.get("/f/reset").answer()).contains("backend-reset");
      }
      try (Client client = shadowed.rig.client()) {
        client.get("/f/x");
        Rig.until(() -> legacy.seen.size() == 2);
      }
      assertThat(shadowed.settled().dropped())
          .containsOnly(Map.entry("primary-failed", 1L), Map.entry("client-gone", 1L));
      assertThat(candidate.seen).isEmpty();
    }
  }

  @Test
  void holdsNothingOfAStreamThatMayNeverEnd() throws Exception {
    String event = "data: " + random(50_000, 9).replaceAll("[\\r\\n]", "x") + "\n\n";
    CountDownLatch end = new CountDownLatch(1);
    Backend.Script events =
        (request, connection) -> {
          connection.send("HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream;q=1\r\n\r\n");
          for (int i = 0; i < 100; i++) {
            connection.send(event);
          }
          await(end);
          connection.socket.shutdownOutput();
        };
    try (Backend legacy = new Backend(events);
        Backend candidate = new Backend(events)) {
      ShadowedRig shadowed = shadowed(ROOMY, comparing, Rig.of(legacy, candidate));
      try (Client client = shadowed.rig.client()) {
        client.get("/f/events").head();
        Rig.until(() -> shadowed.shadow.counts("f").inFlight() == 0); // while it goes on
        assertThat(shadowed.settled().dropped()).containsExactly(Map.entry("stream", 1L));
        assertThat(shadowed.shadow.memoryTaken()).isZero();
        end.countDown();
      }
      assertThat(candidate.seen).isEmpty();
    }
  }

  @Test
  void comparesNothingThatOffersToLeaveHttp() throws Exception {
    try (Backend legacy = new Backend(TunnelTest::echo);
        Backend candidate = Backend.echoing("candidate")) {
      ShadowedRig shadowed = shadowed(ROOMY, comparing, Rig.of(legacy, candidate));
      try (Client client = TunnelTest.upgrade(shadowed.rig, "/f/socket")) {
        assertThat(client.send("x").in.read()).isEqualTo('x');
      }
      assertThat(shadowed.settled().sampled()).isZero();
      assertThat(candidate.seen).isEmpty();
    }
  }

  @Test
  void samplesNothingOnceClosed() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate")) {
      ShadowedRig shadowed = shadowed(ROOMY, comparing, Rig.of(legacy, candidate));
      shadowed.shadow.close();
      assertUnmoved(shadowed, 3);
      assertThat(shadowed.shadow.counts("f")).isEqualTo(ShadowCounts.NONE);
    }
  }

  @Test
  void servesWhenTheTeeItselfIsBroken() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = Backend.echoing("candidate");
        Rig rig =
            Rig.of(legacy, candidate)
                .in(new Phase.Shadow())
                .tee((decision, id) -> {
                  throw new IllegalStateException("broken");
                })
                .start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy /f/x");
    }
  }
}
