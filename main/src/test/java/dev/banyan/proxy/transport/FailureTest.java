package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.migration.Phase;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {
  private static final Backend.Script HANG =
      (request, connection) -> {
        if (connection.in.read() < 0) {
          throw new IOException("left alone");
        }
      };
  private static final Backend.Script RESET = (request, connection) -> connection.reset();
  private static final Backend.Script FAIL =
      (request, connection) -> connection.status(500, "broken");

  @Test
  void tellsOfABackendThatCannotBeReached() throws Exception {
    try (Rig rig =
            new Rig.Builder().service(Backend.service("legacy", Backend.deadPort())).start();
        Client client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        Message head = client.get("/", "X-Request-Id: abc").head();
        assertThat(head.status()).isEqualTo(502);
        assertThat(head.header("content-type")).isEqualTo("application/problem+json");
        assertThat(head.header("x-request-id")).isEqualTo("abc");
        assertThat(head.answerText())
            .contains("\"code\":\"backend-unreachable\"", "\"requestId\":\"abc\"");
      }
      assertThat(rig.outcomes).containsExactly("legacy CONNECT", "legacy CONNECT");
    }
  }

  @Test
  void tellsOfABackendThatIsSilent() throws Exception {
    try (Backend legacy = new Backend(HANG);
        Rig rig = new Rig.Builder().service(legacy.impatientlyAs("legacy")).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).startsWith("504 ").contains("backend-timeout");
      assertThat(rig.outcomes).containsExactly("legacy TIMEOUT");
      Rig.until(() -> legacy.ended.get() == 1);
    }
  }

  @Test
  void tellsOfABackendThatDoesNotSpeakHttp() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> connection.send("220 mail.example ESMTP\r\n"));
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).startsWith("502 ").contains("backend-protocol");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Content-Length: 100\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n64\r\nhalf"})
  void endsTheClientsConnectionWhenAnAnswerBreaksOff(String half) throws Exception {
    CountDownLatch read = new CountDownLatch(1);
    Backend.Script script =
        (request, connection) -> {
          connection.send("HTTP/1.1 200 OK\r\n" + half);
          await(read);
          connection.reset();
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      Message head = client.get("/").head();
      assertThat(head.status()).isEqualTo(200);
      read.countDown();
      assertThatThrownBy(head::answerBody).isInstanceOf(IOException.class);
      assertThat(rig.outcomes).containsExactly("legacy RESET");
      assertThat(rig.ends).containsExactly("broken-off 200");
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /// Answers the first request of a connection and takes the connection down at the second.
  private static Backend goingStale() throws IOException {
    AtomicInteger connections = new AtomicInteger();
    return new Backend((request, connection) -> {
      if (request.target().equals("/stale") && connections.getAndIncrement() == 0) {
        request.requestBody();
        connection.reset();
      } else {
        connection.ok("well");
      }
    });
  }

  @Test
  void sendsASafeRequestAgainWhenAKeptConnectionWasStale() throws Exception {
    try (Backend legacy = goingStale();
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).isEqualTo("200 well");
      assertThat(client.get("/stale").answer()).isEqualTo("200 well");
      assertThat(legacy.accepted).hasValue(2);
      assertThat(rig.outcomes).containsExactly("legacy 200", "legacy 200");
      assertThat(rig.ends).containsExactly("answered 200", "answered 200");
    }
  }

  @Test
  void doesNotSendARequestAgainThatWasAnsweredInPart() throws Exception {
    CountDownLatch hinted = new CountDownLatch(1);
    Backend.Script script =
        (request, connection) -> {
          if (request.target().equals("/hint")) {
            connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n");
            await(hinted);
            connection.reset();
          } else {
            connection.ok("well");
          }
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).isEqualTo("200 well");
      assertThat(client.get("/hint").head().status()).isEqualTo(103);
      hinted.countDown();
      assertThat(client.answer()).startsWith("502 ").contains("backend-reset");
      assertThat(legacy.accepted).hasValue(1);
    }
  }

  @Test
  void neverSendsAnUnsafeRequestTwice() throws Exception {
    try (Backend legacy = goingStale();
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).isEqualTo("200 well");
      assertThat(client.post("/stale", "x").answer()).contains("backend-reset");
      assertThat(legacy.seen).hasSize(2);
    }
  }

  @Test
  void takesNothingForAnAnswerThatCameBeforeItsRequest() throws Exception {
    Backend.Script twice =
        (request, connection) -> {
          String answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
          connection.send(answer + "true" + answer + "fake");
        };
    try (Backend legacy = new Backend(twice);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 true");
      assertThat(client.answer()).isEqualTo("200 true");
      assertThat(legacy.accepted).hasValue(2);
    }
  }

  @Test
  void doesNotRetryOnAConnectionThatWasFresh() throws Exception {
    try (Backend legacy = new Backend(RESET);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("/").answer()).contains("backend-reset");
      assertThat(legacy.seen).hasSize(1);
    }
  }

  private static Backend.Script after(CountDownLatch latch) {
    return (request, connection) -> {
      await(latch);
      connection.ok("ok");
    };
  }

  @Test
  void queuesForAConnectionAndTurnsAwayWhatTheQueueCannotHold() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Backend legacy = new Backend(after(go));
        Rig rig = Rig.legacyAt(legacy).service(narrow(legacy, Duration.ofSeconds(20))).start();
        Client first = rig.client();
        Client second = rig.client();
        Client third = rig.client()) {
      first.get("/1");
      Rig.until(() -> legacy.seen.size() == 1);
      second.get("/2");
      third.get("/3");
      Rig.until(() -> rig.outcomes.contains("legacy POOL_EXHAUSTED"));
      go.countDown();
      assertThat(first.answer()).isEqualTo("200 ok");
      List<String> answers = List.of(second.answer(), third.answer());
      assertThat(answers).filteredOn(answer -> answer.contains("pool-exhausted")).hasSize(1);
      assertThat(answers).filteredOn(answer -> answer.equals("200 ok")).hasSize(1);
      assertThat(legacy.accepted).hasValue(1);
    }
  }

  @Test
  void turnsAwayWhatHasWaitedForAConnectionTooLong() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    try (Backend legacy = new Backend(after(go));
        Rig rig = Rig.legacyAt(legacy).service(narrow(legacy, Duration.ofMillis(300))).start();
        Client first = rig.client();
        Client second = rig.client()) {
      first.get("/1");
      Rig.until(() -> legacy.seen.size() == 1);
      assertThat(second.get("/2").answer()).contains("pool-exhausted");
      go.countDown();
      assertThat(first.answer()).isEqualTo("200 ok");
      assertThat(second.get("/3").answer()).isEqualTo("200 ok");
    }
  }

  /// One connection, and one place in the queue.
  private static ServiceOptions narrow(Backend backend, Duration wait) {
    return ServiceBuilder.service("legacy", backend.port())
        .connectTimeout(wait)
        .connections(1)
        .queue(1)
        .build();
  }

  // ---- the safety net

  private static Rig.Builder canary(Backend legacy, Backend candidate) {
    return Rig.of(legacy, candidate).in(new Phase.Writes(dev.banyan.migration.Weight.FULL));
  }

  private void assertAnsweredByLegacy(Backend.Script fault, String told) throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(fault);
        Rig rig =
            canary(legacy, candidate)
                .service(
                    fault.equals(HANG)
                        ? candidate.impatientlyAs("candidate")
                        : candidate.as("candidate"))
                .start();
        Client client = rig.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy /f/x");
      }
      assertThat(rig.outcomes)
          .containsExactly(
              told,
              "legacy 200 fallback",
              told,
              "legacy 200 fallback",
              told,
              "legacy 200 fallback");
      assertThat(rig.net.underWay()).isZero();
    }
  }

  @Test
  void letsTheLegacyAnswerWhatTheCandidateFailed() throws Exception {
    assertAnsweredByLegacy(FAIL, "candidate 500");
    assertAnsweredByLegacy(RESET, "candidate RESET");
    assertAnsweredByLegacy(HANG, "candidate TIMEOUT");
    assertAnsweredByLegacy(
        (request, connection) -> connection.send("nonsense\r\n\r\n"), "candidate PROTOCOL");
  }

  @Test
  void letsTheLegacyAnswerWhenAnEndlessErrorComes() throws Exception {
    Backend.Script endless =
        (request, connection) -> {
          connection.send("HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n");
          while (true) {
            connection.send("5\r\nsorry\r\n");
          }
        };
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(endless);
        Rig rig = canary(legacy, candidate).start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x").answer()).isEqualTo("200 legacy /f/x");
      Rig.until(() -> candidate.ended.get() == 1);
    }
  }

  @Test
  void sendsNoLaterPartOfARequestWhereAnEarlierOneIsMissing() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    List<String> came = new CopyOnWriteArrayList<>();
    Backend.Script early =
        (request, connection) -> {
          came.add(new String(connection.in.readNBytes(3), ISO_8859_1));
          connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nso");
          came.add(new String(connection.in.readAllBytes(), ISO_8859_1));
        };
    Backend.Script reset =
        (request, connection) -> {
          await(sent);
          connection.in.readNBytes(6);
          connection.reset();
        };
    try (Backend legacy = new Backend(reset);
        Backend candidate = new Backend(early);
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Client client = rig.client()) {
      client.request("POST", "/search", "Content-Length: 9").send("one");
      Rig.until(() -> legacy.seen.size() == 1);
      client.send("two");
      sent.countDown();
      assertThat(client.head().status()).isEqualTo(502);
      Rig.until(() -> candidate.ended.get() == 1);
      assertThat(String.join("", came)).isEqualTo("one");
    }
  }

  @Test
  void sendsTheBodyOfASafeSearchAgain() throws Exception {
    Backend.Script echo =
        (request, connection) ->
            connection.ok("legacy " + new String(request.requestBody(), ISO_8859_1));
    Backend.Script failing =
        (request, connection) -> {
          request.requestBody();
          connection.status(500, "broken");
        };
    try (Backend legacy = new Backend(echo);
        Backend candidate = new Backend(failing);
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Client client = rig.client()) {
      assertThat(client.post("/search", "needle").answer()).isEqualTo("200 legacy needle");
    }
  }

  @Test
  void doesNotLetTheLegacyAnswerAnUnsafeRequest() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate =
            new Backend((request, connection) -> {
              request.requestBody();
              connection.status(500, "broken");
            });
        Rig rig = canary(legacy, candidate).start();
        Client client = rig.client()) {
      assertThat(client.post("/f/x", "a").answer()).isEqualTo("500 broken");
      assertThat(legacy.seen).isEmpty();
      assertThat(rig.outcomes).containsExactly("candidate 500");
    }
  }

  @Test
  void doesNotUseTheNetWhereItIsOff() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Backend candidate = new Backend(FAIL);
        Rig rig = canary(legacy, candidate).withoutFallback().start();
        Client client = rig.client()) {
      assertThat(client.get("/f/x").answer()).isEqualTo("500 broken");
      assertThat(legacy.seen).isEmpty();
    }
  }

  @Test
  void givesTheCandidatesOwnErrorWhenTheLegacyFailsToo() throws Exception {
    try (Backend candidate = new Backend(FAIL);
        Rig rig =
            new Rig.Builder()
                .service(Backend.service("legacy", Backend.deadPort()))
                .service(candidate.as("candidate"))
                .in(new Phase.Reads())
                .start();
        Client client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.get("/f/x").answer()).isEqualTo("500 broken");
      }
      assertThat(rig.outcomes)
          .containsExactly(
              "candidate 500",
              "legacy CONNECT fallback",
              "candidate 500",
              "legacy CONNECT fallback");
      assertThat(rig.net.underWay()).isZero();
    }
  }

  @Test
  void asksTheLegacyForNoMoreAtOnceThanTheNetHolds() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger now = new AtomicInteger();
    Backend.Script slow =
        (request, connection) -> {
          over.compareAndSet(false, now.incrementAndGet() > 2);
          await(go);
          now.decrementAndGet();
          connection.ok("legacy");
        };
    try (Backend legacy = new Backend(slow);
        Backend candidate = new Backend(FAIL);
        Rig rig =
            canary(legacy, candidate)
                .net(new SafetyNet.Options(2, 5, Duration.ofSeconds(1)))
                .start()) {
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(rig.client().get("/f/x"));
      }
      Rig.until(() -> rig.outcomes.size() == 6); // the candidate failed all six
      go.countDown();
      int saved = 0;
      for (Client client : clients) {
        saved += client.answer().equals("200 legacy") ? 1 : 0;
        client.close();
      }
      assertThat(saved).isEqualTo(2);
      assertThat(over).isFalse();
    }
  }

  @Test
  void stopsAskingALegacyThatKeepsFailing() throws Exception {
    try (Backend legacy = new Backend(RESET);
        Backend candidate = new Backend(FAIL);
        Rig rig =
            canary(legacy, candidate)
                .net(new SafetyNet.Options(8, 3, Duration.ofHours(1)))
                .start();
        Client client = rig.client()) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/f/x").answer()).isEqualTo("500 broken");
      }
      assertThat(legacy.seen).hasSize(3);
    }
  }
}
