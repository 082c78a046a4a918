package dev.banyan.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.Weight;
import dev.banyan.proxy.Capture;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.RequestEnd;
import dev.banyan.proxy.ServiceBuilder;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.Tee;
import dev.banyan.routing.Decision;
import dev.banyan.routing.FamilyRoutes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Every request runs on the side that its decision names, and what is not safe runs there exactly
/// once, however badly backends behave, and while families move to and fro.
///
/// What each test did by chance comes from one seed, which a failure names; `-Dstorm.seed` sets it.
class SentOnceTest {
  private static final int CLIENTS = 16;
  private static final int EACH = 160;
  private static final String[] METHODS = {"GET", "GET", "POST", "PUT", "DELETE", "SEARCH"};

  private final long seed = Long.getLong("storm.seed", System.nanoTime());
  private final FaultyBackend.Memory memory = new FaultyBackend.Memory();
  private final Map<String, End> ends = new ConcurrentHashMap<>();
  private final Map<String, Told> told = new ConcurrentHashMap<>();
  private final Map<Long, Phase> phases = new ConcurrentHashMap<>(Map.of(7L, new Phase.Legacy()));

  /// How the gateway ended a request.
  private record End(
      boolean safe,
      long epoch,
      Side decided,
      int sent,
      boolean fallback,
      ProxyFailure.@Nullable Kind failure) {}

  /// What a client was told.
  ///
  /// @param run the number of the run that answered, or null for an error of the gateway's own
  private record Told(int status, @Nullable String run) {}

  @Test
  void everyRequestRunsWhereItBelongsAndWhatIsUnsafeOnce() throws Exception {
    AtomicReference<@Nullable SecondLegClient> second = new AtomicReference<>();
    try (FaultyBackend legacyOne = new FaultyBackend("legacy", memory, seed + 1);
        FaultyBackend legacyTwo = new FaultyBackend("legacy", memory, seed + 2);
        FaultyBackend candidateOne = new FaultyBackend("candidate", memory, seed + 3);
        FaultyBackend candidateTwo = new FaultyBackend("candidate", memory, seed + 4);
        Rig rig =
            new Rig.Builder()
                .service(service("legacy", legacyOne, legacyTwo))
                .service(service("candidate", candidateOne, candidateTwo))
                .sticky("header:x-user")
                .eventLoops(2)
                .tee(shadowing(second))
                .whenEnded(this::ended)
                .start();
        SecondLegClient client =
            new SecondLegClient(rig.services, System::nanoTime, Runnable::run, () -> {})) {
      second.set(client);
      List<FaultyBackend> backends = List.of(legacyOne, legacyTwo, candidateOne, candidateTwo);
      AtomicInteger running = new AtomicInteger(CLIENTS);
      List<String> broken = new CopyOnWriteArrayList<>();
      List<Thread> threads =
          IntStream.range(0, CLIENTS)
              .mapToObj(number ->
                  Thread.ofVirtual()
                      .start(() -> {
                        try {
                          ask(rig, number);
                        } catch (IOException | RuntimeException e) {
                          broken.add(number + ": " + e);
                        } finally {
                          running.decrementAndGet();
                        }
                      }))
              .toList();
      makeTrouble(rig, backends, running);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(broken).as("clients, seed %d", seed).isEmpty();
      Rig.until(() -> ends.size() == CLIENTS * EACH);
    }
    judge();
  }

  private static ServiceOptions service(String name, FaultyBackend... at) throws IOException {
    Stream<Integer> ports = Stream.of(at).map(FaultyBackend::port);
    return ServiceBuilder.service(name, 1)
        .at(
            Stream.concat(ports, Stream.of(Backend.deadPort()))
                .map(port -> URI.create("http://127.0.0.1:" + port))
                .toList())
        .responseTimeout(Duration.ofMillis(300))
        .build();
  }

  /// Moves the family and takes backends down and up while requests come.
  private void makeTrouble(Rig rig, List<FaultyBackend> backends, AtomicInteger running)
      throws Exception {
    Random random = new Random(seed);
    List<Phase> all =
        List.of(
            new Phase.Legacy(),
            new Phase.Shadow(),
            new Phase.Canary(Weight.parse("50%")),
            new Phase.Reads(),
            new Phase.Writes(Weight.FULL));
    for (long epoch = 8; running.get() > 0; epoch++) {
      Phase next = all.get(random.nextInt(all.size()));
      phases.put(epoch, next);
      FamilyRoutes family = rig.table.inForce().families().getFirst();
      rig.table.publish(rig.table.inForce().with(family.in(next, epoch)));
      FaultyBackend backend = backends.get(random.nextInt(backends.size()));
      switch (random.nextInt(8)) {
        case 0 -> backend.crash();
        case 1 -> backend.out = true;
        default -> backends.forEach(each -> each.out = false);
      }
      Thread.sleep(random.nextInt(15));
    }
  }

  // ---- clients

  private void ask(Rig rig, int number) throws IOException {
    Random random = new Random(seed + 100 + number);
    Client client = rig.client();
    try {
      for (int i = 0; i < EACH; i++) {
        String id = "storm-" + number + "-" + i;
        send(client, id, random);
        Message head = client.head();
        told.put(id, new Told(head.status(), head.header("x-run")));
        if (!wasWhole(head) || "close".equals(head.header("connection"))) {
          client.close();
          client = rig.client();
        }
      }
    } finally {
      client.close();
    }
  }

  private static boolean wasWhole(Message head) {
    try {
      head.answerBody();
      return true;
    } catch (IOException e) {
      return false; // broken off, as it should be when the backend broke off
    }
  }

  private static void send(Client client, String id, Random random) throws IOException {
    String method = METHODS[random.nextInt(METHODS.length)];
    boolean search = method.equals("SEARCH");
    String start = search ? "POST /search" : method + " /f/x";
    String fields = " HTTP/1.1\r\nHost: shop\r\nX-Request-Id: " + id + "\r\nX-User: " + id + "\r\n";
    if (method.equals("GET")) {
      client.send(start + fields + "\r\n");
      return;
    }
    int times = random.nextInt(20);
    String body = id.repeat(times);
    fields += "X-Body: " + times + "\r\n";
    if (random.nextBoolean()) {
      client.send(start + fields + "Content-Length: " + body.length() + "\r\n\r\n" + body);
    } else {
      client.send(start + fields + "Transfer-Encoding: chunked\r\n\r\n");
      for (int i = 0; i < times; i++) {
        client.send(Integer.toHexString(id.length()) + "\r\n" + id + "\r\n");
      }
      client.send("0\r\n\r\n");
    }
  }

  // ---- the shadow

  private static Tee shadowing(AtomicReference<@Nullable SecondLegClient> second) {
    return (decision, _) -> {
      SecondLegClient client = second.get();
      String service = decision.shadow();
      return client == null || service == null || !decision.route().safe()
          ? null
          : new Repeating(client, service, decision);
    };
  }

  private record Repeating(SecondLegClient client, String service, Decision decision)
      implements Capture {
    @Override
    public boolean admit(boolean request, int bytes) {
      return true;
    }

    @Override
    public void complete(Request request, Leg.Answered primary) {
      primary.response().body().release();
      List<Headers.Field> fields = new ArrayList<>(request.headers().fields());
      fields.add(new Headers.Field("X-Banyan-Shadow", "1"));
      Request marked =
          new Request(request.method(), request.target(), new Headers(fields), request.body());
      client.send(
          service,
          marked,
          decision.primary().other(),
          Duration.ofSeconds(1),
          _ -> true,
          leg -> {
            request.body().release();
            if (leg instanceof Leg.Answered answered) {
              answered.response().body().release();
            }
          });
    }

    @Override
    public void abandon(Reason reason) {
      // Nothing was sent.
    }
  }

  // ---- judging

  private void ended(RequestEnd request) {
    Decision decision = request.decision();
    ProxyFailure failure = request.failure();
    if (decision == null) {
      return; // refused: then the request's end is missed below
    }
    ends.put(
        request.id(),
        new End(
            decision.route().safe(),
            decision.route().epoch(),
            decision.primary(),
            request.sent(),
            request.fallback(),
            failure == null ? null : failure.kind()));
  }

  private void judge() {
    assertThat(memory.garbled).as("bodies, seed %d", seed).isEmpty();
    assertThat(told).hasSize(CLIENTS * EACH);
    List<String> wrong = new ArrayList<>();
    told.forEach((id, answer) -> {
      End end = Objects.requireNonNull(ends.get(id));
      List<FaultyBackend.Run> runs =
          memory.runs.containsKey(id) ? List.copyOf(memory.runs.get(id)) : List.of();
      String why = end.safe() ? safe(end, answer, runs) : unsafe(id, end, answer, runs);
      if (!why.isEmpty()) {
        wrong.add(id + " " + why + ": " + end + ", " + answer + ", ran as " + runs);
      }
    });
    assertThat(wrong).as("wrong of %d, seed %d", told.size(), seed).isEmpty();
    // The storm was one: every way to end was taken.
    assertThat(told.values()).anyMatch(answer -> answer.run() == null);
    assertThat(ends.values()).anyMatch(End::fallback).anyMatch(end -> end.sent() > 1);
    assertThat(ends.values()).anyMatch(end -> !end.safe() && end.decided() == Side.CANDIDATE);
  }

  private String unsafe(String id, End end, Told answer, List<FaultyBackend.Run> runs) {
    Phase phase = phases.get(end.epoch());
    Side authoritative = phase instanceof Phase.Writes ? Side.CANDIDATE : Side.LEGACY;
    if (end.decided() != authoritative) {
      return "was decided for the wrong side in " + phase;
    }
    if (runs.size() > 1) {
      return "ran more than once";
    }
    if (end.sent() > 1) {
      return "was sent more than once";
    }
    if (runs.stream().anyMatch(run -> !run.side().equals(authoritative.word()))) {
      return "ran on the wrong side";
    }
    if (answer.run() != null) {
      return runs.size() == 1 && answer.run().equals("" + runs.getFirst().number())
          ? ""
          : "was answered by a run that was not its own";
    }
    return runs.isEmpty() ? faulted(id, end) : "";
  }

  /// An error of the gateway's own needs a fault of a backend's.
  private String faulted(String id, End end) {
    ProxyFailure.Kind failure = end.failure();
    if (failure == ProxyFailure.Kind.CONNECT || failure == ProxyFailure.Kind.RESET) {
      return ""; // a connection that ended before the backend had read the request
    }
    return failure == ProxyFailure.Kind.TIMEOUT && memory.hasFaulted(id, FaultyBackend.Fault.HANG)
        ? ""
        : "failed although no backend did";
  }

  private static String safe(End end, Told answer, List<FaultyBackend.Run> runs) {
    String run = answer.run();
    if (run != null && runs.stream().filter(each -> run.equals("" + each.number())).count() != 1) {
      return "was answered by a run that was not its own";
    }
    if (runs.size() > end.sent()) {
      return "ran more often than it was sent";
    }
    boolean strayed =
        runs.stream()
            .anyMatch(each ->
                !each.side().equals(end.decided().word())
                    && !(end.fallback() && each.side().equals(Side.LEGACY.word())));
    return strayed ? "ran on the wrong side" : "";
  }
}
