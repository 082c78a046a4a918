package dev.banyan.transfer.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Rows;
import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresStreamTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static PostgresDatabase database;
  private Source source;
  private Table people;

  @BeforeAll
  static void open() throws SQLException {
    database = SERVER.open();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void create() throws SQLException {
    SERVER.run(
        "create table people (id int primary key, name text, picture text)",
        "alter table people alter picture set storage external");
    people = Moves.table(database, "people");
    source = database.source("people", List.of(people));
  }

  @AfterEach
  void drop() throws SQLException {
    source.remove();
    SERVER.run("drop table people");
  }

  private static Commit commit(String xid, Position position) {
    return new Commit(position, Long.parseLong(xid) & 0xffff_ffffL);
  }

  /// A session whose commit is in the log and waits for a standby that there is not.
  private static final class Hanging implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Future<?> commit;
    private final String xid;

    Hanging(String sql) throws Exception {
      SERVER.run(
          "alter system set synchronous_standby_names = 'nobody'", "select pg_reload_conf()");
      // The server waits for the standby some time after it was told to.
      Future<?> probe;
      do {
        probe = commit(written("select pg_logical_emit_message(true, 'probe', '')"));
      } while (!hangs(probe));
      SERVER.ask(
          "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
      probe.get(30, TimeUnit.SECONDS);
      Connection connection = written(sql);
      try (Statement statement = connection.createStatement()) {
        xid = LogicalServer.ask(statement, "select txid_current()::text").getFirst();
      }
      commit = commit(connection);
      assertThat(hangs(commit)).isTrue();
    }

    private static Connection written(String sql) throws SQLException {
      Connection connection = SERVER.connect("postgres");
      try (Statement statement = connection.createStatement()) {
        statement.execute("set synchronous_commit = on");
        connection.setAutoCommit(false);
        statement.execute(sql);
      }
      return connection;
    }

    private Future<?> commit(Connection connection) {
      return threads.submit(() -> {
        try (connection) {
          connection.commit();
        }
        return null;
      });
    }

    private static boolean hangs(Future<?> commit) throws SQLException {
      while (!commit.isDone()) {
        if (!SERVER.ask("select 1 from pg_stat_activity where wait_event = 'SyncRep'").isEmpty()) {
          return true;
        }
      }
      return false;
    }

    void release() throws Exception {
      SERVER.run("alter system reset synchronous_standby_names", "select pg_reload_conf()");
      commit.get(30, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      try {
        release();
      } catch (Exception e) {
        throw new AssertionError("the commit could not be released", e);
      }
      threads.close();
    }
  }

  @Test
  void aCommitThatTheLogDeliversBeforeItIsVisibleIsNotInTheSnapshot() throws Exception {
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun);
        Hanging hanging = new Hanging("insert into people values (1, 'a', null)")) {
      Commit delivered = Moves.next(stream, 1).getFirst().commit();
      assertThat(delivered.xid()).isEqualTo(commit(hanging.xid, begun).xid());
      try (Snapshot snapshot = source.snapshot()) {
        assertThat(Rows.of(snapshot, people)).isEmpty();
        assertThat(snapshot.token().contains(delivered)).isFalse();
        assertThat(snapshot.token().upTo()).isGreaterThanOrEqualTo(delivered.position());
      }
      assertThat(source.blocking(List.of(delivered)))
          .singleElement()
          .asString()
          .contains("pid ", "waits for SyncRep");

      hanging.release();
      try (Snapshot snapshot = source.snapshot()) {
        assertThat(Rows.of(snapshot, people)).hasSize(1);
        assertThat(snapshot.token().contains(delivered)).isTrue();
      }
      assertThat(source.blocking(List.of(delivered))).isEmpty();
    }
  }

  private static String xidOf(Connection open) throws SQLException {
    open.setAutoCommit(false);
    try (Statement statement = open.createStatement()) {
      return LogicalServer.ask(statement, "select txid_current()::text").getFirst();
    }
  }

  private static void untilWaitedFor(String xid) throws SQLException {
    String waits =
        "select 1 from pg_locks where not granted and transactionid::text = '" + xid + "'";
    while (SERVER.ask(waits).isEmpty()) {
      Thread.onSpinWait();
    }
  }

  /// The slot's creation waits for what is open in two steps; what commits between the second and
  /// its end is in the log before the slot begins, and need not be visible yet.
  @Test
  void aCommitThatHangsWhileTheSlotIsCreatedIsInS0WhereTheLogDoesNotDeliverIt() throws Exception {
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
        Connection first = SERVER.connect("postgres");
        Connection second = SERVER.connect("postgres")) {
      String one = xidOf(first);
      Future<Optional<Source.Beginning>> beginning = thread.submit(source::begin);
      untilWaitedFor(one);
      String two = xidOf(second);
      first.rollback();
      untilWaitedFor(two);
      try (Hanging hanging = new Hanging("insert into people values (1, 'a', null)")) {
        Commit hung = commit(hanging.xid, Position.START);
        second.rollback();
        Source.Beginning begun = beginning.get(60, TimeUnit.SECONDS).orElseThrow();
        assertThat(begun.s0().contains(hung)).as("the log will not deliver it").isTrue();
        try (Snapshot early = source.snapshot()) {
          assertThat(early.token().contains(hung)).as("and it is not visible").isFalse();
          assertThat(Rows.of(early, people)).isEmpty();
        }
        hanging.release();
        try (ChangeStream stream = source.follow(begun.position());
            Snapshot now = source.snapshot()) {
          assertThat(Moves.until(stream, source.tip()))
              .noneMatch(each -> each.commit().xid() == hung.xid());
          assertThat(now.token().contains(hung)).isTrue();
          assertThat(Rows.of(now, people)).hasSize(1);
        }
      }
    }
  }

  @Test
  void itBeginsOnceAndIsGoneWhenRemoved() throws Exception {
    Source.Beginning first = source.begin().orElseThrow();
    assertThat(source.begin()).isEmpty();
    try (Source again = database.source("people", List.of(people));
        ChangeStream stream = again.follow(first.position())) {
      assertThat(again.begin()).isEmpty();
      SERVER.run("insert into people values (1, 'a', null)");
      assertThat(Moves.next(stream, 1)).hasSize(1);
    }
    source.remove();
    source.remove();
    assertThat(SERVER.ask("select slot_name from pg_replication_slots")).isEmpty();
    assertThat(SERVER.ask("select pubname from pg_publication")).isEmpty();
  }

  @Test
  void whatWasAcknowledgedIsNotDeliveredAgainAndTheRestIs() throws Exception {
    Position begun = source.begin().orElseThrow().position();
    Transaction first;
    try (ChangeStream stream = source.follow(begun)) {
      SERVER.run(
          "insert into people values (1, 'a', null)", "insert into people values (2, 'b', null)");
      List<Transaction> both = Moves.next(stream, 2);
      first = both.getFirst();
      stream.acknowledge(first.commit().position());
      assertThat(stream.reached()).isEqualTo(both.getLast().commit().position());
    }
    Position from = first.commit().position();
    try (ChangeStream stream = source.follow(from)) {
      assertThat(Moves.changes(Moves.next(stream, 1)))
          .singleElement()
          .extracting(change -> ((Change.Upsert) change).key())
          .isEqualTo(Key.of(2L));
    }
    assertThatThrownBy(() -> source.follow(begun))
        .isInstanceOf(LogLost.class)
        .hasMessageContaining("moved on");
  }

  /// Chunks, comparisons and handovers wait for it.
  @Test
  void aQuietDatabaseSendsTheEndOfItsLogThoughItHadNotWrittenItOut() throws Exception {
    SERVER.run("alter system set wal_writer_delay = '10s'", "select pg_reload_conf()");
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun)) {
      SERVER.run("select pg_logical_emit_message(false, 'of nobody', 'not flushed')");
      Position tip = source.tip();
      for (int looks = 0; looks < 400 && stream.reached().compareTo(tip) < 0; looks++) {
        assertThat(stream.next(Duration.ofMillis(5)).map(Transaction::changes).orElse(List.of()))
            .isEmpty();
      }
      assertThat(stream.reached()).isGreaterThanOrEqualTo(tip);
    } finally {
      SERVER.run("alter system reset wal_writer_delay", "select pg_reload_conf()");
    }
  }

  @Test
  void keyChangesDeletesAndInsertsAgainComeInTheirOrder() throws Exception {
    SERVER.run("insert into people values (1, 'a', null), (-2, 'b', null)");
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun)) {
      SERVER.run(
          "begin",
          "update people set id = 3 where id = 1",
          "delete from people where id = -2",
          "insert into people values (-2, 'again', null)",
          "commit");
      TableName name = people.name();
      List<Change> changes = Moves.changes(Moves.next(stream, 1));
      assertThat(changes).hasSize(3);
      Change.Upsert moved = (Change.Upsert) changes.getFirst();
      assertThat(moved.moved()).isTrue();
      assertThat(moved.before()).isEqualTo(Key.of(1L));
      assertThat(moved.key()).isEqualTo(Key.of(3L));
      assertThat(changes.get(1)).isEqualTo(new Change.Delete(name, Key.of(-2L)));
      assertThat(((Change.Upsert) changes.getLast()).row().cell(1)).isEqualTo("again");
    }
  }

  @Test
  void aLargeValueThatDidNotChangeIsLeftOutUnlessTheKeyMoves() throws Exception {
    String large = "x".repeat(10_000);
    SERVER.run("insert into people values (1, 'a', repeat('x', 10000))");
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun)) {
      SERVER.run("update people set name = 'b'", "update people set id = 2");
      List<Change> changes = Moves.changes(Moves.next(stream, 2));
      assertThat(((Change.Upsert) changes.getFirst()).row().cell(2)).isEqualTo(Special.UNCHANGED);
      assertThat(((Change.Upsert) changes.getLast()).row().cell(2)).isEqualTo(large);

      SERVER.run("alter table people replica identity full", "update people set name = 'c'");
      Change full = Moves.changes(Moves.next(stream, 1)).getFirst();
      assertThat(((Change.Upsert) full).row().cell(2)).isEqualTo(large);
    }
  }

  @Test
  void truncatesAndAlteredTablesAreSaidSo() throws Exception {
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun)) {
      SERVER.run("insert into people values (1, 'a', null)", "truncate people");
      assertThat(Moves.changes(Moves.next(stream, 2)).getLast())
          .isEqualTo(new Change.Truncate(people.name()));
      SERVER.run(
          "alter table people drop picture, alter name type varchar(9), add email text",
          "insert into people values (2, 'b', 'c')",
          "insert into people values (3, 'b', 'c')");
      assertThat(Moves.changes(Moves.next(stream, 1)))
          .containsExactly(
              new Change.Altered(
                  people.name(),
                  "column name was text and is character varying(9), column email was added,"
                      + " column picture was dropped"));
    }
  }

  @Test
  void ourOwnWorkIsMarkedAndAUsersIsNot() throws Exception {
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun);
        Target target = database.target("back", List.of(people))) {
      target.prepare();
      try (TargetWork work = target.begin(1)) {
        Row row = new Row(new Object[] {1L, "ours", null});
        Key key = Key.of(1L);
        work.apply(people, List.of(new Change.Upsert(people.name(), key, key, row)));
        work.commit();
      }
      SERVER.run("insert into people values (2, 'theirs', null)");
      SERVER.run(
          "select pg_replication_origin_create('banyan_older_1')",
          "select pg_replication_origin_session_setup('banyan_older_1')",
          "insert into people values (3, 'of an older server', null)");
      assertThat(Moves.next(stream, 3))
          .extracting(Transaction::marks)
          // An older server's sessions have an origin each.
          .containsExactly(
              SERVER.version() < 14 ? "banyan_back_1" : "banyan_back", "", "banyan_older_1");
      target.remove();
    }
    SERVER.run("select pg_replication_origin_drop('banyan_older_1')");
  }

  @Test
  void anIdleDatabaseIsReachedToItsEnd() throws Exception {
    Position begun = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begun)) {
      SERVER.run("create table elsewhere as select 1", "drop table elsewhere");
      Position tip = source.tip();
      assertThat(source.behind(begun)).isPositive();
      assertThat(Moves.until(stream, tip)).allSatisfy(each -> assertThat(each.changes()).isEmpty());
      assertThat(stream.reached()).isGreaterThanOrEqualTo(tip);
      stream.acknowledge(stream.reached());
    }
    List<String> confirmed = SERVER.ask("select confirmed_flush_lsn from pg_replication_slots");
    assertThat(Lsn.position(confirmed.getFirst())).isGreaterThan(begun);
  }

  @Test
  void aSlotThatIsGoneIsALostLogAndOneThatStaysIsALeftover() throws Exception {
    Position begun = source.begin().orElseThrow().position();
    try (Source other = database.source("Other one", List.of(people))) {
      assertThat(other.leftovers()).singleElement().asString().contains("banyan_people", "bytes");
      assertThat(source.leftovers()).isEmpty();
      assertThatThrownBy(() -> other.follow(begun))
          .isInstanceOf(LogLost.class)
          .hasMessageContaining("does not exist any more");
    }
    SERVER.run("select pg_drop_replication_slot('banyan_people')");
    assertThatThrownBy(() -> source.follow(begun)).isInstanceOf(LogLost.class);
  }

  @Test
  void aTableWhoseUpdatesWouldFailIsNotPublished() throws Exception {
    SERVER.run("alter table people replica identity nothing");
    assertThatThrownBy(source::begin)
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("alter table people replica identity");
    assertThat(SERVER.ask("select pubname from pg_publication")).isEmpty();
  }

  @Test
  void chunksFollowTheKeyToItsEnd() throws Exception {
    SERVER.run(
        "create table pairs (a text collate \"C\", b int, primary key (a, b))",
        "insert into pairs select chr(96 + i % 3), -i from generate_series(1, 10) i");
    Table pairs = Moves.table(database, "pairs");
    assertThat(pairs.key()).containsExactly("a", "b");
    assertThat(pairs.column("a").binary()).isTrue();
    try (Snapshot snapshot = source.snapshot()) {
      Optional<Key> after = Optional.empty();
      int read = 0;
      for (Optional<Key> end = snapshot.boundary(pairs, after, 3);
          end.isPresent();
          end = snapshot.boundary(pairs, after, 3)) {
        Range range = new Range(after, end);
        List<Row> rows =
            Rows.of(snapshot, pairs).stream()
                .filter(row -> range.contains(row.key(pairs.keyIndexes())))
                .toList();
        assertThat(rows).hasSize(3);
        read += rows.size();
        after = end;
      }
      assertThat(read).isEqualTo(9);
    } finally {
      SERVER.run("drop table pairs");
    }
  }
}
