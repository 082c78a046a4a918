package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowOptions;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the shadow holds is what it says that it holds, measured in the process.
@SuppressWarnings("StringConcatToTextBlock") // what goes over the wire ends its lines with CRLF
class ShadowMemoryTest {
  private static final int MIB = 1 << 20;
  private static final long GIB = 1L << 30;

  /// What the parts of the rig itself hold more or less from one moment to the other.
  private static final long SLACK = 4L * MIB;

  /// What Netty may hold more while a few connections carry as much as they can: chunks of its
  /// allocator.
  private static final long NETWORK = 48L * MIB;

  private final List<AutoCloseable> open = new ArrayList<>();

  /// Comparisons that never come to their turn.
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private <T extends AutoCloseable> T opened(T made) {
    open.add(made);
    return made;
  }

  private ShadowedRig rig(long memory, Backend legacy, Backend candidate) {
    ShadowOptions options =
        new ShadowOptions(memory, MIB / 4, 64, Duration.ofSeconds(20), Duration.ofMinutes(1));
    return opened(
        new ShadowedRig(options, exchange -> {}, waiting::add, Rig.of(legacy, candidate)));
  }

  /// Answers `/…/N` by N bytes, each in a chunk of its own; `/…/-N` by N bytes at once.
  private static void bytes(Message request, Backend.Connection connection) throws IOException {
    request.requestBody();
    String target = request.target();
    int size = Integer.parseInt(target.substring(target.lastIndexOf('/') + 1));
    if (size < 0) {
      connection.ok("x".repeat(-size));
    } else {
      connection.send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              + "1\r\nx\r\n".repeat(size)
              + "0\r\n\r\n");
    }
  }

  @Test
  void holdsNoMoreThanItsBudgetHoweverSmallThePiecesAre() throws Exception {
    assertHeldIsCharged("/f/-1", "/f/1", "/f/200");
  }

  @Test
  void holdsNoMoreThanItsBudgetHoweverLargeTheyAre() throws Exception {
    assertHeldIsCharged("/f/-200000", "/f/-9000", "/f/-70000");
  }

  private void assertHeldIsCharged(String... targets) throws Exception {
    long budget = 16L * MIB;
    Backend legacy = opened(new Backend(ShadowMemoryTest::bytes));
    Backend candidate = opened(new Backend(ShadowMemoryTest::bytes));
    ShadowedRig shadowed = rig(budget, legacy, candidate);
    try (Client client = shadowed.rig.client()) {
      // Each connection learns to read in large steps: a small piece then sits in a large buffer.
      for (int i = 0; i < 8; i++) {
        client.get("/f/-1000000").head().answerBody();
      }
      shadowed.settled();
      forget(shadowed, legacy, candidate);
      long heap = Memory.heap();
      long direct = Memory.direct();
      while (shadowed.counts().dropped().getOrDefault("memory", 0L) < 20) {
        for (String target : targets) {
          client.get(target).head().answerBody();
        }
      }
      Rig.until(() -> shadowed.counts().inFlight() == 0);
      forget(shadowed, legacy, candidate);

      long charged = shadowed.shadow.memoryTaken();
      assertThat(charged).isBetween(budget / 2, budget);
      assertThat(waiting).hasSize((int) shadowed.counts().sent());
      assertThat(Memory.heap() - heap).as("heap held").isBetween(budget / 8, charged + SLACK);
      assertThat(Memory.direct() - direct).as("held beside the heap").isLessThan(SLACK);
    }
    waiting.forEach(Runnable::run);
    assertThat(shadowed.settled().sent()).isPositive();
  }

  /// What the rig itself has written down.
  private static void forget(ShadowedRig shadowed, Backend legacy, Backend candidate) {
    shadowed.rig.outcomes.clear();
    shadowed.rig.ends.clear();
    legacy.seen.clear();
    candidate.seen.clear();
  }

  @Test
  void aGibibyteUpAndAGibibyteDownPassWithoutBeingHeld() throws Exception {
    Backend legacy = opened(new Backend(ShadowMemoryTest::gibibyte));
    Backend candidate = opened(new Backend(ShadowMemoryTest::gibibyte));
    ShadowedRig shadowed = rig(16L * MIB, legacy, candidate);
    try (Client client = shadowed.rig.client();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long heap = Memory.heap();
      long direct = Memory.direct();
      Future<String> transfer = threads.submit(() -> upAndDown(client));
      Queue<Long> onHeap = new ArrayDeque<>();
      Queue<Long> beside = new ArrayDeque<>();
      do {
        beside.add(Memory.direct());
        onHeap.add(Memory.heap());
      } while (!finished(transfer));

      assertThat(transfer.get()).isEqualTo("200 " + GIB + ", " + GIB);
      assertThat(onHeap).as("looks").hasSizeGreaterThan(5);
      assertThat(onHeap).allSatisfy(held -> assertThat(held - heap).isLessThan(16L * MIB));
      assertThat(beside).allSatisfy(held -> assertThat(held - direct).isLessThan(NETWORK));
    }
    ShadowCounts counts = shadowed.settled();
    assertThat(counts.dropped()).isEqualTo(Map.of("body-too-long", 2L));
    assertThat(candidate.seen).isEmpty();
  }

  private static boolean finished(Future<?> work) throws InterruptedException {
    for (int i = 0; i < 20 && !work.isDone(); i++) {
      Thread.sleep(5);
    }
    return work.isDone();
  }

  private static String upAndDown(Client client) throws IOException {
    byte[] block = new byte[MIB];
    Arrays.fill(block, (byte) 'x');
    client.request("POST", "/search", "Content-Length: " + GIB);
    for (long sent = 0; sent < GIB; sent += block.length) {
      client.send(block);
    }
    String up = client.answer();
    client.get("/f/down").head();
    return up + ", " + skip(client.in, block);
  }

  /// Takes a gibibyte, or gives one.
  private static void gibibyte(Message request, Backend.Connection connection) throws IOException {
    byte[] block = new byte[MIB];
    if (request.method().equals("POST")) {
      connection.ok("" + skip(connection.in, block));
      return;
    }
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + GIB + "\r\n\r\n");
    for (long sent = 0; sent < GIB; sent += block.length) {
      connection.out.write(block);
    }
  }

  private static long skip(InputStream in, byte[] block) throws IOException {
    long got = 0;
    int n = 0;
    while (got < GIB && n >= 0) {
      got += n;
      n = got < GIB ? in.read(block) : 0;
    }
    return got;
  }
}
