package dev.banyan.transfer.mysql;

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
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MysqlSourceTest {
  @RegisterExtension static final MariaDbServer SERVER = new MariaDbServer();

  private String schema;
  private MysqlDatabase database;

  @BeforeEach
  void open() throws SQLException {
    schema = SERVER.schema();
    database = MysqlDatabase.open("m", SERVER.url(schema), "root", "", Thread::new);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private Source source(String... ddl) throws SQLException {
    run(ddl);
    return database.source("t", tables());
  }

  private List<Table> tables() throws SQLException {
    return database.tables(List.of(new TableName(schema, "a"), new TableName(schema, "b")));
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = SERVER.connect(schema)) {
      MariaDbServer.run(connection, statements);
    }
  }

  private static List<Transaction> untilTip(Source source, Position from) throws Exception {
    try (ChangeStream stream = source.follow(from)) {
      return untilTip(source, stream);
    }
  }

  private static List<Transaction> untilTip(Source source, ChangeStream stream) throws Exception {
    List<Transaction> transactions = new ArrayList<>();
    Position tip = source.tip();
    while (stream.reached().compareTo(tip) < 0) {
      stream.next(Duration.ofSeconds(20)).ifPresent(transactions::add);
    }
    return transactions;
  }

  private static List<String> shown(List<Transaction> transactions) {
    return transactions.stream()
        .flatMap(each -> each.changes().stream())
        .map(MysqlSourceTest::shown)
        .toList();
  }

  private static String shown(Change change) {
    return switch (change) {
      case Change.Upsert upsert ->
          (upsert.moved() ? upsert.before() + "->" : "")
              + upsert.key()
              + "="
              + upsert.row().cell(1);
      case Change.Delete delete -> "-" + delete.key();
      case Change.Truncate truncate -> "truncate " + truncate.table().name();
      case Change.Altered altered -> "altered " + altered.table().name();
    };
  }

  @Test
  void transactionsComeWholeAndOnlyOfItsTables() throws Exception {
    try (Source source = source("create table a (id int primary key, v varchar(20))")) {
      Position from = source.begin().orElseThrow().position();
      run(
          "create table other (id int primary key)",
          "insert into other values (1)",
          "begin",
          "insert into a values (1, 'one'), (-2, 'two')",
          "insert into other values (2)",
          "update a set v = 'eins' where id = 1",
          "delete from a where id = -2",
          "commit",
          "begin",
          "insert into a values (9, 'never')",
          "rollback",
          "insert into a values (3, 'three')");
      List<Transaction> transactions = untilTip(source, from);
      assertThat(transactions).hasSize(2);
      assertThat(shown(transactions))
          .containsExactly("1=one", "-2=two", "1=eins", "--2", "3=three");
      assertThat(transactions).allMatch(each -> each.marks().isEmpty());
      // From the first commit on, what is beyond it comes again and no more.
      assertThat(shown(untilTip(source, transactions.getFirst().commit().position())))
          .containsExactly("3=three");
    }
  }

  @Test
  void keysMoveAndComeBackAndAreReplaced() throws Exception {
    try (Source source =
        source("create table a (id int primary key, v varchar(20), unique key (v))")) {
      Position from = source.begin().orElseThrow().position();
      run(
          "insert into a values (1, 'x'), (2, 'y')",
          "update a set id = 10 where id = 1",
          "delete from a where id = 2",
          "insert into a values (2, 'again')",
          "replace into a values (2, 'replaced')",
          "replace into a values (3, 'x')",
          "insert into a values (3, 'z') on duplicate key update v = 'dup'");
      List<Transaction> transactions = untilTip(source, from);
      Map<Key, Object> state = new HashMap<>();
      for (Transaction each : transactions) {
        for (Change change : each.changes()) {
          if (change instanceof Change.Upsert upsert) {
            state.remove(upsert.before());
            state.put(upsert.key(), upsert.row().cell(1));
          } else if (change instanceof Change.Delete delete) {
            state.remove(delete.key());
          }
        }
      }
      assertThat(shown(transactions)).contains("1->10=x", "-2", "2=again", "2=replaced");
      assertThat(state).isEqualTo(Map.of(Key.of(2L), "replaced", Key.of(3L), "dup"));
    }
  }

  @Test
  void generatedColumnsAreInSnapshotAndLogAlike() throws Exception {
    try (Source source =
        source(
            "create table a (id int primary key, v int as (id * 2) virtual,"
                + " s int as (id * 3) stored)")) {
      Position from = source.begin().orElseThrow().position();
      run("insert into a (id) values (7)", "update a set id = 8");
      assertThat(shown(untilTip(source, from))).containsExactly("7=14", "7->8=16");
      assertThat(TypesRoundTest.rows(source, tables().getFirst()).getFirst().cells())
          .containsExactly(8L, 16L, 24L);
      assertThat(tables().getFirst().columns())
          .extracting("generated")
          .containsExactly(false, true, true);
    }
  }

  @Test
  void truncateAndAlterAreTold() throws Exception {
    try (Source source =
        source(
            "create table a (id int primary key, v int)",
            "create table b (id int primary key, v int)")) {
      Position from = source.begin().orElseThrow().position();
      run(
          "insert into a values (1, 1)",
          "alter table a auto_increment = 100",
          "create index by_v on a (v)",
          "alter table a add index by_v2 (v), drop index by_v",
          "create trigger a_guard before delete on a for each row set @x = 1",
          "truncate table a",
          "truncate " + schema + ".b",
          "create table other (id int)",
          "alter table other add column a int",
          "alter table `a` add column w int",
          "rename table b to c, c to b");
      try (ChangeStream stream = source.follow(from)) {
        assertThat(shown(untilTip(source, stream)))
            .containsExactly("1=1", "truncate a", "truncate b", "altered a", "altered b");
      }
    }
  }

  @Test
  void rowsOfAnotherShapeThanTheCatalogsAreNotRead() throws Exception {
    try (Source before = source("create table a (id int primary key, v int)")) {
      Position from = before.begin().orElseThrow().position();
      run("insert into a values (1, 1)", "alter table a change v w int");
      try (Source after = database.source("t", tables())) {
        assertThatThrownBy(() -> untilTip(after, from))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("columns [id, w]")
            .hasMessageContaining("log has [id, v]");
      }
    }
  }

  @Test
  void partialRowImagesAreRefusedByName() throws Exception {
    try (Source source = source("create table a (id int primary key, v int, w int)")) {
      Position from = source.begin().orElseThrow().position();
      run(
          "insert into a values (1, 1, 1)",
          "set session binlog_row_image = 'MINIMAL'",
          "update a set v = 2");
      assertThatThrownBy(() -> untilTip(source, from))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("binlog_row_image");
    }
  }

  @Test
  void aPurgedLogIsLost() throws Exception {
    try (Source source = source("create table a (id int primary key, v int)")) {
      Position from = source.begin().orElseThrow().position();
      run("insert into a values (1, 1)", "flush binary logs", "flush binary logs");
      assertThat(source.behind(from)).isPositive();
      assertThat(shown(untilTip(source, from))).containsExactly("1=1");
      String last = SERVER.column("show master status").getFirst();
      purge(last);
      assertThatThrownBy(() -> source.follow(from).close()).isInstanceOf(LogLost.class);
      assertThat(source.behind(source.tip())).isZero();
    }
  }

  /// A log is not purged while a client that has gone is still being served from it.
  private void purge(String last) throws SQLException {
    List<String> left = SERVER.column("show binary logs");
    for (int tries = 0; tries < 300 && !left.getFirst().equals(last); tries++) {
      run("do sleep(0.1)", "purge binary logs to '" + last + "'");
      left = SERVER.column("show binary logs");
    }
    assertThat(left).containsExactly(last);
  }

  @Test
  void ourOwnTransactionsCarryAMark() throws Exception {
    try (Source source = source("create table a (id int primary key, v int)")) {
      Target target = database.target("there", tables());
      target.prepare();
      Position from = source.begin().orElseThrow().position();
      try (TargetWork work = target.begin(0)) {
        work.copyIn(tables().getFirst(), Rows.cursor(List.of(new Row(new Object[] {1L, 2L}))));
        work.commit();
      }
      run("update a set v = 3");
      assertThat(untilTip(source, from))
          .extracting(Transaction::marks)
          .containsExactly("banyan:there", "");
    }
  }

  @Test
  void aSnapshotHoldsExactlyWhatIsUpToItsPosition() throws Exception {
    try (Source source = source("create table a (id int primary key, v int)")) {
      run("insert into a values (1, 0), (2, 0), (3, 0)");
      Position from = source.begin().orElseThrow().position();
      AtomicBoolean stop = new AtomicBoolean();
      List<Map<Key, Object>> seen = new ArrayList<>();
      List<Snapshot> snapshots = new ArrayList<>();
      try (ExecutorService writers = Executors.newFixedThreadPool(3)) {
        List<Future<Object>> running = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
          int mine = id;
          running.add(writers.submit(() -> write(mine, stop)));
        }
        try {
          for (int i = 0; i < 40; i++) {
            Snapshot snapshot = source.snapshot();
            seen.add(contents(snapshot, tables().getFirst()));
            snapshots.add(snapshot);
            snapshot.close();
          }
        } finally {
          stop.set(true);
        }
        for (Future<Object> each : running) {
          each.get();
        }
      }
      List<Transaction> transactions = untilTip(source, from);
      assertThat(transactions).hasSizeGreaterThan(50);
      for (int i = 0; i < seen.size(); i++) {
        Map<Key, Object> replayed =
            new HashMap<>(Map.of(Key.of(1L), 0L, Key.of(2L), 0L, Key.of(3L), 0L));
        for (Transaction each : transactions) {
          if (snapshots.get(i).token().contains(each.commit())) {
            each.changes()
                .forEach(change -> {
                  Change.Upsert upsert = (Change.Upsert) change;
                  replayed.put(upsert.key(), upsert.row().cell(1));
                });
          }
        }
        assertThat(seen.get(i)).isEqualTo(replayed);
      }
    }
  }

  private Object write(int id, AtomicBoolean stop) throws SQLException {
    try (Connection connection = SERVER.connect(schema)) {
      while (!stop.get()) {
        MariaDbServer.run(connection, "update a set v = v + 1 where id = " + id);
      }
    }
    return id;
  }

  private static Map<Key, Object> contents(Snapshot snapshot, Table table) throws SQLException {
    Map<Key, Object> contents = new HashMap<>();
    try (var rows = snapshot.read(table, Range.ALL, "")) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        contents.put(row.key(table.keyIndexes()), row.cell(1));
      }
    }
    return contents;
  }

  @Test
  void chunksOfCompositeBinaryAndNegativeKeysCoverTheTableOnce() throws Exception {
    run(
        "create table a (n bigint, b varbinary(3), v int, primary key (n, b))",
        "insert into a values (-9223372036854775808, x'', 1), (-1, x'00', 2), (-1, x'ff', 3),"
            + " (-1, x'7f', 4), (0, x'', 5), (0, x'80', 6), (9223372036854775807, x'27', 7)");
    try (Source source = database.source("t", tables());
        Snapshot snapshot = source.snapshot()) {
      Table table = tables().getFirst();
      List<Object> found = new ArrayList<>();
      Optional<Key> after = Optional.empty();
      Optional<Key> end;
      do {
        end = snapshot.boundary(table, after, 2);
        try (var rows = snapshot.read(table, new Range(after, end), "v <> 5")) {
          for (Row row = rows.next(); row != null; row = rows.next()) {
            assertThat(new Range(after, end).contains(row.key(table.keyIndexes()))).isTrue();
            found.add(row.cell(2));
          }
        }
        after = end;
      } while (end.isPresent());
      assertThat(found).containsExactly(1L, 2L, 4L, 3L, 6L, 7L);
    }
  }

  @Test
  void keysThatTheServerHoldsEqualAreNotBytewise() throws Exception {
    run(
        "create table a (k varchar(20) collate utf8mb4_general_ci primary key)",
        "create table b (k varchar(20) collate "
            + (MariaDbServer.isMysql() ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin") // of 8.0.17
            + " primary key)");
    assertThat(tables())
        .extracting(each -> each.columns().getFirst().binary())
        .containsExactly(false, true);
  }
}
