package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.UncertainWrites;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class HoldTest {
  private static final Phase WRITES = new Phase.Writes(Weight.FULL);
  private static final Phase READS = new Phase.Reads();

  private static Rig.Builder rig(Backend legacy, Backend candidate) {
    return Rig.of(legacy, candidate).in(READS).synced();
  }

  private static OptionalInt underWay(Rig rig) {
    return rig.gateway.writesUnderWay(Set.of("f"));
  }

  @Test
  void aHeldWriteGoesToTheNewOwnerOnceItIsReleasedAndReadsGoOn() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).start();
        Client writer = rig.client();
        Client reader = rig.client()) {
      rig.hold();
      writer.post("/f/x", "body");
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      assertThat(reader.get("/f/x").answer()).isEqualTo("200 candidate GET ");
      assertThat(underWay(rig)).hasValue(0);

      rig.release(WRITES);
      assertThat(writer.answer()).isEqualTo("200 candidate POST body");
      assertThat(legacy.seen).isEmpty();
      assertThat(rig.gateway.heldWrites()).isZero();
      assertThat(rig.ends).containsExactly("answered 200", "answered 200");
      assertThat(rig.outcomes).containsExactly("candidate 200", "candidate 200");
    }
  }

  @Test
  void aHoldThatIsUndoneSendsItsWritesToTheOldOwner() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).start();
        Client writer = rig.client()) {
      rig.hold();
      writer.post("/f/x", "1");
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      rig.release(READS);
      assertThat(writer.answer()).isEqualTo("200 legacy POST 1");
      assertThat(writer.post("/f/x", "2").answer()).isEqualTo("200 legacy POST 2");
    }
  }

  @Test
  void aBodyThatIsNotWholeFollowsAfterTheRelease() throws Exception {
    String half = "x".repeat(4_000_000);
    try (Backend legacy = lengths("legacy");
        Backend candidate = lengths("candidate");
        Rig rig = rig(legacy, candidate).start();
        Client writer = rig.client()) {
      rig.hold();
      writer.request("POST", "/f/x", "Content-Length: " + 2 * half.length());
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      Thread sending =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  writer.send(half).send(half);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      rig.release(WRITES);
      sending.join();
      assertThat(writer.answer()).isEqualTo("200 candidate " + 2 * half.length());
      assertThat(legacy.seen).isEmpty();
    }
  }

  @Test
  void ofHttp2AsWell() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).start();
        Http2Client client = new Http2Client(rig.gateway.address())) {
      rig.hold();
      int whole = client.open(false, Http2Client.head("PUT", "/f/x"));
      client.data(whole, "body", true);
      int bare = client.open(true, Http2Client.head("DELETE", "/f/x"));
      int half = client.open(false, Http2Client.head("POST", "/f/x"));
      client.data(half, "ha", false);
      Rig.until(() -> rig.gateway.heldWrites() == 3);
      assertThat(client.get("/f/x").text()).isEqualTo("candidate GET ");

      rig.release(WRITES);
      client.data(half, "lf", true);
      assertThat(client.answer(whole).text()).isEqualTo("candidate PUT body");
      assertThat(client.answer(bare).text()).isEqualTo("candidate DELETE ");
      assertThat(client.answer(half).text()).isEqualTo("candidate POST half");
      assertThat(legacy.seen).isEmpty();
    }
  }

  @Test
  void aWriteThatIsHeldForTooLongIsRefusedAndItsConnectionGoesOn() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig =
            rig(legacy, candidate)
                .options(Bounds.of(bounds -> bounds.holdTime = Duration.ofMillis(50)))
                .start();
        Client writer = rig.client();
        Http2Client second = new Http2Client(rig.gateway.address())) {
      rig.hold();
      Message answer = writer.post("/f/x", "body").head();
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("retry-after")).isEqualTo("1");
      assertThat(answer.answerText()).contains("\"code\":\"writes-held\"");
      assertThat(writer.get("/f/x").answer()).isEqualTo("200 candidate GET ");
      Http2Client.Answer over = second.answer(second.open(true, Http2Client.head("POST", "/f/x")));
      assertThat(over.status()).isEqualTo(503);
      assertThat(over.text()).contains("writes-held");
      assertThat(legacy.seen).isEmpty();
      assertThat(rig.ends)
          .containsExactly(
              "limit hold-time", "answered 503", "answered 200", "limit hold-time", "answered 503");
      assertThat(rig.outcomes).containsExactly("candidate 200");
      assertThat(rig.gateway.heldWrites()).isZero();
    }
  }

  @Test
  void oneMoreThanMayBeHeldIsRefusedAtOnceAndAClientThatLeavesFreesItsPlace() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig =
            rig(legacy, candidate).options(Bounds.of(bounds -> bounds.heldWrites = 1)).start();
        Client first = rig.client();
        Client second = rig.client();
        Client third = rig.client()) {
      rig.hold();
      first.post("/f/x", "1");
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      assertThat(second.post("/f/x", "2").head().status()).isEqualTo(503);
      assertThat(rig.ends).containsExactly("limit held-writes", "answered 503");

      first.socket.close();
      Rig.until(() -> rig.gateway.heldWrites() == 0);
      third.post("/f/x", "3");
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      rig.release(WRITES);
      assertThat(third.answer()).isEqualTo("200 candidate POST 3");
      assertThat(candidate.seen).hasSize(1);
      assertThat(rig.outcomes).containsExactly("candidate 200"); // no leg of those that left
    }
  }

  @Test
  void aClientThatLeavesWithItsBodyUnreadFreesItsPlaceToo() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).start();
        Http2Client streams = new Http2Client(rig.gateway.address());
        Client writer = rig.client()) {
      rig.hold();
      writer.request("POST", "/f/x", "Content-Length: 10").send("half");
      int stream = streams.open(false, Http2Client.head("POST", "/f/x"));
      Rig.until(() -> rig.gateway.heldWrites() == 2);
      streams.frame(3, 0, stream, Http2Client.number(8)); // RST_STREAM, CANCEL
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      writer.socket.setSoLinger(true, 0);
      writer.socket.close();
      Rig.until(() -> rig.gateway.heldWrites() == 0);
    }
  }

  @Test
  void manyThatAreReleasedTogetherAllArriveOnce() throws Exception {
    int many = 3 * Hold.PACE;
    List<Client> clients = new ArrayList<>();
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).start()) {
      rig.hold();
      for (int i = 0; i < many; i++) {
        clients.add(rig.client().post("/f/x", "" + i));
      }
      Rig.until(() -> rig.gateway.heldWrites() == many);
      rig.release(WRITES);
      for (int i = 0; i < many; i++) {
        assertThat(clients.get(i).answer()).isEqualTo("200 candidate POST " + i);
      }
      assertThat(candidate.seen).hasSize(many);
      assertThat(underWay(rig)).hasValue(0);
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aGatewayThatIsClosedAnswersWhatItHolds() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate")) {
      Rig rig = rig(legacy, candidate).start();
      Client writer = rig.client();
      rig.hold();
      writer.post("/f/x", "body");
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      rig.close();
      assertThat(writer.head().status()).isEqualTo(503);
      writer.close();
      assertThat(legacy.seen).isEmpty();
      assertThat(candidate.seen).isEmpty();
    }
  }

  @Test
  void aWriteThatWasSentBeforeTheHoldIsCountedUntilItEnds() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (Backend legacy = waiting(answer);
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).eventLoops(2).start();
        Client writer = rig.client()) {
      writer.post("/f/x", "body");
      Rig.until(() -> legacy.seen.size() == 1);
      rig.hold();
      assertThat(underWay(rig)).hasValue(1);
      assertThat(rig.gateway.writesUnderWay(Set.of("another"))).hasValue(0);
      answer.countDown();
      assertThat(writer.answer()).isEqualTo("200 legacy");
      assertThat(underWay(rig)).hasValue(0);
      assertThat(rig.uncertain).isEmpty();
    }
  }

  @Test
  void aWriteThatWaitedForAConnectionGoesWhereTheTableSaysWhenItHasOne() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (Backend legacy = waiting(answer);
        Backend candidate = bodies("candidate");
        Rig rig =
            new Rig.Builder()
                .service(ServiceBuilder.service("legacy", legacy.port()).connections(1).build())
                .service(candidate.as("candidate"))
                .in(READS)
                .synced()
                .start();
        Client first = rig.client();
        Client second = rig.client()) {
      first.post("/f/x", "1");
      Rig.until(() -> legacy.seen.size() == 1);
      second.post("/f/x", "2");
      Rig.until(() -> underWay(rig).orElse(0) == 2);
      rig.hold();
      answer.countDown();
      assertThat(first.answer()).isEqualTo("200 legacy");
      Rig.until(() -> rig.gateway.heldWrites() == 1);
      assertThat(underWay(rig)).hasValue(0);
      rig.release(WRITES);
      assertThat(second.answer()).isEqualTo("200 candidate POST 2");
      assertThat(legacy.seen).hasSize(1);
    }
  }

  @Test
  void aWriteWhoseAnswerDoesNotComeWhileWritesAreHeldIsListedUntilItIsSettled() throws Exception {
    try (Backend legacy = new Backend((request, connection) -> {});
        Backend candidate = bodies("candidate");
        Rig rig =
            new Rig.Builder()
                .service(legacy.impatientlyAs("legacy"))
                .service(candidate.as("candidate"))
                .in(READS)
                .sticky("header:x-user")
                .synced()
                .start();
        Client before = rig.client();
        Client during = rig.client();
        Client leaving = rig.client()) {
      assertThat(before.post("/f/x", "").head().status()).isEqualTo(504);
      assertThat(rig.uncertain).isEmpty(); // the owner is the same still

      during.post("/f/pay?card=1", "", "Idempotency-Key: k-1", "X-User: ann", "X-Request-Id: r-1");
      leaving.post("/f/leave", "");
      Rig.until(() -> legacy.seen.size() == 3);
      rig.hold();
      leaving.socket.close();
      assertThat(during.head().status()).isEqualTo(504);
      Rig.until(() -> rig.uncertain.size() == 2);
      UncertainWrites.Sent paid =
          rig.uncertain.stream()
              .filter(each -> each.path().equals("/f/pay"))
              .findFirst()
              .orElseThrow();
      assertThat(paid.side()).isEqualTo(Side.LEGACY);
      assertThat(paid.method()).isEqualTo("POST");
      assertThat(paid.idempotencyKey()).isEqualTo("k-1");
      assertThat(paid.requestId()).isEqualTo("r-1");
      assertThat(paid.why()).isEqualTo("backend-timeout");
      assertThat(paid.unit()).isNotZero();

      assertThat(underWay(rig)).hasValue(0);
    }
  }

  @Test
  void aProcessThatWasStoppedHoldsItsWritesUntilItHasALeaseAgain() throws Exception {
    try (Backend legacy = bodies("legacy");
        Backend candidate = bodies("candidate");
        Rig rig = rig(legacy, candidate).start();
        Client kept = rig.client();
        Client fresh = rig.client()) {
      // As `Steering` publishes it, and as a process finds it that goes on after its lease.
      rig.table.publish(rig.table.inForce(), rig.table.inForce().holding(Set.of("f")));
      assertThat(kept.post("/f/x", "1").answer()).isEqualTo("200 legacy POST 1");
      rig.table.extend(System.nanoTime());
      kept.post("/f/x", "2");
      fresh.post("/f/x", "3");
      Rig.until(() -> rig.gateway.heldWrites() == 2);
      // What it learns first is published before the lease is.
      rig.release(WRITES);
      rig.table.extend(System.nanoTime() + Duration.ofMinutes(1).toNanos());
      assertThat(kept.answer()).isEqualTo("200 candidate POST 2");
      assertThat(fresh.answer()).isEqualTo("200 candidate POST 3");
      assertThat(legacy.seen).hasSize(1);
    }
  }

  // ---- backends

  private static Backend bodies(String name) throws IOException {
    return new Backend((request, connection) -> {
      String body = new String(request.requestBody(), StandardCharsets.UTF_8);
      connection.ok(name + " " + request.method() + " " + body);
    });
  }

  private static Backend lengths(String name) throws IOException {
    return new Backend(
        (request, connection) -> connection.ok(name + " " + request.requestBody().length));
  }

  private static Backend waiting(CountDownLatch answer) throws IOException {
    return new Backend((request, connection) -> {
      request.requestBody();
      try {
        answer.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      connection.ok("legacy");
    });
  }
}
