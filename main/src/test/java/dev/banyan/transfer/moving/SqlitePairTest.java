package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.handover.Writes;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.report.TransferFailed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A transfer between two files, as a gateway runs it: there, back, and gone without a trace.
@Timeout(120)
final class SqlitePairTest {
  private static final int ROWS = 5_000;

  @TempDir Path files;

  private final AtomicInteger acknowledged = new AtomicInteger();
  private final AtomicBoolean atNew = new AtomicBoolean();
  private final AtomicBoolean held = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger busy = new AtomicInteger();

  private String url(String name) {
    return "jdbc:sqlite:" + files.resolve(name + ".db");
  }

  private Connection connect(String name) throws SQLException {
    Connection connection = DriverManager.getConnection(url(name));
    try (Statement statement = connection.createStatement()) {
      statement.execute("pragma busy_timeout = 20000");
    }
    return connection;
  }

  private void sql(String name, String... statements) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private String one(String name, String query) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private void create() throws SQLException {
    String numbers =
        " with recursive n(i) as (select 1 union all select i + 1 from n where i < " + ROWS + ")";
    sql(
        "old",
        "pragma journal_mode = wal",
        "create table users (user_id integer primary key, name text, mail text unique)",
        "create table orders (code text primary key not null, cents int, at datetime)",
        "insert into users" + numbers + " select i, 'Ann ' || i, 'ann' || i from n",
        "insert into orders"
            + numbers
            + " select 'o' || i, i * 7, '2024-02-29 12:00:00.' || i from n",
        // cells that are not what their columns declare
        "insert into orders values ('odd', 'many', 1709208000)");
    sql(
        "new",
        "pragma journal_mode = wal",
        "create table people (id integer primary key, name text, mail text unique)",
        "create table orders (code text primary key not null, cents int, at datetime)");
  }

  private ConfiguredTransfers transfers() {
    return transfers(null, "a test");
  }

  private ConfiguredTransfers transfers(@Nullable Long rowsPerSecond, String self) {
    TransferOptions options =
        new TransferOptions(
            "users",
            "old",
            "new",
            List.of("users"),
            List.of(
                new TableOptions(
                    "users",
                    "people",
                    List.of(new ColumnRule.Copied("user_id", "id", null, null, null, null)),
                    null,
                    Map.of()),
                TableOptions.same("orders")),
            List.of(),
            false,
            new Throttle(rowsPerSecond, null, null, null, 1L << 30, null),
            500,
            2,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            TransferOptions.Compare.ROWS);
    List<DatabaseOptions> databases =
        List.of(
            new DatabaseOptions("old", url("old"), null, null, 16, List.of()),
            new DatabaseOptions("new", url("new"), null, null, 16, List.of()));
    Working working =
        new Working(
            databases, InstantSource.system(), System::nanoTime, Thread.ofVirtual().factory());
    return new ConfiguredTransfers(List.of(options), working, self);
  }

  /// The application, which writes to whichever side it is told and knows what was acknowledged.
  private void write() {
    while (!over.get()) {
      busy.set(1);
      if (!held.get()) {
        int id = 1_000_000 + acknowledged.get();
        String table = atNew.get() ? "people" : "users";
        try {
          sql(
              atNew.get() ? "new" : "old",
              "replace into " + table + " values (" + id + ", 'New', 'new" + id / 2 + "')");
          acknowledged.incrementAndGet();
        } catch (SQLException e) {
          assertThat(e.getMessage()).contains("banyan: the writes of this table have moved");
        }
      }
      busy.set(0);
    }
  }

  private Writes writes() {
    return longest -> {
      held.set(true);
      return new Writes.Held() {
        @Override
        public boolean drained(Duration wait) {
          while (busy.get() != 0 && held.get()) {
            Thread.onSpinWait();
          }
          return true;
        }

        @Override
        public void close() {
          held.set(false);
        }
      };
    };
  }

  private CutoverReport handOver(ConfiguredTransfers transfers, boolean toNew) throws Exception {
    return transfers.handOver(
        "users",
        toNew,
        false,
        writes(),
        () -> {
          atNew.set(toNew);
          return Optional.empty();
        });
  }

  @Test
  void movesComparesRepairsAndChangesTheOwnerThereAndBackUnderWrites() throws Exception {
    create();
    Thread application = Thread.ofPlatform().start(this::write);
    AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (ConfiguredTransfers transfers = transfers()) {
      PlanReport plan = transfers.plan("users", true);
      assertThat(plan.findings()).filteredOn(PlanReport.Found::blocks).isEmpty();
      Thread running =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = transfers.run("users", last::set);
                } catch (Exception e) {
                  failure.set(e);
                }
              });
      await(last, failure, status -> status.certificate() != null);

      plantedFaultsAreNamedAndRepaired(transfers);

      CutoverReport there = handOver(transfers, true);
      assertThat(there.done()).as("%s", there).isTrue();
      assertThat(there.fenced()).isTrue();
      theOldSideRefusesEveryWrite();
      int before = acknowledged.get();
      while (acknowledged.get() < before + 20) {
        Thread.onSpinWait();
      }
      assertThat(transfers.reconcile("users", false, _ -> {}).certificate().green()).isTrue();
      CutoverReport back = handOver(transfers, false);
      assertThat(back.done()).as("%s", back).isTrue();
      over.set(true);
      application.join();

      // The application replaced every other row by its unique key.
      assertThat(one("old", "select count(*) from users where user_id >= 1000000"))
          .as("what was acknowledged, whoever owned the rows")
          .isEqualTo(Integer.toString((acknowledged.get() + 1) / 2));
      ReconcileReport end = transfers.reconcile("users", false, _ -> {});
      assertThat(end.certificate().green()).isTrue();
      transfers.stop();
      running.join();
      assertThat(failure.get()).isNull();
      assertThat(transfers.remove("users", false, false))
          .anyMatch(each -> each.contains("new: the fence stays"));
      assertThat(left("new"))
          .as("it does not own the rows, and its fence stands")
          .filteredOn(name -> !name.startsWith("sqlite_"))
          .hasSize(8)
          .allMatch(name ->
              name.equals("banyan_mark")
                  || name.equals("banyan_epoch")
                  || name.startsWith("banyan_fence_"));
      assertThat(transfers.remove("users", true, false))
          .anyMatch(each -> each.contains("new: the fence that kept"));
    } finally {
      over.set(true);
    }
    assertThat(left("old")).isEmpty();
    assertThat(left("new")).isEmpty();
  }

  @Test
  void aBackfillThatIsTakenUpAgainCountsTheRowsOfBefore() throws Exception {
    create();
    try (ConfiguredTransfers transfers = transfers(1_000L, "a test")) {
      StatusReport stopped =
          transfers.backfill(
              "users",
              status -> {
                if (status.rows() > 0) {
                  transfers.stop();
                }
              });
      assertThat(stopped.rows()).isBetween(1L, 2L * ROWS);
      assertThat(stopped.rowsPerSecond())
          .as("the rests are part of it, %s", stopped)
          .isLessThan(20_000);
    }
    for (int i = 0; i < 2; i++) {
      try (ConfiguredTransfers transfers = transfers()) {
        assertThat(transfers.backfill("users", _ -> {}).rows()).isEqualTo(2 * ROWS + 1);
      }
    }
    try (ConfiguredTransfers transfers = transfers()) {
      assertThat(transfers.remove("users", false, false)).isNotEmpty();
    }
    try (ConfiguredTransfers transfers = transfers()) {
      assertThat(transfers.backfill("users", _ -> {}).rows())
          .as("begun anew")
          .isEqualTo(2 * ROWS + 1);
    }
  }

  @Test
  void whatAnotherProcessWorksOnIsNotRemoved() throws Exception {
    create();
    AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    ConfiguredTransfers transfers = transfers();
    try (ConfiguredTransfers others = transfers(null, "another")) {
      Thread running =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = transfers.stream("users", last::set);
                } catch (Exception e) {
                  failure.set(e);
                }
              });
      await(last, failure, status -> status.phase() == StatusReport.Phase.STREAM);
      assertThatThrownBy(() -> others.remove("users", false, false))
          .isInstanceOf(TransferFailed.class)
          .hasMessage(
              "transfer users is worked on by a test; stop that one first, or wait 10 s if it was"
                  + " killed");
      assertThat(transfers.reconcile("users", false, _ -> {}).certificate().green()).isTrue();
      transfers.close();
      assertThat(others.remove("users", false, false))
          .as("whoever closes it leaves it to others at once")
          .isNotEmpty();
      running.join();
    } finally {
      transfers.close();
    }
  }

  /// Nothing compares the rows here but the handovers themselves, and one comparison of all.
  @Test
  void comesBackDirectlyAfterAVerifiedCutover() throws Exception {
    create();
    Thread application = Thread.ofPlatform().unstarted(this::write);
    AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    try (ConfiguredTransfers transfers = transfers()) {
      Thread running =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = transfers.stream("users", last::set);
                } catch (Exception e) {
                  failure.set(e);
                }
              });
      await(last, failure, status -> status.phase() == StatusReport.Phase.STREAM);
      application.start();
      assertThat(transfers.reconcile("users", false, _ -> {}).certificate().green()).isTrue();
      CutoverReport there = handOver(transfers, true);
      assertThat(there.done()).as("%s", there).isTrue();
      int before = acknowledged.get();
      while (acknowledged.get() < before + 5) {
        Thread.onSpinWait();
      }
      CutoverReport back = handOver(transfers, false);
      assertThat(back.done()).as("%s", back).isTrue();
      CutoverReport again = handOver(transfers, true);
      assertThat(again.done()).as("%s", again).isTrue();
      transfers.stop();
      running.join();
      assertThat(failure.get()).isNull();
    } finally {
      over.set(true);
      application.join();
    }
    assertThat(one("new", "select count(*) from people where id >= 1000000"))
        .isEqualTo(Integer.toString((acknowledged.get() + 1) / 2));
  }

  private void plantedFaultsAreNamedAndRepaired(ConfiguredTransfers transfers) throws Exception {
    sql(
        "new",
        "update people set name = 'Wrong' where id = 5",
        "delete from orders where code = 'o9'",
        "update orders set cents = '63' || '' , at = 1709208001 where code = 'odd'");
    ReconcileReport found = transfers.reconcile("users", false, _ -> {});
    assertThat(found.differences())
        .extracting(each -> each.table() + " " + each.key() + " " + each.kind() + each.columns())
        .containsExactlyInAnyOrder(
            "main.people 5 changed[name]",
            "main.orders \"o9\" missing[]",
            "main.orders \"odd\" changed[cents, at]");
    ReconcileReport repaired = transfers.reconcile("users", true, _ -> {});
    assertThat(repaired.repaired()).isEqualTo(3);
    assertThat(repaired.certificate().green()).isTrue();
    assertThat(one("new", "select typeof(cents) || typeof(at) from orders where code = 'odd'"))
        .isEqualTo("textinteger");
  }

  private void theOldSideRefusesEveryWrite() {
    for (String write :
        List.of(
            "insert into users values (-1, 'a', 'b')",
            "insert or ignore into users values (-1, 'a', 'b')",
            "replace into users values (5, 'a', 'b')",
            "update users set name = 'a' where user_id = 5",
            "delete from users")) {
      assertThatThrownBy(() -> sql("old", write))
          .as(write)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("banyan: the writes of this table have moved (users)");
    }
  }

  private List<String> left(String name) throws SQLException {
    String all =
        one(
            name,
            "select coalesce(group_concat(name), '') from sqlite_master where name like 'banyan%'");
    return all.isEmpty() ? List.of() : List.of(all.split(","));
  }

  private static void await(
      AtomicReference<@Nullable StatusReport> last,
      AtomicReference<@Nullable Exception> failure,
      Predicate<StatusReport> condition)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < until) {
      StatusReport status = last.get();
      Exception failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      if (status != null && condition.test(status)) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("in vain; it stands at " + last.get());
  }
}
