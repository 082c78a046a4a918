package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.TrustedProxies;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// What clients of HTTP/1.1 may ask of the gateway, and what happens beyond it.
class LimitsTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  private static Rig rig(Backend legacy, Consumer<Bounds> bounds) {
    return Rig.legacyAt(legacy).options(Bounds.of(bounds)).start();
  }

  private static String text(Message request) throws IOException {
    return new String(request.requestBody(), StandardCharsets.US_ASCII);
  }

  private static void assertLimited(Rig rig, String word) throws InterruptedException {
    Rig.until(() -> rig.ends.contains("limit " + word));
  }

  @Test
  void refusesARequestLineThatIsTooLong() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.requestLine = 300);
        Client client = rig.client()) {
      assertThat(client.get("/" + "a".repeat(250)).answer()).startsWith("200");
      assertThat(client.get("/" + "a".repeat(300)).answer())
          .startsWith("414")
          .contains("target-too-long");
      assertThat(client.isEnded()).isTrue();
      assertLimited(rig, "request-line");
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @Test
  void refusesAHeaderBlockThatIsTooLong() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.headerBlock = 1024);
        Client client = rig.client()) {
      assertThat(client.get("/", "X-Long: " + "a".repeat(800)).answer()).startsWith("200");
      assertThat(client.get("/", "X-Long: " + "a".repeat(1024)).answer())
          .startsWith("431")
          .contains("headers-too-large");
      assertThat(client.isEnded()).isTrue();
      assertLimited(rig, "header-block");
    }
  }

  @Test
  void refusesMoreHeaderFieldsThanTheLimit() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.headerCount = 5);
        Client client = rig.client()) {
      assertThat(client.get("/", "A: 1", "B: 1", "A: 1", "C: 1").answer()).startsWith("200");
      assertThat(client.get("/", "A: 1", "B: 1", "A: 1", "C: 1", "D: 1").answer())
          .startsWith("431")
          .contains("too-many-headers");
      assertThat(client.isEnded()).isTrue();
      assertLimited(rig, "header-count");
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @Test
  void refusesAnAnnouncedBodyThatIsTooLongBeforeAnyServiceIsAsked() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> connection.ok(text(request)));
        Rig rig = rig(legacy, bounds -> bounds.body = 10);
        Client client = rig.client()) {
      assertThat(client.post("/", "0123456789").answer()).isEqualTo("200 0123456789");
      assertThat(client.request("POST", "/", "Content-Length: 11", "Expect: 100-continue").answer())
          .startsWith("413")
          .contains("body-too-large");
      assertThat(client.isEnded()).isTrue();
      assertLimited(rig, "body");
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @Test
  void cutsOffAChunkedBodyThatOutgrowsTheLimit() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> connection.ok(text(request)));
        Rig rig = rig(legacy, bounds -> bounds.body = 10);
        Client client = rig.client()) {
      client.request("POST", "/", "Transfer-Encoding: chunked");
      client.send("5\r\n01234\r\n");
      Rig.until(() -> legacy.seen.size() == 1);
      client.send("6\r\n567890\r\n");
      assertThat(client.answer()).startsWith("413").contains("body-too-large");
      assertThat(client.isEnded()).isTrue();
      Rig.until(() -> legacy.ended.get() == 1);
      assertLimited(rig, "body");
    }
  }

  @Test
  void closesAConnectionThatWaitsTooLongForARequest() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.idle = SHORT);
        Client silent = rig.client();
        Client once = rig.client()) {
      assertThat(once.get("/").answer()).startsWith("200");
      assertThat(once.isEnded()).isTrue();
      assertThat(silent.isEnded()).as("it never said a word").isTrue();
      Rig.until(() -> rig.ends.stream().filter("limit idle"::equals).count() == 2);
    }
  }

  @Test
  void refusesAHeadThatComesByteByByteForTooLong() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.headerTime = SHORT);
        Client client = rig.client()) {
      client.get("/first");
      assertThat(client.answer()).startsWith("200");
      dribble(client, "GET /slow HTTP/1.1\r\nHost: shop\r\nX-Slow: ", "a");
      assertThat(client.answer()).startsWith("408").contains("request-timeout");
      assertThat(client.isEnded()).isTrue();
      assertLimited(rig, "header-time");
      assertThat(legacy.seen).hasSize(1);
      assertThat(rig.ends).contains("refused 408");
    }
  }

  /// Sends a beginning, and then one piece after the other until it is answered.
  private static void dribble(Client client, String begin, String piece) throws Exception {
    client.send(begin);
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (client.in.available() == 0) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no answer within 15 seconds");
      }
      client.send(piece);
      Thread.sleep(20);
    }
  }

  @Test
  void aHeadSentAheadIsNotLateWhileTheOneBeforeIsBeingAnswered() throws Exception {
    List<Backend.Connection> waiting = new ArrayList<>();
    try (Backend legacy =
            new Backend((request, connection) -> {
              if (request.target().equals("/slow")) {
                waiting.add(connection);
                pause(SHORT.multipliedBy(3));
              }
              connection.ok(request.target());
            });
        Rig rig = rig(legacy, bounds -> bounds.headerTime = SHORT);
        Client client = rig.client()) {
      client.get("/slow").send("GET /next HTTP/1.1\r\nHos");
      assertThat(client.answer()).isEqualTo("200 /slow");
      client.send("t: shop\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 /next");
      assertThat(waiting).hasSize(1);
    }
  }

  static void pause(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void cutsOffABodyThatComesByteByByteForTooLong() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> connection.ok(text(request)));
        Rig rig = rig(legacy, bounds -> bounds.bodyTime = SHORT);
        Client client = rig.client()) {
      dribble(client, "POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 100000\r\n\r\n", "a");
      assertThat(client.answer()).startsWith("408").contains("request-timeout");
      assertThat(client.isEnded()).isTrue();
      Rig.until(() -> legacy.ended.get() == 1);
      assertLimited(rig, "body-time");
    }
  }

  @Test
  void cutsOffABodyThatStaysAwayBehindAHeadSentAhead() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> {
              pause(SHORT);
              connection.ok(text(request));
            });
        Rig rig = rig(legacy, bounds -> bounds.bodyTime = SHORT);
        Client client = rig.client()) {
      client.get("/").request("POST", "/", "Content-Length: 5");
      assertThat(client.answer()).startsWith("200");
      assertThat(client.answer()).startsWith("408").contains("request-timeout");
      assertLimited(rig, "body-time");
    }
  }

  @Test
  void aBodyEarnsTimeByItsBytes() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) ->
                connection.ok(String.valueOf(request.requestBody().length)));
        Rig rig = rig(legacy, bounds -> bounds.bodyTime = SHORT);
        Client client = rig.client()) {
      int pieces = 8;
      client.request("POST", "/", "Content-Length: " + pieces * 4096);
      for (int i = 0; i < pieces; i++) {
        client.send("a".repeat(4096));
        Thread.sleep(SHORT.toMillis() / 2);
      }
      assertThat(client.answer()).isEqualTo("200 " + pieces * 4096);
    }
  }

  @Test
  void aBodyIsNotLateWhileTheServiceTakesNothing() throws Exception {
    int length = 64 << 20;
    try (Backend legacy =
            new Backend((request, connection) -> {
              pause(SHORT.multipliedBy(4));
              connection.ok(String.valueOf(request.requestBody().length));
            });
        Rig rig = rig(legacy, bounds -> bounds.bodyTime = SHORT);
        Client client = rig.client()) {
      client.request("POST", "/", "Content-Length: " + length);
      byte[] piece = new byte[1 << 20];
      for (int sent = 0; sent < length; sent += piece.length) {
        client.send(piece);
      }
      assertThat(client.answer()).isEqualTo("200 " + length);
    }
  }

  @Test
  void aBodyIsNotLateWhileItsClientWaitsToBeToldToGoOn() throws Exception {
    try (Backend legacy =
            new Backend((request, connection) -> {
              pause(SHORT.multipliedBy(3));
              connection.send("HTTP/1.1 100 Continue\r\n\r\n");
              connection.ok(text(request));
            });
        Rig rig = rig(legacy, bounds -> bounds.bodyTime = SHORT);
        Client client = rig.client()) {
      client.request("POST", "/", "Content-Length: 2", "Expect: 100-continue");
      assertThat(client.head().status()).isEqualTo(100);
      client.send("ok");
      assertThat(client.answer()).isEqualTo("200 ok");
    }
  }

  @Test
  void theLastRequestOfAConnectionIsToldSo() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.requestsPerConnection = 2);
        Client client = rig.client()) {
      Message first = client.get("/1").head();
      first.answerText();
      assertThat(first.header("connection")).isNull();
      Message last = client.get("/2").send("GET /3 HTTP/1.1\r\nHost: shop\r\n\r\n").head();
      last.answerText();
      assertThat(last.header("connection")).isEqualTo("close");
      assertThat(client.isEnded()).isTrue();
      assertLimited(rig, "requests-per-connection");
      assertThat(legacy.seen).hasSize(2);
    }
  }

  @Test
  void turnsAwayClientsBeyondTheLimitAndLetsInTheNextWhenOneLeaves() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig =
            Rig.legacyAt(legacy)
                .eventLoops(2)
                .options(Bounds.of(bounds -> bounds.connections = 3))
                .start()) {
      List<Client> within = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Client client = rig.client();
        within.add(client);
        assertThat(client.get("/" + i).answer()).startsWith("200");
      }
      for (int i = 0; i < 5; i++) {
        try (Client beyond = rig.client()) {
          Message refused = beyond.get("/beyond").head();
          assertThat(refused.status()).isEqualTo(503);
          assertThat(refused.header("connection")).isEqualTo("close");
          assertThat(refused.answerText()).contains("too-many-connections");
          assertThat(beyond.isEnded()).isTrue();
        }
      }
      assertThat(rig.ends.stream().filter("limit connections"::equals)).hasSize(5);
      assertThat(within.getFirst().get("/still").answer()).startsWith("200");
      within.removeLast().close();
      Rig.until(() -> isServed(rig));
      for (Client client : within) {
        client.close();
      }
    }
  }

  private static boolean isServed(Rig rig) {
    try (Client client = rig.client()) {
      return client.get("/next").head().status() == 200;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void resetsAClientThatTakesNothingOfItsAnswer() throws Exception {
    try (Backend legacy = endless();
        Rig rig = rig(legacy, bounds -> bounds.writeTime = SHORT);
        Client client = rig.client()) {
      client.get("/");
      Rig.until(() -> rig.ends.contains("limit write-time"));
      Rig.until(() -> legacy.ended.get() == 1);
      Rig.until(() -> rig.ends.contains("client-gone 200"));
    }
  }

  private static Backend endless() throws IOException {
    return new Backend((request, connection) -> {
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n");
      byte[] piece = new byte[64 * 1024];
      while (true) {
        connection.out.write(piece);
      }
    });
  }

  @Test
  void aClientThatTakesItsAnswerSlowlyGetsAllOfIt() throws Exception {
    int length = 12 << 20;
    try (Backend legacy =
            new Backend((request, connection) -> {
              connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
              connection.out.write(new byte[length]);
              connection.out.flush();
            });
        Rig rig = rig(legacy, bounds -> bounds.writeTime = SHORT.multipliedBy(2));
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(rig.gateway.address());
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: shop\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      Message head = Message.readHead(socket.getInputStream());
      assertThat(head).isNotNull();
      int read = 0;
      byte[] piece = new byte[256 * 1024];
      while (read < length) {
        int n = socket.getInputStream().readNBytes(piece, 0, Math.min(piece.length, length - read));
        assertThat(n).isPositive();
        read += n;
        Thread.sleep(SHORT.toMillis() / 6);
      }
      assertThat(rig.ends).doesNotContain("limit write-time");
    }
  }

  /// Answers that lie untaken must not pile up while a client goes on asking.
  @Test
  void asksNoServiceForMoreWhileTheClientLeavesItsAnswersLying() throws Exception {
    String body = "a".repeat(256 * 1024);
    try (Backend legacy = new Backend((request, connection) -> connection.ok(body));
        Rig rig = rig(legacy, bounds -> bounds.writeTime = Duration.ofMinutes(5));
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(rig.gateway.address());
      int requests = 200;
      String all = "GET / HTTP/1.1\r\nHost: shop\r\n\r\n".repeat(requests);
      socket.getOutputStream().write(all.getBytes(StandardCharsets.US_ASCII));
      int before;
      do {
        before = legacy.seen.size();
        Thread.sleep(500);
      } while (legacy.seen.size() != before || before == 0);
      assertThat(before).as("50 MB are asked for, and none is taken").isLessThan(100);
      for (int i = 0; i < requests; i++) {
        Message answer = Message.readHead(socket.getInputStream());
        assertThat(Objects.requireNonNull(answer).answerBody()).hasSize(body.length());
      }
      assertThat(legacy.seen).hasSize(requests);
    }
  }

  @Test
  void newLimitsHoldForConnectionsThatBeginAfterThem() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> bounds.headerCount = 50);
        Client before = rig.client()) {
      assertThat(before.get("/").answer()).startsWith("200");
      Bounds fewer = new Bounds();
      fewer.headerCount = 2;
      rig.gateway.adopt(TrustedProxies.NOBODY, fewer.limits());
      assertThat(before.get("/", "A: 1", "B: 1").answer()).startsWith("200");
      try (Client after = rig.client()) {
        assertThat(after.get("/", "A: 1", "B: 1").answer()).startsWith("431");
      }
    }
  }

  @Test
  void aConnectionThatIsOpenMaySendBodiesAsLongAsWhenItBegan() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> {});
        Client before = rig.client()) {
      assertThat(before.get("/").answer()).startsWith("200");
      Bounds fewer = new Bounds();
      fewer.body = 3;
      rig.gateway.adopt(TrustedProxies.NOBODY, fewer.limits());
      String post =
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
      before.send(post);
      assertThat(before.answer()).startsWith("200");
      try (Client after = rig.client()) {
        after.send(post);
        assertThat(after.answer()).startsWith("413");
      }
    }
  }

  @Test
  void refusesTraceAndConnect() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> {})) {
      for (String method : List.of("TRACE /", "CONNECT shop:443")) {
        try (Client client = rig.client()) {
          client.send(method + " HTTP/1.1\r\nHost: shop\r\nCookie: secret\r\n\r\n");
          assertThat(client.answer()).startsWith("501").contains("method-refused");
        }
      }
      assertThat(legacy.seen).isEmpty();
    }
  }

  @Test
  void refusesAPathThatServersReadAsTwoEndpoints() throws Exception {
    try (Backend legacy = Backend.echoing("old");
        Rig rig = rig(legacy, bounds -> {});
        Client client = rig.client()) {
      assertThat(client.get("/a/..//b%2Fc;d=1\\x").answer())
          .isEqualTo("200 old /a/..//b%2Fc;d=1\\x");
      assertThat(client.get("/public/..;/f/1").answer())
          .startsWith("400")
          .contains("ambiguous-path");
      assertThat(client.isEnded()).isTrue();
      assertThat(rig.ends).contains("refused 400");
    }
  }
}
