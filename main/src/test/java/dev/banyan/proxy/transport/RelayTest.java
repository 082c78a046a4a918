package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.proxy.ServiceBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RelayTest {

  @Test
  void servesRequestsOneAfterTheOtherOverOneConnectionEachWay() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int i = 0; i < 20; i++) {
        assertThat(client.get("/a?b=" + i).answer()).isEqualTo("200 legacy /a?b=" + i);
      }
      assertThat(legacy.accepted).hasValue(1);
      assertThat(rig.outcomes).hasSize(20).containsOnly("legacy 200");
    }
  }

  @Test
  void answersPipelinedRequestsInOrder() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      StringBuilder ahead = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        ahead.append("GET /").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
      }
      client.send(ahead.toString());
      for (int i = 0; i < 200; i++) {
        assertThat(client.answer()).isEqualTo("200 legacy /" + i);
      }
    }
  }

  @Test
  void forwardsTheTargetByteForByte() throws Exception {
    String odd = "/a%2Fb//c;d=1/%E4/./..%2e/?q=%20+&&x=[]|^`{}\"<>'";
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get(odd).answer()).isEqualTo("200 legacy " + odd);
    }
  }

  @Test
  void makesAnAbsoluteTargetIntoAPathAndItsAuthorityIntoTheHost() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      assertThat(client.get("http://other.example:81/p?q").answer()).isEqualTo("200 legacy /p?q");
      assertThat(client.get("http://other.example?q").answer()).isEqualTo("200 legacy /?q");
      assertThat(legacy.seen.getFirst().all("host")).containsExactly("other.example:81");
    }
  }

  @Test
  void passesChunkedBodiesBothWays() throws Exception {
    Backend.Script script =
        (request, connection) -> {
          String body = new String(request.requestBody(), StandardCharsets.ISO_8859_1);
          connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          connection.send("3\r\ngot\r\n");
          connection.send(Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n");
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int i = 0; i < 3; i++) {
        client.request("POST", "/", "Transfer-Encoding: chunked");
        client.send("5\r\nhello\r\n").send("6\r\n world\r\n0\r\n\r\n");
        Message head = client.head();
        assertThat(head.header("transfer-encoding")).isEqualTo("chunked");
        assertThat(head.answerText()).isEqualTo("gothello world");
      }
      assertThat(legacy.accepted).hasValue(1);
      assertThat(legacy.seen.getFirst().header("content-length")).isNull();
    }
  }

  @Test
  void chunksABodyThatOnlyTheEndOfTheConnectionEnds() throws Exception {
    Backend.Script script =
        (request, connection) -> {
          connection.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
          connection.socket.close();
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int i = 0; i < 3; i++) {
        assertThat(client.get("/").answer()).isEqualTo("200 until the end");
      }
    }
  }

  @Test
  void closesAfterABodyWithoutLengthToAClientOfHttp10() throws Exception {
    Backend.Script script =
        (request, connection) ->
            connection.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      Message head = client.head();
      assertThat(head.header("transfer-encoding")).isNull();
      assertThat(head.header("connection")).isEqualTo("close");
      assertThat(head.in().readAllBytes()).isEqualTo("hi".getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void keepsTheConnectionOfAnHttp10ClientThatAsksForIt() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        client.send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        Message head = client.head();
        assertThat(head.header("connection")).isEqualTo("keep-alive");
        assertThat(head.answerText()).isEqualTo("legacy /x");
      }
      client.send("GET /x HTTP/1.0\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 legacy /x");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void namesAHostForAnHttp10ClientThatNamesNone() throws Exception {
    try (Backend legacy = Backend.echoing("legacy");
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send("GET /x HTTP/1.0\r\n\r\n");
      assertThat(client.answer()).isEqualTo("200 legacy /x");
      assertThat(legacy.seen.getFirst().all("host"))
          .containsExactly("127.0.0.1:" + rig.gateway.address().getPort());
    }
  }

  @Test
  void knowsThatHeadAnd204And304HaveNoBody() throws Exception {
    Backend.Script script =
        (request, connection) -> {
          switch (request.target()) {
            case "/204" -> connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            case "/304" ->
                connection.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n");
            default -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
          }
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.request("HEAD", "/").head().header("content-length")).isEqualTo("12345");
        assertThat(client.get("/204").head().status()).isEqualTo(204);
        assertThat(client.get("/304").head().status()).isEqualTo(304);
      }
      assertThat(legacy.accepted).hasValue(1);
    }
  }

  @Test
  void passesTheContinueOfTheBackendOnBeforeTheBody() throws Exception {
    Backend.Script script =
        (request, connection) -> {
          connection.send("HTTP/1.1 100 Continue\r\n\r\n");
          connection.ok(new String(request.requestBody(), StandardCharsets.ISO_8859_1));
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      for (int i = 0; i < 2; i++) {
        client.request("POST", "/", "Content-Length: 4", "Expect: 100-continue");
        assertThat(client.head().status()).isEqualTo(100);
        assertThat(client.send("body").answer()).isEqualTo("200 body");
      }
      assertThat(legacy.seen.getFirst().header("expect")).isEqualTo("100-continue");
    }
  }

  @Test
  void passesARefusalToContinueOnWithoutWaitingForTheBody() throws Exception {
    Backend.Script script = (request, connection) -> connection.status(417, "no");
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.request("POST", "/", "Content-Length: 4", "Expect: 100-continue");
      assertThat(client.answer()).isEqualTo("417 no");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void holdsABackendBackThatIsFasterThanItsClient() throws Exception {
    AtomicLong sent = new AtomicLong();
    long length = 64L << 20;
    Backend.Script script =
        (request, connection) -> {
          connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
          byte[] block = new byte[64 * 1024];
          for (long left = length; left > 0; left -= block.length) {
            connection.out.write(block);
            sent.addAndGet(block.length);
          }
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      Message head = client.get("/").head();
      settled(sent);
      // What is on its way fits the kernel's buffers and one high-water mark; the rest waits.
      assertThat(sent.get()).isLessThan(length / 2);
      long read = 0;
      byte[] block = new byte[64 * 1024];
      while (read < length) {
        int n = head.in().read(block);
        assertThat(n).isPositive();
        read += n;
      }
      assertThat(client.get("/").head().status()).isEqualTo(200);
    }
  }

  @Test
  void holdsAClientBackThatIsFasterThanItsBackend() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch gate = new CountDownLatch(1);
    int length = 64 << 20;
    Backend.Script script =
        (request, connection) -> {
          await(gate);
          connection.ok(Integer.toString(request.requestBody().length));
        };
    try (Backend legacy = new Backend(script);
        Rig rig =
            Rig.legacyAt(legacy)
                .service(ServiceBuilder.service("legacy", legacy.port()).connections(4).build())
                .start();
        Client client = rig.client()) {
      client.request("POST", "/", "Content-Length: " + length);
      Thread.ofPlatform().start(() -> upload(client, length, sent));
      settled(sent);
      assertThat(sent.get()).isLessThan(length / 2);
      gate.countDown();
      assertThat(client.answer()).isEqualTo("200 " + length);
    }
  }

  private static void await(CountDownLatch gate) throws IOException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped while it waited", e);
    }
  }

  private static void upload(Client client, int length, AtomicLong sent) {
    byte[] block = new byte[64 * 1024];
    Arrays.fill(block, (byte) 'x');
    try {
      for (int left = length; left > 0; left -= block.length) {
        client.send(block);
        sent.addAndGet(block.length);
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /// Waits until nothing more gets through.
  private static void settled(AtomicLong sent) throws InterruptedException {
    long before = -1;
    int same = 0;
    while (same < 10) {
      same = sent.get() == before && before > 0 ? same + 1 : 0;
      before = sent.get();
      Thread.sleep(20);
    }
  }

  @Test
  void abortsTheBackendWhenTheClientLeaves() throws Exception {
    Backend.Script hang =
        (request, connection) -> {
          if (connection.in.read() < 0) {
            throw new IOException("left alone");
          }
        };
    try (Backend legacy = new Backend(hang);
        Rig rig = Rig.legacyAt(legacy).service(Backend.service("legacy", legacy.port())).start()) {
      try (Client client = rig.client()) {
        client.get("/");
        Rig.until(() -> legacy.seen.size() == 1);
      }
      Rig.until(() -> legacy.ended.get() == 1);
      Rig.until(() -> !rig.outcomes.isEmpty());
      assertThat(rig.outcomes).containsExactly("legacy abandoned");
    }
  }

  @Test
  void answersAnEarlyRefusalOfAnUploadAndEndsTheConnection() throws Exception {
    Backend.Script script =
        (request, connection) -> {
          connection.status(413, "too much");
          connection.in.skipNBytes(1);
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.request("POST", "/", "Content-Length: 1000000").send("some of it");
      assertThat(client.answer()).isEqualTo("413 too much");
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void finishesRequestsUnderWayWhenClosed() throws Exception {
    java.util.concurrent.CountDownLatch asked = new java.util.concurrent.CountDownLatch(1);
    java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
    Backend.Script script =
        (request, connection) -> {
          asked.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
          connection.ok("done");
        };
    try (Backend legacy = new Backend(script);
        Rig rig = Rig.legacyAt(legacy).service(Backend.service("legacy", legacy.port())).start();
        Client busy = rig.client();
        Client idle = rig.client()) {
      busy.get("/");
      asked.await();
      Thread closing = Thread.ofVirtual().start(rig::close);
      assertThat(idle.isEnded()).isTrue();
      go.countDown();
      Message head = busy.head();
      assertThat(head.header("connection")).isEqualTo("close");
      assertThat(head.answerText()).isEqualTo("done");
      assertThat(busy.isEnded()).isTrue();
      closing.join();
    }
  }
}
