package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.StatusReport;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunningTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static final List<TableOptions> TABLES = List.of(TableOptions.same("things"));

  private Side old;
  private Side next;

  @BeforeEach
  void create() throws Exception {
    old = Side.postgres(SERVER);
    next = Side.postgres(SERVER);
    for (Side each : List.of(old, next)) {
      each.run("create table things (id int primary key, name text)");
    }
    old.run("insert into things select n, 'thing ' || n from generate_series(1, 1000) n");
  }

  /// The comparison ends when the test lets it.
  @Test
  void whoComparesForLongStillSaysThatItIsThere() throws Exception {
    var check =
        new TransferOptions.Check(
            "slow", "select 1 from pg_advisory_xact_lock_shared(7)", "select 1");
    try (Connection session = DriverManager.getConnection(old.url(), "postgres", "");
        Statement statement = session.createStatement();
        Pair pair = new Pair(old.options("old"), next.options("new"), TABLES, List.of(check))) {
      statement.execute("select pg_advisory_lock(7)");
      pair.start();
      Instant first = pair.await(RunningTest::copied).at();
      StatusReport later = pair.await(status -> status.at().isAfter(first.plusSeconds(3)));
      assertThat(later.certificate()).isNull();
      statement.execute("select pg_advisory_unlock(7)");
      pair.awaitCompared();
    }
  }

  @Test
  @Timeout(60)
  void whoComparesForLongKeepsNobodyFromStoppingIt() throws Exception {
    var check = new TransferOptions.Check("slow", "select 1 from pg_sleep(600)", "select 1");
    try (Connection session = DriverManager.getConnection(old.url(), "postgres", "");
        Statement statement = session.createStatement();
        Pair pair = new Pair(old.options("old"), next.options("new"), TABLES, List.of(check))) {
      pair.start();
      pair.await(_ -> compares(statement));
    }
  }

  private static boolean compares(Statement session) {
    try (ResultSet row =
        session.executeQuery(
            "select 1 from pg_stat_activity where wait_event = 'PgSleep'"
                + " and datname = current_database() and query like '%600%'")) {
      return row.next();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static Instant compared(StatusReport status) {
    return Objects.requireNonNull(status.certificate()).at();
  }

  private static boolean copied(StatusReport status) {
    return status.tables().stream().allMatch(table -> table.state() == StatusReport.State.COPIED);
  }

  @Test
  void rowsThatWereLookedAtBeforeKeepNoHandoverBack() throws Exception {
    try (Pair pair = new Pair(old.options("old"), next.options("new"), TABLES)) {
      pair.start();
      pair.awaitCompared();
      Instant compared = compared(pair.await(_ -> true));
      for (int i = 1; i <= 3; i++) {
        old.run(
            "insert into things select n, 'more' from generate_series("
                + i * 20_000
                + ", "
                + (i * 20_000 + 19_999)
                + ") n");
        pair.awaitCaughtUp();
        Instant now = Instant.now();
        pair.await(status -> status.at().isAfter(now.plusSeconds(3)));
      }
      pair.handOver(true);
      assertThat(compared(pair.await(_ -> true)))
          .as("no other comparison of all rows was needed")
          .isEqualTo(compared);
      next.run("update things set name = 'by the new one' where id < 500");
      pair.assertSame();
    }
  }

  @Test
  void tooManyRowsToLookAtAreComparedAnewByThemselves() throws Exception {
    try (Pair pair = new Pair(old.options("old"), next.options("new"), TABLES)) {
      pair.start();
      pair.awaitCompared();
      Instant compared = compared(pair.await(_ -> true));
      old.run("insert into things select n, 'more' from generate_series(2000, 80000) n");
      pair.await(status -> compared(status).isAfter(compared));
      pair.handOver(true);
    }
  }
}
