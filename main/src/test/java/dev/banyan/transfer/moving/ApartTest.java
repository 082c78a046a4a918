package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.Throttle;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.postgres.LogicalServer;
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
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// A transfer that follows no log, between two databases of one PostgreSQL whose rows are written
/// to by others.
@Timeout(120)
class ApartTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private final Sent sent = new Sent();
  private final ConfiguredTransfers transfers =
      new ConfiguredTransfers(
          List.of(
              new TransferOptions(
                  "things",
                  "one",
                  "two",
                  List.of("things"),
                  List.of(TableOptions.same("things")),
                  List.of(),
                  true,
                  new Throttle(null, null, null, null, 1L << 30, null),
                  500,
                  2,
                  Duration.ofSeconds(5),
                  Duration.ofMinutes(10),
                  Duration.ofSeconds(2),
                  Duration.ofMinutes(10),
                  TransferOptions.Compare.ROWS)),
          new Working(
              List.of(database("one"), database("two")),
              InstantSource.system(),
              System::nanoTime,
              Thread.ofVirtual().factory()),
          "a test",
          sent);

  /// Somebody who sends writes to both sides.
  private static final class Sent implements SentWrites {
    private volatile Optional<Boolean> targetOwns = Optional.of(false);
    private volatile boolean wanted;
    private final BlockingQueue<String> agreed = new LinkedBlockingQueue<>();

    @Override
    public Optional<Boolean> targetOwns(TransferOptions transfer) {
      return targetOwns;
    }

    @Override
    public boolean isWanted(TransferOptions transfer) {
      return wanted;
    }

    @Override
    public Agreed before(TransferOptions transfer) {
      return () -> {
        wanted = false;
        agreed.add(transfer.name());
      };
    }
  }

  private static DatabaseOptions database(String name) {
    return new DatabaseOptions(name, url(name), "postgres", new Password("secret"), 8, List.of());
  }

  private static String url(String database) {
    return SERVER.url().replaceAll("/postgres$", "/" + database);
  }

  private static @Nullable String sql(String database, String text) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database), "postgres", "secret");
        Statement statement = connection.createStatement()) {
      if (!statement.execute(text)) {
        return null;
      }
      try (ResultSet rows = statement.getResultSet()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  @BeforeEach
  void create() throws SQLException {
    for (String each : List.of("one", "two")) {
      sql("postgres", "drop database if exists " + each + " with (force)");
      sql("postgres", "create database " + each);
      sql(each, "create table things (id bigint primary key, what text not null)");
    }
    sql("one", "insert into things select i, 'thing ' || i from generate_series(1, 2000) i");
  }

  @AfterEach
  void end() {
    transfers.close();
  }

  @Test
  void rowsAreCopiedOnceAndComparedForAsLongAsItRuns() throws Exception {
    BlockingQueue<StatusReport> said = new LinkedBlockingQueue<>();
    Thread running =
        Thread.ofVirtual()
            .start(() -> {
              try {
                var _ = transfers.run("things", said::add);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    assertThat(sent.agreed.poll(60, TimeUnit.SECONDS)).isEqualTo("things");
    assertThat(sql("two", "select count(*) from things")).isEqualTo("2000");

    // What goes to both sides is no difference, though nothing here carries it; a wish is enough.
    for (String each : List.of("one", "two")) {
      sql(each, "insert into things values (2001, 'sent to both')");
    }
    sent.wanted = true;
    assertThat(sent.agreed.poll(60, TimeUnit.SECONDS)).isEqualTo("things");

    sql("one", "update things set what = 'to one side alone' where id = 7");
    sent.wanted = true;
    while (said.take().certificate() == null || transfers.status("things").differences() != 1) {
      assertThat(sent.agreed).isEmpty();
    }
    transfers.stop();
    running.join();
  }

  @Test
  void whatDiffersIsNamedAndTheOwnersRowsAreRight() throws Exception {
    var _ = transfers.backfill("things", _ -> {});
    sql("one", "update things set what = 'one' where id = 1");
    sql("two", "delete from things where id = 2");
    sql("two", "insert into things values (3000, 'two')");

    ReconcileReport report = transfers.reconcile("things", false, _ -> {});
    assertThat(report.differences())
        .extracting(each -> each.kind() + " " + each.key())
        .containsExactlyInAnyOrder("changed 1", "missing 2", "extra 3000");
    assertThat(sent.agreed).isEmpty();

    ReconcileReport repaired = transfers.reconcile("things", true, _ -> {});
    assertThat(repaired.differences()).isEmpty();
    assertThat(sent.agreed).hasSize(1);
    assertThat(sql("two", "select what from things where id = 1")).isEqualTo("one");
    assertThat(sql("two", "select count(*) from things where id = 3000")).isEqualTo("0");

    sent.targetOwns = Optional.of(true);
    sql("two", "update things set what = 'two' where id = 1");
    var _ = transfers.reconcile("things", true, _ -> {});
    assertThat(sql("one", "select what from things where id = 1")).isEqualTo("two");
  }

  @Test
  void whatIsOnlyInTheWayOfFollowingIsInNobodysWay() throws Exception {
    sql("one", "alter table things set unlogged");
    assertThat(transfers.plan("things", false).findings()).isEmpty();
    assertThat(transfers.backfill("things", _ -> {}).tables())
        .allMatch(each -> each.state() == StatusReport.State.COPIED);
  }

  @Test
  void nothingIsRepairedWhereNobodyKnowsWhoseRowsAreRight() throws Exception {
    var _ = transfers.backfill("things", _ -> {});
    sql("one", "update things set what = 'one' where id = 1");
    sent.targetOwns = Optional.empty();

    assertThatThrownBy(() -> transfers.reconcile("things", true, _ -> {}))
        .hasMessageContaining("not repaired")
        .hasMessageContaining("gateway");
    assertThat(sql("two", "select what from things where id = 1")).isEqualTo("thing 1");
  }
}
