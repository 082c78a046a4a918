package dev.banyan.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.banyan.migration.Endpoint;
import dev.banyan.parity.Books;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.ParityBook;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import dev.banyan.shadow.IdempotencyKeys;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowOptions;
import dev.banyan.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SheddingLogTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(SheddingLog.class);

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Shadow shadow =
      new Shadow(
          new ShadowOptions(1, 1, 1, Duration.ofSeconds(1), Duration.ofMillis(20)),
          Map.of(),
          new Shadow.Ports(
              () -> 0.99,
              () -> 0,
              (service, request, side, deadline, admission, told) -> {},
              (exchange, period) -> null,
              Runnable::run));
  private long now;
  private final SheddingLog log = new SheddingLog(shadow, () -> now);

  @TempDir private Path folder;

  @BeforeEach
  void listen() {
    lines.start();
    LOG.addAppender(lines);
    LOG.setAdditive(false);
    LOG.setLevel(Level.INFO);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(lines);
    LOG.setAdditive(true);
    LOG.setLevel(null);
  }

  private void late(long millis) {
    shadow.late(Duration.ofMillis(millis).toNanos(), now);
    if (shadow.kept() < 1) {
      assertThat(shadow.begin("id", "f", 1, 1, new Endpoint("GET", "/f"), "candidate")).isNull();
    }
    log.run();
  }

  private void calm() {
    for (int i = 0; i < 10; i++) {
      now += Duration.ofMillis(100).toNanos();
      late(0);
    }
  }

  @Test
  void tellsOfABeginningAndItsEndAndNotOfEachLook() {
    log.run();
    assertThat(lines.list).isEmpty();
    late(110);
    late(150);
    log.run();
    assertThat(lines.list)
        .singleElement()
        .extracting(ILoggingEvent::getLevel)
        .isEqualTo(Level.WARN);
    assertThat(lines.list.getFirst().getFormattedMessage())
        .startsWith("event loops are up to 110 ms late: sampling is down to 50 %");
    calm();
    assertThat(lines.list).hasSize(2);
    assertThat(lines.list.getLast().getLevel()).isEqualTo(Level.INFO);
  }

  @Test
  void saysNothingWhereNothingWasToBeSampled() {
    shadow.late(Duration.ofMillis(150).toNanos(), now);
    log.run();
    assertThat(lines.list).isEmpty();
  }

  @Test
  void tellsOfNoMoreThanOneBeginningAMinute() {
    for (int i = 0; i < 100; i++) {
      late(500);
      calm();
    }
    // A hundred times a second of calm: a hundred seconds.
    assertThat(lines.list)
        .extracting(ILoggingEvent::getLevel)
        .containsExactly(Level.WARN, Level.INFO, Level.WARN, Level.INFO);
  }

  @Test
  void theGatewaysTeeLeadsTheLatenessIntoTheShadow() throws IOException {
    try (SqliteStore store = SqliteStore.open(folder)) {
      ParityBook book = Books.book(store.parity(), Instant.EPOCH);
      new ComparisonTee(shadow, book, noWrites(book)).late(Duration.ofSeconds(1).toNanos(), now);
    }
    assertThat(shadow.isOverrun()).isTrue();
    assertThat(shadow.worstLag()).isEqualTo(Duration.ofSeconds(1));
  }

  private Writes noWrites(ParityBook book) {
    return new Writes(
        new Writes.Ports(
            (service, request, side, deadline, admission, told, allowed) -> {},
            book,
            new LiveTable(RoutingTable.compile("legacy", List.of())),
            Comparison.of()::compare,
            new IdempotencyKeys(new byte[32]),
            new SandboxGuard(name -> null, address -> true),
            new DryRuns(book, () -> now),
            Runnable::run,
            Runnable::run,
            () -> Duration.ZERO,
            () -> Instant.EPOCH));
  }
}
