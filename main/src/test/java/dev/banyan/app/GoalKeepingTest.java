package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigFile;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.Environment;
import dev.banyan.cutover.Change;
import dev.banyan.cutover.GoalReading;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Standing;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.migration.SideEvidence;
import dev.banyan.migration.Weight;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From the services' own pages to a reading, with a real store and real services.
class GoalKeepingTest {
  private static final SideEvidence SLOW =
      new SideEvidence(5_000, 5, Duration.ofMillis(20), Duration.ofMillis(100));
  private static final SideEvidence FAST =
      new SideEvidence(5_000, 1, Duration.ofMillis(10), Duration.ofMillis(60));

  @TempDir Path directory;

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, String> served = new ConcurrentHashMap<>();
  private final AtomicLong nanos = new AtomicLong();
  private HttpServer server;
  private SqliteStore store;
  private BanyanConfig config;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body =
              served
                  .getOrDefault(exchange.getRequestURI().getPath(), "")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    store = SqliteStore.open(directory.resolve("data"));
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    Path file =
        Files.writeString(
            directory.resolve("banyan.yaml"),
            """
            services:
              legacy: { url: "%s", metrics: /legacy }
              users: { url: http://127.0.0.1:9, metrics: "%s/users" }
            families:
              users:
                candidate: users
                routes: [/users]
                goals: { p50: -40%%, memory: -50%%, cpu: -50%% }
            """
                .formatted(url, url));
    config = ((ConfigResult.Loaded) new ConfigFile(file, Environment.of(Map.of())).load()).config();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    store.close();
    executor.shutdownNow();
  }

  private GoalKeeping keeping() {
    return new GoalKeeping(store.migrations(), new ServicePages(executor), nanos::get);
  }

  private void uses(String path, long memory, double cpuSeconds) {
    served.put(
        path,
        "process_resident_memory_bytes "
            + memory
            + "\nprocess_cpu_seconds_total "
            + cpuSeconds
            + "\n");
  }

  private static FamilyState in(Phase phase) {
    return new FamilyState("users", phase, 2, null, Instant.EPOCH);
  }

  private static Evidence evidence(SideEvidence legacy, SideEvidence candidate) {
    return new Evidence("users", 2, legacy, candidate, ParityEvidence.none(Instant.EPOCH));
  }

  private void look(GoalKeeping keeping, Phase phase, Evidence evidence) {
    nanos.addAndGet(Duration.ofSeconds(10).toNanos());
    keeping.look(config, _ -> new GoalKeeping.Known(evidence, phase));
  }

  private List<GoalReading> read(GoalKeeping keeping, Evidence evidence, Phase phase) {
    return keeping.read(config.family("users").orElseThrow(), evidence, phase);
  }

  private void stand(FamilyState state) {
    Standing standing = new Standing(state, null);
    LedgerEntry.Draft draft =
        new LedgerEntry.Draft(
            Instant.EPOCH,
            LedgerEntry.Kind.PROMOTE,
            "users",
            "ann",
            "",
            null,
            state,
            List.of(),
            null,
            null);
    store.migrations().write(draft, new Change.Move(Standing.initial(standing), standing), null);
  }

  private static LedgerEntry canaryEntered() {
    return new LedgerEntry.Draft(
            Instant.EPOCH,
            LedgerEntry.Kind.PROMOTE,
            "users",
            "ann",
            "",
            in(new Phase.Shadow()),
            in(new Phase.Canary(new Weight(1_000))),
            List.of(),
            null,
            null)
        .placed(1, LedgerEntry.GENESIS);
  }

  @Test
  void freezesWhatTheLegacyDidAloneAndKeepsItOverARestart() {
    GoalKeeping first = keeping();
    uses("/legacy", 1_000, 5);
    look(first, new Phase.Shadow(), evidence(SLOW, SideEvidence.NONE));
    uses("/legacy", 1_000, 15); // one core for the ten seconds between
    look(first, new Phase.Shadow(), evidence(SLOW, SideEvidence.NONE));
    stand(in(new Phase.Canary(new Weight(1_000))));
    first.entered(canaryEntered());
    uses("/legacy", 1, 16); // it has less to do from now on
    look(first, new Phase.Canary(new Weight(1_000)), evidence(SLOW, FAST));
    first.close();

    GoalKeeping next = keeping();
    uses("/users", 400, 1);
    look(next, new Phase.Reads(), evidence(SideEvidence.NONE, FAST));
    uses("/users", 400, 5);
    look(next, new Phase.Reads(), evidence(SideEvidence.NONE, FAST));

    List<GoalReading> readings = read(next, evidence(SideEvidence.NONE, FAST), new Phase.Reads());
    assertThat(readings).extracting(GoalReading::baseline).containsExactly(20.0, 1_000.0, 1.0);
    assertThat(readings).extracting(GoalReading::now).containsExactly(10.0, 400.0, 0.4);
    assertThat(readings).extracting(GoalReading::state).containsOnly(GoalReading.State.MET);
  }

  @Test
  void aProcessThatBeganAnewOrDoesNotAnswerHasNoFigure() {
    GoalKeeping keeping = keeping();
    uses("/users", 400, 100);
    look(keeping, new Phase.Reads(), evidence(SLOW, FAST));
    uses("/users", 300, 1);
    look(keeping, new Phase.Reads(), evidence(SLOW, FAST));
    assertThat(read(keeping, evidence(SLOW, FAST), new Phase.Reads()))
        .extracting(GoalReading::now)
        .containsExactly(10.0, 300.0, null);

    served.clear();
    server.stop(0);
    look(keeping, new Phase.Reads(), evidence(SLOW, FAST));
    assertThat(read(keeping, evidence(SLOW, FAST), new Phase.Reads()))
        .extracting(GoalReading::now)
        .containsExactly(10.0, null, null);
  }
}
