package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.postgres.StandbyServer;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.StatusReport;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A backfill whose source has a real standby: it rests while that one is too far behind.
@Timeout(180)
class ReplicaLagTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static StandbyServer standby;

  @BeforeAll
  static void copy() throws Exception {
    SERVER.run(
        "create table old_rows (id int primary key, what text)",
        "insert into old_rows select n, 'row ' || n from generate_series(1, 5000) n",
        "create schema there",
        "create table there.old_rows (id int primary key, what text)",
        "create table beat (at timestamptz)",
        "create role looker login replication password 'secret'",
        "create role mover login superuser password 'secret'");
    standby = StandbyServer.of(SERVER, "standby1");
    SERVER.run("insert into beat values (now())");
    until("the standby has replayed something", () -> replayed(standby));
  }

  @AfterAll
  static void end() throws Exception {
    standby.close();
  }

  @AfterEach
  void resume() throws Exception {
    standby.run("select pg_wal_replay_resume()");
    SERVER.run("truncate there.old_rows");
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void until(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as(what + "; " + standby.log()).isLessThan(end);
      Thread.sleep(50);
    }
  }

  private static boolean replayed(StandbyServer standby) {
    try {
      standby.run("select 1 / count(*) from beat");
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static DatabaseOptions database(String name, String url, String user) {
    return new DatabaseOptions(name, url, user, new Password("secret"), 8, List.of());
  }

  private static ConfiguredTransfers transfers(String user, @Nullable String replica) {
    TransferOptions options =
        new TransferOptions(
            "rows",
            "old",
            "new",
            List.of(),
            List.of(new TableOptions("old_rows", "there.old_rows", List.of(), null, Map.of())),
            List.of(),
            true,
            new Throttle(null, null, Duration.ofSeconds(1), replica, 1L << 30, null),
            1_000,
            1,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            TransferOptions.Compare.ROWS);
    Working working =
        new Working(
            List.of(
                database("old", SERVER.url(), user),
                database("new", SERVER.url(), "mover"),
                database("copy", standby.url(), "mover")),
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory());
    return new ConfiguredTransfers(List.of(options), working, "a test");
  }

  /// Pauses the replay, and has something to be replayed.
  private static void pause() throws Exception {
    standby.run("select pg_wal_replay_pause()");
    until(
        "the standby is behind",
        () -> {
          SERVER.run("insert into beat values (now())");
          return behind();
        });
  }

  private static boolean behind() throws SQLException {
    try (var database = SERVER.open()) {
      return database.replicas().orElseThrow().stream()
          .anyMatch(each ->
              each.name().equals("standby1")
                  && each.behind() != null
                  && each.behind().compareTo(Duration.ofSeconds(2)) > 0);
    }
  }

  @Test
  void theCopyingRestsWhileAStandbyIsBehindAndSaysWhich() throws Exception {
    rests(null, "waits for replica standby1, which is ");
  }

  @Test
  void aDeclaredReplicaIsAskedItself() throws Exception {
    rests("copy", "waits for replica copy, which is ");
  }

  private static void rests(@Nullable String replica, String says) throws Exception {
    pause();
    AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
    try (ConfiguredTransfers transfers = transfers("mover", replica)) {
      FutureTask<StatusReport> backfill =
          new FutureTask<>(() -> transfers.backfill("rows", last::set));
      Thread.ofPlatform().start(backfill);
      until(
          "it waits",
          () -> {
            StatusReport status = last.get();
            String waits = status == null ? null : status.tables().getFirst().waits();
            assertThat(backfill.isDone()).isFalse();
            return waits != null && waits.startsWith(says);
          });
      assertThat(Objects.requireNonNull(last.get()).rows()).isZero();
      standby.run("select pg_wal_replay_resume()");
      StatusReport end = backfill.get();
      assertThat(end.phase()).isEqualTo(StatusReport.Phase.HISTORY);
      assertThat(end.rows()).isEqualTo(5_000);
      assertThat(end.tables().getFirst().waits()).isNull();
      var _ = transfers.remove("rows", false, false);
    }
  }

  @Test
  void whoMayNotSeeTheStandbysIsToldSo() throws Exception {
    try (ConfiguredTransfers transfers = transfers("looker", null)) {
      assertThat(transfers.plan("rows", false).findings())
          .filteredOn(each -> each.code().equals("replica-lag"))
          .singleElement()
          .satisfies(each -> {
            assertThat(each.blocks()).isTrue();
            assertThat(each.says()).contains("pg_read_all_stats").contains("throttle.replica");
          });
    }
  }

  @Test
  void aReplicaThatIsNoneIsToldSo() throws Exception {
    try (ConfiguredTransfers transfers = transfers("mover", "new")) {
      assertThat(transfers.plan("rows", false).findings())
          .extracting(PlanReport.Found::says)
          .contains("is named in throttle.replica, and is a replica of nothing");
    }
  }
}
