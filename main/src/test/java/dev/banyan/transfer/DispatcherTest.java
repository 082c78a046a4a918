package dev.banyan.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.embedded.EmbeddedDatabase;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.plan.Plan;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Chunks and changes by hand, into a table with a value that must be the only one.
final class DispatcherTest {
  private static final Range FIRST = new Range(Optional.empty(), Optional.of(Key.of(5L)));
  private static final Range REST = new Range(Optional.of(Key.of(5L)), Optional.empty());

  @TempDir Path folder;
  private Connection sql;
  private EmbeddedDatabase database;
  private Target target;
  private Table people;
  private Dispatcher dispatcher;

  @BeforeEach
  void open() throws Exception {
    String url = "jdbc:sqlite:" + folder.resolve("new.db");
    sql = DriverManager.getConnection(url);
    try (Statement statement = sql.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute("create table people (id integer primary key, mail text unique)");
    }
    database = EmbeddedDatabase.sqlite("new", url, 4);
    people = database.tables(List.of(new TableName("main", "people"))).getFirst();
    target = database.target("t", List.of(people));
    begin(true);
  }

  /// @param ordered the client orders the keys as the source does
  private void begin(boolean ordered) throws Exception {
    dispatcher =
        new Dispatcher(
            Life.begun(target, 0),
            new Writing(new SameTables(Map.of(people.name(), people), true)),
            Options.DEFAULT,
            List.of(people.name()),
            Plan.begin(
                new Plan.Scope(Map.of(people.name(), ordered), marks -> !marks.isEmpty()),
                at(1),
                new SnapshotToken.Upto(at(1))));
    dispatcher.flush();
  }

  @AfterEach
  void close() throws Exception {
    target.close();
    database.close();
    sql.close();
  }

  private static Position at(long offset) {
    return new Position(0, offset);
  }

  private Change.Upsert row(long id, Object mail) {
    Row row = new Row(new Object[] {id, mail});
    return new Change.Upsert(people.name(), Key.of(id), Key.of(id), row);
  }

  private Change.Delete gone(long id) {
    return new Change.Delete(people.name(), Key.of(id));
  }

  private static Transaction committed(long position, Change... changes) {
    return new Transaction(new Commit(at(position), 0), Instant.EPOCH, List.of(changes), "");
  }

  private void chunk(Range range, long snapshot, Change.Upsert... rows) throws Exception {
    assertThat(dispatcher.register(people.name(), range)).isTrue();
    merge(range, snapshot, rows);
  }

  private void merge(Range range, long snapshot, Change.Upsert... rows) throws Exception {
    assertThat(dispatcher.opened(people.name(), range, new SnapshotToken.Upto(at(snapshot))))
        .isEqualTo(Dispatcher.Answer.YES);
    dispatcher.enter();
    try (TargetWork work = target.begin(0)) {
      work.apply(people, List.of(rows));
      assertThat(dispatcher.merge(people.name(), range, work, Duration.ofSeconds(1)))
          .isEqualTo(Dispatcher.Answer.YES);
    } finally {
      dispatcher.leave();
    }
  }

  private List<String> there() throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = sql.createStatement();
        ResultSet row =
            statement.executeQuery("select id || ' ' || mail from people order by id")) {
      while (row.next()) {
        rows.add(row.getString(1));
      }
    }
    return rows;
  }

  @Test
  void aValueThatAChunkHasAlreadyWaitsUntilItIsTakenFromTheRowThatHadItBefore() throws Exception {
    chunk(FIRST, 1, row(1, "one"));
    chunk(REST, 4, row(6, "shared"));

    dispatcher.deliver(List.of(committed(2, row(3, "shared"))), Optional.empty());
    dispatcher.flush();
    assertThat(dispatcher.plan().stopped(people.name())).as("it waits").isEmpty();
    assertThat(dispatcher.plan().applied()).isEqualTo(at(1));
    assertThat(there()).containsExactly("1 one", "6 shared");

    dispatcher.deliver(
        List.of(
            committed(3, row(2, "two"), gone(3)),
            committed(4, row(6, "shared")),
            committed(5, row(3, "three"))),
        Optional.empty());
    dispatcher.flush();
    assertThat(dispatcher.plan().stopped(people.name())).isEmpty();
    assertThat(dispatcher.plan().applied()).isEqualTo(at(5));
    assertThat(there()).containsExactly("1 one", "2 two", "3 three", "6 shared");
  }

  @Test
  void aValueThatStaysWithTwoRowsStopsTheTable() throws Exception {
    chunk(Range.ALL, 1, row(1, "one"));
    dispatcher.deliver(List.of(committed(2, row(2, "one"))), Optional.empty());
    dispatcher.flush();
    assertThat(dispatcher.plan().stopped(people.name())).contains("people", "mail");
  }

  @Test
  void aChangeThatLeavesValuesOutStopsNoTableWhileItsRowIsNotCopiedYet() throws Exception {
    begin(false);
    chunk(FIRST, 1, row(1, "one"));
    dispatcher.deliver(
        List.of(committed(2, row(6, Special.UNCHANGED), row(2, "two"), row(2, Special.UNCHANGED))),
        Optional.empty());
    dispatcher.flush();
    assertThat(dispatcher.plan().stopped(people.name())).as("of a row ahead").isEmpty();
    assertThat(there()).containsExactly("1 one", "2 two");

    assertThat(dispatcher.register(people.name(), REST)).isTrue();
    dispatcher.deliver(
        List.of(committed(3, row(7, Special.UNCHANGED), gone(7), row(1, Special.UNCHANGED))),
        Optional.empty());
    merge(REST, 3, row(6, "six"));
    assertThat(dispatcher.plan().stopped(people.name())).as("of a row gone since").isEmpty();
    assertThat(there()).containsExactly("1 one", "2 two", "6 six");

    dispatcher.deliver(List.of(committed(4, row(8, Special.UNCHANGED))), Optional.empty());
    dispatcher.flush();
    assertThat(dispatcher.plan().stopped(people.name()))
        .as("everything is copied, and the row should be there")
        .contains("the row is not there");
  }
}
