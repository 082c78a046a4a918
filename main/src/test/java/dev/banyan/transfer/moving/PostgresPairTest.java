package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.handover.Writes;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.CutoverReport;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.ReconcileReport;
import dev.banyan.transfer.report.StatusReport;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A whole transfer between two databases of one PostgreSQL, with renamed and split columns: copied
/// under writes, compared, repaired, handed over, and handed back.
@Timeout(240)
class PostgresPairTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static final String OLD = "old_shop";
  private static final String NEW = "new_shop";
  private static final int ROWS = 3_000;

  private static String url(String database) {
    return SERVER.url().replaceAll("/postgres$", "/" + database);
  }

  private static Connection connect(String database, String user) throws SQLException {
    return DriverManager.getConnection(url(database), user, "secret");
  }

  private static void sql(String database, String... statements) throws SQLException {
    try (Connection connection = connect(database, "postgres");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static String one(String database, String query) throws SQLException {
    try (Connection connection = connect(database, "postgres");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static DatabaseOptions database(String name, String database) {
    return new DatabaseOptions(
        name, url(database), "postgres", new Password("secret"), 16, List.of("app"));
  }

  private static ConfiguredTransfers transfers() {
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
                    List.of(
                        new ColumnRule.Copied("user_id", "id", null, null, null, null),
                        new ColumnRule.Split(
                            "full_name", " ", List.of("first", "last"), "names of three words")),
                    null,
                    Map.of()),
                TableOptions.same("orders")),
            List.of(
                new TransferOptions.Check(
                    "total", "select sum(cents) from orders", "select sum(cents) from orders")),
            false,
            new Throttle(null, null, null, null, 1L << 30, null),
            500,
            2,
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMinutes(10),
            TransferOptions.Compare.ROWS);
    Working working =
        new Working(
            List.of(database("old", OLD), database("new", NEW)),
            InstantSource.system(),
            System::nanoTime,
            Thread.ofVirtual().factory());
    return new ConfiguredTransfers(List.of(options), working, "a test");
  }

  private static void create() throws SQLException {
    sql(
        "postgres",
        "drop role if exists app",
        "create role app login password 'secret'",
        "create database " + OLD,
        "create database " + NEW);
    sql(
        OLD,
        "create table users (user_id bigint primary key, full_name text not null, born date)",
        "create table orders (id bigint primary key, user_id bigint not null, cents int not null)",
        "grant select, insert, update, delete on users, orders to app",
        "insert into users select n, 'Ann Nr' || n, date '1980-01-01' + n from generate_series(1, "
            + ROWS
            + ") n",
        "insert into orders select n, n, n * 7 from generate_series(1, " + ROWS + ") n");
    sql(
        NEW,
        "create table people (id bigint primary key, first text not null, last text, born date)",
        "create table orders (id bigint primary key, user_id bigint not null, cents int not null)",
        "grant select, insert, update, delete on people, orders to app");
  }

  /// The application: it writes to whichever side it is told, and knows what was acknowledged.
  private static final class Application implements AutoCloseable {
    final AtomicInteger acknowledged = new AtomicInteger();
    final AtomicBoolean atNew = new AtomicBoolean();
    final AtomicBoolean held = new AtomicBoolean();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger busy = new AtomicInteger();
    private final Thread thread = Thread.ofPlatform().start(this::write);

    private void write() {
      while (!over.get()) {
        busy.set(1);
        if (!held.get()) {
          insert(atNew.get() ? NEW : OLD, 1_000_000 + acknowledged.get());
        }
        busy.set(0);
      }
    }

    private void insert(String database, int id) {
      try (Connection connection = connect(database, "app");
          Statement statement = connection.createStatement()) {
        statement.execute("insert into orders values (" + id + ", 1, 3)");
        acknowledged.incrementAndGet();
      } catch (SQLException e) {
        // Fenced, or its session was ended: not acknowledged, and tried again under the same key.
        assertThat(e.getSQLState()).isIn("42501", "57P01", "57P05", "08006", "23505");
        if (e.getSQLState().equals("23505")) {
          acknowledged.incrementAndGet();
        }
      }
    }

    Writes writes() {
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

    void end() throws InterruptedException {
      over.set(true);
      thread.join();
    }

    @Override
    public void close() {
      over.set(true);
    }
  }

  @Test
  void movesComparesRepairsAndChangesTheOwnerThereAndBackUnderWrites() throws Exception {
    create();
    try (ConfiguredTransfers transfers = transfers();
        Application application = new Application()) {
      PlanReport plan = transfers.plan("users", false);
      assertThat(plan.findings()).filteredOn(PlanReport.Found::blocks).isEmpty();
      AtomicReference<@Nullable StatusReport> last = new AtomicReference<>();
      CountDownLatch ended = new CountDownLatch(1);
      AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
      Thread running =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = transfers.run("users", last::set);
                } catch (Exception e) {
                  failure.set(e);
                } finally {
                  ended.countDown();
                }
              });
      await(last, failure, status -> status.certificate() != null);
      assertThat(transfers.status("users"))
          .satisfies(status -> {
            assertThat(status.phase()).isEqualTo(StatusReport.Phase.RECONCILED);
            assertThat(status.owner()).isEqualTo("old");
          });
      assertThat(one(NEW, "select first || '/' || last from people where id = 17"))
          .isEqualTo("Ann/Nr17");

      sql(NEW, "update people set last = 'Wrong' where id = 5", "delete from orders where id = 9");
      ReconcileReport found = transfers.reconcile("users", false, _ -> {});
      assertThat(found.differences())
          .extracting(each -> each.table() + " " + each.key() + " " + each.kind() + each.columns())
          .containsExactlyInAnyOrder("public.people 5 changed[last]", "public.orders 9 missing[]");
      ReconcileReport repaired = transfers.reconcile("users", true, _ -> {});
      assertThat(repaired.repaired()).isEqualTo(2);
      assertThat(repaired.certificate().green()).isTrue();

      CutoverReport there = handOver(transfers, application, true);
      assertThat(there.done()).as("%s", there).isTrue();
      assertThat(there.fenced()).isTrue();
      assertTheOldSideRefusesTheApplication();
      int before = application.acknowledged.get();
      while (application.acknowledged.get() < before + 50) {
        Thread.onSpinWait();
      }
      CutoverReport back = handOver(transfers, application, false);
      assertThat(back.done()).as("%s", back).isTrue();
      application.end();

      assertThat(one(OLD, "select count(*) from orders where id >= 1000000"))
          .as("what was acknowledged, whoever owned the rows")
          .isEqualTo(Integer.toString(application.acknowledged.get()));
      ReconcileReport end = transfers.reconcile("users", false, _ -> {});
      assertThat(end.certificate().green()).isTrue();
      transfers.stop();
      assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(failure.get()).isNull();
      running.join();
      assertThat(transfers.remove("users", true, false))
          .contains("new: the fence that kept the application from writing");
      assertThat(one("postgres", "select count(*) from pg_replication_slots")).isEqualTo("0");
    }
  }

  private static void assertTheOldSideRefusesTheApplication() {
    assertThatThrownBy(
            () -> {
              try (Connection connection = connect(OLD, "app");
                  Statement statement = connection.createStatement()) {
                statement.execute("insert into orders values (-1, 1, 1)");
              }
            })
        .as("a worker that goes round the gateway is refused")
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("permission denied");
  }

  private static CutoverReport handOver(
      ConfiguredTransfers transfers, Application application, boolean toNew) throws Exception {
    return transfers.handOver(
        "users",
        toNew,
        false,
        application.writes(),
        () -> {
          application.atNew.set(toNew);
          return Optional.empty();
        });
  }

  private interface Condition {
    boolean holds(StatusReport status);
  }

  private static void await(
      AtomicReference<@Nullable StatusReport> last,
      AtomicReference<@Nullable Exception> failure,
      Condition condition)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    while (System.nanoTime() < until) {
      StatusReport status = last.get();
      Exception failed = failure.get();
      if (failed != null) {
        throw failed;
      }
      if (status != null && condition.holds(status)) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("in vain; it stands at " + last.get());
  }
}
