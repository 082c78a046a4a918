package dev.banyan.proxy.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A candidate can do what it wants: with everything shadowed, clients get the legacy's answers,
/// byte for byte, and the shadow keeps to its bounds and its books.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class ShadowIsolationTest {
  private static final Duration FOREVER = Duration.ofMinutes(1);
  private static final int CONCURRENCY = 16;
  private static final long MEMORY = 2 << 20;
  private static final int CONNECTIONS = 6;
  private static final int REQUESTS = 30;

  /// What Netty may hold beyond what it held before: what is on its way for a handful of
  /// connections, in chunks of its allocator. The shadow's own bodies are not among it.
  private static final long NETWORK = 48 << 20;

  /// What a candidate does.
  enum Fault {
    BLACK_HOLE("TIMEOUT") {
      @Override
      void answer(Message request, Backend.Connection connection) throws IOException {
        untilCutOff(connection);
      }
    },
    SYN_NOT_ANSWERED("TIMEOUT") {
      @Override
      void answer(Message request, Backend.Connection connection) {
        throw new IllegalStateException("it was never accepted");
      }
    },
    RESETTING("RESET") {
      @Override
      void answer(Message request, Backend.Connection connection) throws IOException {
        connection.reset();
      }
    },
    A_BYTE_A_SECOND("TIMEOUT") {
      @Override
      void answer(Message request, Backend.Connection connection) throws IOException {
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while (true) {
          connection.send("x");
          pause(1_000);
        }
      }
    },
    FAILING("500 broken") {
      @Override
      void answer(Message request, Backend.Connection connection) throws IOException {
        connection.status(500, "broken");
      }
    },
    ENDLESS("") {
      @Override
      void answer(Message request, Backend.Connection connection) throws IOException {
        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        String chunk = "4000\r\n" + "x".repeat(0x4000) + "\r\n";
        while (true) {
          connection.send(chunk);
        }
      }
    },
    TEN_TIMES_SLOWER("200 slow") {
      @Override
      void answer(Message request, Backend.Connection connection) throws IOException {
        pause(10 * LEGACY_MILLIS);
        connection.ok("slow");
      }
    };

    private static final long LEGACY_MILLIS = 5;

    /// What the comparison sees of each second leg; empty where it never sees one.
    final String seen;

    Fault(String seen) {
      this.seen = seen;
    }

    abstract void answer(Message request, Backend.Connection connection) throws IOException;

    static void untilCutOff(Backend.Connection connection) throws IOException {
      if (connection.in.read() >= 0) {
        throw new IOException("a second request before an answer");
      }
    }

    static void pause(long millis) throws IOException {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  /// A port whose queue of connections is full, so that the system answers no SYN.
  private static final class Full implements AutoCloseable {
    final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final List<Socket> waiting = new ArrayList<>();

    Full() throws IOException {
      InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
      try {
        while (waiting.size() < 64) {
          Socket next = new Socket();
          waiting.add(next);
          next.connect(address, 250);
        }
        throw new IOException("the queue takes everything");
      } catch (SocketTimeoutException e) {
        assertThat(waiting).as("connections that fit, until %s", e).isNotEmpty();
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket each : waiting) {
        each.close();
      }
      server.close();
    }
  }

  private final ExecutorService comparing = Executors.newSingleThreadExecutor();
  private final ConcurrentMap<String, Integer> seen = new ConcurrentHashMap<>();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
    comparing.shutdown();
    assertThat(comparing.awaitTermination(15, TimeUnit.SECONDS)).isTrue();
  }

  private <T extends AutoCloseable> T opened(T made) {
    open.add(made);
    return made;
  }

  private static ShadowOptions within(Duration deadline) {
    return new ShadowOptions(MEMORY, 64 << 10, CONCURRENCY, deadline, FOREVER);
  }

  private ShadowedRig rig(Backend legacy, Fault fault, Duration deadline) throws IOException {
    int port =
        fault == Fault.SYN_NOT_ANSWERED
            ? opened(new Full()).server.getLocalPort()
            : opened(new Backend(fault::answer)).port();
    Rig.Builder builder = Rig.legacyAt(legacy).service(Backend.service("candidate", port));
    return opened(new ShadowedRig(within(deadline), this::compare, comparing, builder));
  }

  private void compare(Exchange exchange) {
    String second =
        switch (exchange.shadow()) {
          case Leg.Answered answered ->
              answered.response().status()
                  + " "
                  + new String(answered.response().body().toByteArray(), US_ASCII);
          case Leg.Failed failed -> failed.failure().name();
        };
    seen.merge(second, 1, Integer::sum);
  }

  private Backend legacy() throws IOException {
    return opened(
        new Backend((request, connection) -> {
          Fault.pause(Fault.LEGACY_MILLIS);
          String target = request.target();
          int size = Integer.parseInt(target.substring(target.lastIndexOf('/') + 1));
          connection.send(
              "HTTP/1.1 200 Fine\r\nServer: legacy\r\nVary: a\r\nvary: b\r\nContent-Length: "
                  + (size + target.length())
                  + "\r\n\r\n"
                  + target
                  + "l".repeat(size));
        }));
  }

  /// All bytes of the answers to a client's requests, one after the other on one connection.
  private static List<String> answers(Rig rig, int client) throws IOException {
    List<String> answers = new ArrayList<>();
    try (Client connection = rig.client()) {
      for (int i = 0; i < REQUESTS; i++) {
        connection.get("/f/" + client + "/" + i * 400, "X-Request-Id: r" + i);
        Message head = connection.head();
        answers.add(head.startLine() + "\n" + head.fields() + "\n" + head.answerText());
      }
    }
    return answers;
  }

  private static List<List<String>> answersOfAll(Rig rig) throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<String>>> all = new ArrayList<>();
      for (int i = 0; i < CONNECTIONS; i++) {
        int client = i;
        all.add(clients.submit(() -> answers(rig, client)));
      }
      List<List<String>> answers = new ArrayList<>();
      for (Future<List<String>> each : all) {
        answers.add(each.get(60, TimeUnit.SECONDS));
      }
      return answers;
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void clientsGetWhatTheLegacyAloneWouldHaveGivenThem(Fault fault) throws Exception {
    Backend legacy = legacy();
    List<List<String>> alone;
    try (Rig plain = Rig.legacyAt(legacy).service(Backend.service("candidate", 1)).start()) {
      alone = answersOfAll(plain);
    }
    ShadowedRig shadowed = rig(legacy, fault, Duration.ofMillis(400));
    try (Look look = new Look(shadowed)) {
      assertThat(answersOfAll(shadowed.rig)).isEqualTo(alone);
      assertThat(alone.getFirst().getFirst()).contains("Server: legacy");
      ShadowCounts counts = shadowed.settled();
      assertThat(counts.sampled()).isEqualTo(CONNECTIONS * REQUESTS);
      assertThat(look.worst()).isEmpty();
      assertThat(look.mostMemory).as("bytes held at most").isBetween(1L, MEMORY);
      assertThat(look.mostDirect - look.directBefore).isLessThan(NETWORK);
      assertThat(counts.dropped().keySet())
          .as("reasons to drop")
          .isSubsetOf(
              "concurrency",
              "second-side-failing",
              fault == Fault.ENDLESS ? "body-too-long" : "memory");
      Rig.until(() -> seen.values().stream().mapToLong(n -> n).sum() == counts.sent());
      assertThat(seen.keySet()).isEqualTo(fault.seen.isEmpty() ? Set.of() : Set.of(fault.seen));
    }
    assertThat(shadowed.rig.ends).hasSize(CONNECTIONS * REQUESTS).containsOnly("answered 200");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"BLACK_HOLE", "SYN_NOT_ANSWERED", "A_BYTE_A_SECOND"})
  void theNextRequestOfAConnectionIsAnsweredWhileAllSecondLegsArePending(Fault fault)
      throws Exception {
    ShadowedRig shadowed = rig(legacy(), fault, FOREVER);
    try (Client client = shadowed.rig.client()) {
      for (int i = 1; i <= 2 * CONCURRENCY; i++) {
        assertThat(client.get("/f/0/0").answer()).isEqualTo("200 /f/0/0");
        ShadowCounts counts = shadowed.counts();
        assertThat(counts.sampled()).isEqualTo(i);
        assertThat(counts.sent()).as("second legs that have ended").isZero();
        assertThat(ShadowedRig.ended(counts)).isEqualTo(Math.max(0, i - CONCURRENCY));
      }
    }
    assertThat(shadowed.counts().inFlight()).isEqualTo(CONCURRENCY);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"BLACK_HOLE", "SYN_NOT_ANSWERED", "A_BYTE_A_SECOND", "ENDLESS", "RESETTING"})
  void theBooksAreClosedWhenEverythingIsStoppedInTheMiddle(Fault fault) throws Exception {
    ShadowedRig shadowed = rig(legacy(), fault, FOREVER);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> load = clients.submit(() -> untilRefused(shadowed.rig));
      Rig.until(() -> shadowed.counts().sampled() >= 2 * CONCURRENCY);
      shadowed.close();
      load.get(30, TimeUnit.SECONDS);
    }
    ShadowCounts counts = shadowed.counts();
    assertThat(counts.inFlight()).as("of %s", counts).isZero();
    assertThat(ShadowedRig.ended(counts)).isEqualTo(counts.sampled());
    Rig.until(() -> shadowed.shadow.memoryTaken() == 0);
  }

  private static void untilRefused(Rig rig) {
    long answered = 0;
    try {
      while (true) {
        try (Client client = rig.client()) {
          while (client.get("/f/0/100").head().answerBody().length > 0) {
            answered++;
          }
        }
      }
    } catch (IOException e) {
      assertThat(answered).as("answers before %s", e).isPositive();
    }
  }

  @Test
  void aSampleThatIsStillWithTheLegacyIsCountedWhenTheGatewayStops() throws Exception {
    Backend hanging = opened(new Backend((request, c) -> Fault.untilCutOff(c)));
    ShadowedRig shadowed = rig(hanging, Fault.FAILING, FOREVER);
    try (Client client = shadowed.rig.client()) {
      client.get("/f/0/0");
      Rig.until(() -> shadowed.counts().inFlight() == 1);
    }
    assertThat(shadowed.settled().dropped()).isEqualTo(Map.of("client-gone", 1L));
  }

  /// Looks at the shadow all the time.
  private static final class Look implements AutoCloseable {
    final long directBefore = Memory.direct();
    private final ShadowedRig shadowed;
    private final List<String> broken = new CopyOnWriteArrayList<>();
    private volatile boolean over;
    volatile long mostMemory;
    volatile long mostDirect;

    Look(ShadowedRig shadowed) {
      this.shadowed = shadowed;
      var _ = Thread.ofVirtual().start(this::run);
    }

    private void run() {
      try {
        while (!over) {
          look();
          Thread.sleep(1);
        }
      } catch (InterruptedException e) {
        broken.add("interrupted");
      }
    }

    private void look() {
      mostMemory = Math.max(mostMemory, shadowed.shadow.memoryTaken());
      mostDirect = Math.max(mostDirect, Memory.direct());
      ShadowCounts counts = shadowed.counts();
      if (counts.sampled() < ShadowedRig.ended(counts) || counts.inFlight() < 0) {
        broken.add(counts.toString());
      }
    }

    List<String> worst() {
      return broken;
    }

    @Override
    public void close() {
      over = true;
    }
  }
}
