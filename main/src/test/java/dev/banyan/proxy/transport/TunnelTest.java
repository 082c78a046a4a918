package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.proxy.ServiceBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What becomes of an upgrade, from the offer to the end of the tunnel.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class TunnelTest {
  static final String AGREED =
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n";

  /// Takes every offer and sends back what comes.
  static void echo(Message request, Backend.Connection connection) throws IOException {
    String offered = request.header("upgrade");
    if (offered == null) {
      connection.ok("plain " + request.target());
      return;
    }
    connection.send(AGREED.replace("chat", offered));
    echoBytes(connection);
  }

  static void echoBytes(Backend.Connection connection) throws IOException {
    byte[] buffer = new byte[64 * 1024];
    int count;
    while ((count = connection.in.read(buffer)) >= 0) {
      connection.out.write(buffer, 0, count);
      connection.out.flush();
    }
    connection.socket.shutdownOutput();
  }

  static Client upgrade(Rig rig, String target) throws IOException {
    Client client = rig.client();
    client.get(target, "Connection: Upgrade", "Upgrade: chat");
    assertThat(client.head().status()).isEqualTo(101);
    return client;
  }

  static String read(InputStream in, int count) throws IOException {
    return new String(in.readNBytes(count), ISO_8859_1);
  }

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void passesWhatCameEarlyFromEitherSide() throws Exception {
    String early = new String(random(150_000, 1), ISO_8859_1);
    String behind = "GET / HTTP/1.1\r\n\r\n" + new String(random(150_000, 2), ISO_8859_1);
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(AGREED + behind);
              echoBytes(connection);
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client()) {
      client.send(
          "GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n" + early);
      assertThat(client.head().status()).isEqualTo(101);
      assertThat(read(client.in, behind.length())).isEqualTo(behind);
      assertThat(read(client.in, early.length())).isEqualTo(early);
    }
  }

  @Test
  void passesTheEndOfOneDirectionAndLeavesTheOtherOpen() throws Exception {
    byte[] tail = random(500_000, 3);
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(AGREED);
              byte[] asked = connection.in.readAllBytes();
              connection.out.write(asked);
              connection.out.write(tail);
              connection.socket.shutdownOutput();
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = upgrade(rig, "/x")) {
      client.send("all I have");
      client.socket.shutdownOutput();
      byte[] all = client.in.readAllBytes();
      assertThat(new String(all, 0, 10, ISO_8859_1)).isEqualTo("all I have");
      assertThat(Arrays.copyOfRange(all, 10, all.length)).isEqualTo(tail);
      Rig.until(() -> rig.ends.contains("answered 101"));
      assertThat(rig.gateway.levels().tunnels()).isZero();
    }
  }

  @Test
  void letsTheClientFinishWhenTheBackendHasSaidAll() throws Exception {
    AtomicLong received = new AtomicLong();
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(AGREED + "bye");
              connection.socket.shutdownOutput();
              received.set(connection.in.readAllBytes().length);
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = upgrade(rig, "/x")) {
      assertThat(new String(client.in.readAllBytes(), ISO_8859_1)).isEqualTo("bye");
      client.send(random(300_000, 4));
      client.socket.close();
      Rig.until(() -> received.get() == 300_000);
      Rig.until(() -> rig.ends.contains("answered 101"));
    }
  }

  @Test
  void passesAResetOn() throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    try (Backend legacy =
            new Backend((request, connection) -> {
              connection.send(AGREED);
              if (request.target().equals("/resets")) {
                await(stop);
                connection.reset();
              } else {
                echoBytes(connection);
              }
            });
        Rig rig = Rig.legacyAt(legacy).start()) {
      try (Client client = upgrade(rig, "/resets")) {
        stop.countDown();
        assertThat(isReset(client)).isTrue();
        Rig.until(() -> rig.ends.contains("broken-off 101"));
      }
      Client client = upgrade(rig, "/x");
      client.socket.setSoLinger(true, 0);
      client.close();
      Rig.until(() -> legacy.ended.get() == 2);
      Rig.until(() -> rig.ends.contains("client-gone 101"));
      assertThat(rig.outcomes).containsExactly("legacy 101", "legacy 101");
    }
  }

  private static boolean isReset(Client client) throws IOException {
    try {
      return client.in.read() >= 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Test
  void makesTheFasterEndWaitForTheSlower() throws Exception {
    AtomicLong sent = new AtomicLong();
    int pieces = 4_000;
    byte[] piece = random(16 * 1024, 5);
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(AGREED);
              for (int i = 0; i < pieces; i++) {
                connection.out.write(piece);
                sent.addAndGet(piece.length);
              }
              connection.socket.shutdownOutput();
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = upgrade(rig, "/x")) {
      long before = -1;
      while (before != sent.get()) { // until it gets no further
        before = sent.get();
        Thread.sleep(300);
      }
      assertThat(before).isLessThan((long) pieces * piece.length);
      for (int i = 0; i < pieces; i++) {
        assertThat(client.in.readNBytes(piece.length)).isEqualTo(piece);
      }
      assertThat(client.in.read()).isEqualTo(-1);
    }
  }

  @Test
  void takesNoMoreAheadOfTheAnswerThanItCanHold() throws Exception {
    AtomicLong sent = new AtomicLong();
    byte[] piece = random(64 * 1024, 6);
    int pieces = 1_000;
    CountDownLatch answer = new CountDownLatch(1);
    CountDownLatch read = new CountDownLatch(1);
    AtomicLong received = new AtomicLong();
    try (Backend legacy =
            new Backend((_, connection) -> {
              await(answer);
              connection.send(AGREED);
              received.set(connection.in.readAllBytes().length);
              read.countDown();
            });
        Rig rig = Rig.legacyAt(legacy).start();
        Client client = rig.client().get("/x", "Connection: Upgrade", "Upgrade: chat")) {
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  for (int i = 0; i < pieces; i++) {
                    client.send(piece);
                    sent.addAndGet(piece.length);
                  }
                  client.socket.shutdownOutput();
                } catch (IOException e) {
                  sent.set(-1);
                }
              });
      long before = -1;
      while (before != sent.get()) { // until it gets no further
        before = sent.get();
        Thread.sleep(300);
      }
      assertThat(before).isLessThan((long) pieces * piece.length);
      answer.countDown();
      assertThat(client.head().status()).isEqualTo(101);
      writer.join();
      read.await();
      assertThat(received.get()).isEqualTo((long) pieces * piece.length);
    }
  }

  @Test
  void takesOneOfTheConnectionsToItsServiceForAsLongAsItLasts() throws Exception {
    try (Backend legacy = new Backend(TunnelTest::echo);
        Rig rig =
            new Rig.Builder()
                .service(
                    ServiceBuilder.service("legacy", legacy.port())
                        .connections(1)
                        .queue(0)
                        .streamIdle(Duration.ofSeconds(20))
                        .build())
                .start();
        Client other = rig.client()) {
      for (int i = 1; i <= 3; i++) {
        int round = i;
        try (Client client = upgrade(rig, "/x")) {
          assertThat(other.get("/y").answer()).contains("pool-exhausted");
          client.socket.shutdownOutput();
          assertThat(client.isEnded()).isTrue();
        }
        Rig.until(
            () -> rig.ends.stream().filter(end -> end.equals("answered 101")).count() == round);
      }
    }
  }

  @Test
  void closesATunnelWithOneDirectionLeftThatIsSilent() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Backend legacy =
            new Backend((_, connection) -> {
              connection.send(AGREED);
              connection.in.readAllBytes();
              await(over);
            });
        Rig rig = limited(legacy, Duration.ofMillis(400), null);
        Client client = upgrade(rig, "/x")) {
      client.socket.shutdownOutput();
      assertThat(client.isEnded()).isTrue();
      Rig.until(() -> rig.ends.contains("client-gone 101"));
      assertThat(rig.ends).containsExactly("client-gone 101");
      over.countDown();
    }
  }

  @Test
  void endsATunnelThatIsSilentForTooLong() throws Exception {
    try (Backend legacy = new Backend(TunnelTest::echo);
        Rig rig = limited(legacy, Duration.ofMillis(1_500), null);
        Client client = upgrade(rig, "/x")) {
      for (int i = 0; i < 10; i++) { // longer than it may be silent
        client.send("x");
        assertThat(client.in.read()).isEqualTo('x');
        Thread.sleep(200);
      }
      assertThat(client.isEnded()).isTrue();
      Rig.until(() -> rig.ends.contains("broken-off 101"));
      assertThat(rig.ends).containsExactly("limit stream-idle", "broken-off 101");
      Rig.until(() -> legacy.ended.get() == 1);
    }
  }

  @Test
  void endsATunnelThatLastsTooLong() throws Exception {
    try (Backend legacy = new Backend(TunnelTest::echo);
        Rig rig = limited(legacy, Duration.ofSeconds(20), Duration.ofMillis(500));
        Client client = upgrade(rig, "/x")) {
      assertThat(rig.gateway.levels().tunnels()).isEqualTo(1);
      assertThat(client.isEnded()).isTrue();
      Rig.until(() -> rig.ends.contains("broken-off 101"));
      assertThat(rig.ends).containsExactly("limit longest", "broken-off 101");
      assertThat(rig.gateway.levels().tunnels()).isZero();
    }
  }

  private static Rig limited(Backend legacy, Duration idle, @Nullable Duration longest) {
    ServiceBuilder service = ServiceBuilder.service("legacy", legacy.port()).streamIdle(idle);
    return new Rig.Builder()
        .service((longest == null ? service : service.longest(longest)).build())
        .start();
  }

  @Test
  void sendsTheOfferToTheLegacyWhenTheCandidateFailsBeforeItsAnswer() throws Exception {
    try (Backend legacy = new Backend(TunnelTest::echo);
        Backend candidate =
            new Backend((request, connection) -> {
              if (request.target().equals("/f/reset")) {
                connection.reset();
              } else {
                connection.status(503, "no");
              }
            });
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start()) {
      for (String target : List.of("/f/reset", "/f/fails")) {
        try (Client client = upgrade(rig, target)) {
          client.send("ping");
          assertThat(read(client.in, 4)).isEqualTo("ping");
        }
      }
      assertThat(legacy.seen).hasSize(2);
      assertThat(rig.outcomes)
          .containsExactly(
              "candidate RESET", "legacy 101 fallback", "candidate 503", "legacy 101 fallback");
      assertThat(rig.net.underWay()).isZero();
    }
  }

  @Test
  void asksNobodyElseOnceTheCandidateHasAgreed() throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    try (Backend legacy = new Backend(TunnelTest::echo);
        Backend candidate =
            new Backend((_, connection) -> {
              connection.send(AGREED);
              await(stop);
              connection.reset();
            });
        Rig rig = Rig.of(legacy, candidate).in(new Phase.Reads()).start();
        Client client = upgrade(rig, "/f/x")) {
      stop.countDown();
      assertThat(isReset(client)).isTrue();
      Rig.until(() -> rig.ends.contains("broken-off 101"));
      assertThat(legacy.seen).isEmpty();
      assertThat(rig.outcomes).containsExactly("candidate 101");
    }
  }

  @Test
  void closesWhatIsOpenWhenTheTimeToDrainIsOver() throws Exception {
    try (Backend legacy = new Backend(TunnelTest::echo);
        Rig rig =
            Rig.legacyAt(legacy)
                .options(Bounds.of(bounds -> bounds.drain = Duration.ofSeconds(2)))
                .start();
        Client client = upgrade(rig, "/x")) {
      Thread closing = Thread.ofVirtual().start(rig.gateway::close);
      for (int i = 0; i < 5; i++) { // while it drains
        client.send("ping");
        assertThat(read(client.in, 4)).isEqualTo("ping");
      }
      assertThat(client.isEnded()).isTrue();
      closing.join();
      assertThat(rig.ends).containsExactly("broken-off 101");
    }
  }

  static void await(CountDownLatch latch) throws IOException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
