package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.notification.Notifier;
import dev.banyan.notification.SigningKey;
import dev.banyan.notification.Target;
import dev.banyan.notification.Topic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From a decision to what a receiver is sent.
class NoticesTest {
  private static final Instant NOW = Instant.parse("2026-05-06T07:08:09Z");

  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final BlockingQueue<JsonNode> got = new LinkedBlockingQueue<>();
  private final Notifier notifier =
      new Notifier(new Notifier.Ports(executor, () -> NOW, time -> {}, () -> 0.5));
  private final Notices notices = new Notices(notifier, () -> NOW);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          got.add(JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    tell(Set.of(Topic.values()));
  }

  private void tell(Set<Topic> topics) {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    SigningKey key = SigningKey.of("a secret of some length");
    notifier.adopt(List.of(new Target(url, key, Target.Format.JSON, topics, Set.of())));
  }

  @AfterEach
  void stop() {
    notifier.close();
    server.stop(0);
    executor.shutdownNow();
  }

  private JsonNode next() throws InterruptedException {
    JsonNode next = got.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }

  private static FamilyState canary(long epoch) {
    return new FamilyState("users", new Phase.Canary(new Weight(5_000)), epoch, null, NOW);
  }

  private static LedgerEntry entry(LedgerEntry.Kind kind) {
    return new LedgerEntry.Draft(
            NOW,
            kind,
            "users",
            "ann",
            "a look",
            canary(3),
            canary(4).asUnproven(),
            List.of(),
            null,
            null)
        .placed(12, LedgerEntry.GENESIS);
  }

  @Test
  void aPromotionAndTheHeadThatItMakesAreTold() throws Exception {
    LedgerEntry entry = entry(LedgerEntry.Kind.PROMOTE);

    notices.entered(entry);

    JsonNode phase = next();
    assertThat(phase.path("type").stringValue()).isEqualTo("banyan.phase");
    assertThat(phase.path("data").path("says").stringValue())
        .isEqualTo("users was promoted to canary at 5% (unproven) by ann: a look");
    assertThat(phase.path("data").path("seq").longValue()).isEqualTo(12);
    JsonNode head = next();
    assertThat(head.path("type").stringValue()).isEqualTo("banyan.ledger-head");
    assertThat(head.path("data").path("hash").stringValue()).isEqualTo(entry.hash());
  }

  @Test
  void everyKindOfEntryHasItsSentence() throws Exception {
    tell(Set.of(Topic.PHASE, Topic.ROLLBACK, Topic.ALARM));
    Set<LedgerEntry.Kind> told =
        Set.of(
            LedgerEntry.Kind.PROMOTE,
            LedgerEntry.Kind.ROLLBACK,
            LedgerEntry.Kind.ALARM,
            LedgerEntry.Kind.DENY,
            LedgerEntry.Kind.ALLOW,
            LedgerEntry.Kind.STOP_LINE,
            LedgerEntry.Kind.RELEASE_LINE,
            LedgerEntry.Kind.STORE_BACK,
            LedgerEntry.Kind.OUTBOX_PARK);
    for (LedgerEntry.Kind kind : LedgerEntry.Kind.values()) {
      notices.entered(entry(kind));
      if (told.contains(kind)) {
        assertThat(next().path("data").path("kind").stringValue()).isEqualTo(kind.word());
      }
    }
    assertThat(got).isEmpty();
  }

  @Test
  void whatWaitsForAPersonIsTold() throws Exception {
    notices.waiting("users", "every gate agrees to reads: banyan promote users");

    JsonNode waiting = next();
    assertThat(waiting.path("type").stringValue()).isEqualTo("banyan.waiting");
    assertThat(waiting.path("data").path("says").stringValue())
        .isEqualTo("users waits for a person: every gate agrees to reads: banyan promote users");
  }
}
