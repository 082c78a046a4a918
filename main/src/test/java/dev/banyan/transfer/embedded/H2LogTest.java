package dev.banyan.transfer.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the change log of H2 delivers, whose transactions run side by side.
@Timeout(60)
final class H2LogTest {
  private static final String URL = "jdbc:h2:mem:log_test;LOCK_TIMEOUT=10000";

  private Connection application;
  private Connection other;
  private EmbeddedDatabase database;

  @BeforeEach
  void open() throws SQLException {
    application = DriverManager.getConnection(URL, "sa", "");
    run(application, "create user app password 'x' admin");
    other = DriverManager.getConnection(URL, "app", "x");
    database = EmbeddedDatabase.h2("shop", URL, "sa", "", 14);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
    other.close();
    run(application, "shutdown immediately");
  }

  private static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private List<String> ask(String sql) throws SQLException {
    List<String> answers = new ArrayList<>();
    try (Statement statement = application.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        answers.add(rows.getString(1));
      }
    }
    return answers;
  }

  private List<Table> tables(String... names) throws SQLException {
    return database.tables(Stream.of(names).map(name -> new TableName("PUBLIC", name)).toList());
  }

  @Test
  void followsRowsAsTheyBecomeAndLeavesOutWhatIsRolledBack() throws Exception {
    run(
        application,
        "create table p (id int primary key)",
        "insert into p values (1), (2)",
        "create table t (id bigint primary key, v varchar(20), p int references p on delete"
            + " cascade)");
    Source source = database.source("shop", tables("T"));
    Position begins = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begins)) {
      run(application, "insert into t values (1, 'a', 1), (2, 'b', 2)");
      application.setAutoCommit(false);
      run(application, "update t set v = 'never'", "delete from t");
      application.rollback();
      run(application, "insert into t values (9, 'x', null)", "savepoint s");
      run(application, "update t set v = 'not so'", "rollback to savepoint s");
      application.commit();
      application.setAutoCommit(true);
      run(
          application,
          "update t set id = 7, v = 'moved' where id = 2",
          "delete from p where id = 1",
          "insert into t values (1, 'again', null)",
          "merge into t key (id) values (1, 'merged', null)");
      assertThatThrownBy(() -> run(application, "truncate table t"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("Cannot truncate");
      assertThat(Said.said(stream))
          .containsExactly(
              "1 'a' 1",
              "2 'b' 2",
              "9 'x' NULL",
              "2 -> 7 'moved' 2",
              "gone 1",
              "1 'again' NULL",
              "1 'merged' NULL");
    }
    source.remove();
    run(application, "truncate table t");
    assertThat(
            ask("select table_name from information_schema.tables where table_name like 'banyan%'"))
        .isEmpty();
    assertThat(ask("select trigger_name from information_schema.triggers")).isEmpty();
  }

  @Test
  void noNumberIsSeenBeforeAnEarlierOne() throws Exception {
    run(
        application,
        "create table t (id int primary key, v int)",
        "insert into t values (1, 0), (2, 0)");
    Source source = database.source("shop", tables("T"));
    Position begins = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begins)) {
      application.setAutoCommit(false);
      run(application, "update t set v = 1 where id = 1");
      FutureTask<Boolean> second =
          new FutureTask<>(() -> {
            run(other, "update t set v = 2 where id = 2");
            return true;
          });
      Thread writing = Thread.ofPlatform().start(second);
      assertThat(Said.said(stream)).as("the second waits for the first").isEmpty();
      try (Snapshot before = source.snapshot()) {
        application.commit();
        second.get();
        writing.join();
        List<Transaction> all = Said.all(stream);
        assertThat(all.stream().flatMap(each -> each.changes().stream()).map(Said::said))
            .containsExactly("1 1", "2 2");
        assertThat(before.token().upTo()).isEqualTo(begins);
        assertThat(all).noneMatch(each -> before.token().contains(each.commit()));
        try (var rows = before.read(tables("T").getFirst(), List.of(Key.of(1L)))) {
          assertThat(String.valueOf(rows.next())).isNotNull();
        }
        assertThat(source.tip()).isEqualTo(new Position(0, 3)).isEqualTo(stream.reached());
      }
      application.setAutoCommit(true);
    }
    source.remove();
  }

  @Test
  void aLogBeginsBehindTheTransactionsThatWereOpen() throws Exception {
    run(application, "create table t (id int primary key)");
    other.setAutoCommit(false);
    run(other, "insert into t values (1)");
    Source source = database.source("shop", tables("T"));
    FutureTask<Position> begins = new FutureTask<>(() -> source.begin().orElseThrow().position());
    Thread beginning = Thread.ofPlatform().start(begins);
    while (ask("select 1 from information_schema.triggers").size() < 6) {
      Thread.onSpinWait();
    }
    assertThat(begins.isDone()).isFalse();
    other.commit();
    beginning.join();
    try (Snapshot first = source.snapshot();
        var rows = first.read(tables("T").getFirst(), List.of(Key.of(1L)))) {
      assertThat(begins.get()).isEqualTo(new Position(0, 1));
      assertThat(rows.next()).isNotNull();
    }
    source.remove();
  }

  @Test
  void boundaryValuesComeAndGoAsTheyAre() throws Exception {
    String columns =
        " (id bigint generated by default as identity primary key, b boolean, i tinyint, n"
            + " numeric(38, 10), f decfloat, r real, d double precision, s varchar(20), c char(5),"
            + " l clob, h varbinary(9), o blob, da date, ti time(9), tz time(3) with time zone, ts"
            + " timestamp(9), m timestamp(6) with time zone, u uuid, j json, e enum('a', 'b'), g"
            + " int generated always as (i + 1))";
    run(
        application,
        "set time zone 'Europe/Berlin'",
        "create table t" + columns,
        "create table copy" + columns);
    Table table = tables("T").getFirst();
    Table copy = tables("COPY").getFirst();
    Source source = database.source("shop", List.of(table));
    Position begins = source.begin().orElseThrow().position();
    Target target = database.target("back", List.of(copy));
    target.prepare();
    String names = "(id, b, i, n, f, r, d, s, c, l, h, o, da, ti, tz, ts, m, u, j, e)";
    try (ChangeStream stream = source.follow(begins)) {
      run(
          application,
          "insert into t "
              + names
              + " values (-9223372036854775808, true, -128,"
              + " 1234567890123456789012345678.0123456789, 1e400, 1.5, 'Infinity', 'ä😀\u0000',"
              + " 'ab', repeat('long', 9000), x'00ff', x'', '-0044-03-15', '23:59:59.123456789',"
              + " '10:00:00.123+05:30', '2024-03-31 02:30:00.123456789', '9999-12-31"
              + " 23:59:59.999999+00', '00000000-0000-0000-ffff-ffffffffffff', '{\"a\": [1.0,"
              + " null]}' format json, 'b')",
          "insert into t "
              + names
              + " values (9223372036854775807, false, 127, -0.0000000001, 0, -0.0, 'NaN', '',"
              + " '', '', x'', x'ff', '9999-12-31', '00:00:00', '00:00:00-18', '1582-10-10"
              + " 00:00:00', '0001-01-01 00:00:00+14', 'ffffffff-ffff-ffff-0000-000000000000',"
              + " 'null' format json, 'a')",
          "insert into t (id) values (1)");
      List<Change> logged =
          Said.all(stream).stream().flatMap(each -> each.changes().stream()).toList();
      assertThat(logged).hasSize(3);
      try (TargetWork work = target.begin(0)) {
        work.apply(
            copy,
            logged.stream()
                .map(each -> (Change.Upsert) each)
                .<Change>map(
                    each -> new Change.Upsert(copy.name(), each.before(), each.key(), each.row()))
                .toList());
        work.commit();
      }
      assertThat(read(source, table))
          .containsExactlyInAnyOrderElementsOf(read(source, copy))
          .hasSize(3);
      assertThat(read(source, table))
          .containsExactlyInAnyOrderElementsOf(
              logged.stream().map(each -> text(((Change.Upsert) each).row())).toList());
    }
    assertThat(ask("select count(*) from (select * from t except select * from copy)"))
        .as("moments are the same at any offset")
        .containsExactly("0");
    source.remove();
    target.remove();
  }

  private static List<String> read(Source source, Table table) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Snapshot snapshot = source.snapshot();
        var rows = snapshot.read(table, dev.banyan.transfer.table.Range.ALL, "")) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        all.add(text(row));
      }
    }
    return all;
  }

  private static String text(Row row) {
    return Said.said(new Change.Upsert(new TableName("x", "x"), Key.of(0L), Key.of(0L), row));
  }

  @Test
  void aTableThatIsAlteredIsSaid() throws Exception {
    run(application, "create table t (id int primary key, v int)");
    Source source = database.source("shop", tables("T"));
    Position begins = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begins)) {
      run(application, "insert into t values (1, 1)");
      assertThat(Said.said(stream)).containsExactly("1 1");
      run(
          application,
          "alter table t add column more int before v",
          "insert into t values (2, 2, 2)");
      List<String> said = new ArrayList<>();
      while (said.size() < 2) {
        said.addAll(Said.said(stream));
      }
      assertThat(said)
          .containsExactlyInAnyOrder(
              "T: a row could not be entered into the change log as it was declared",
              "T: its columns are not what they were");
    }
    source.remove();
  }

  @Test
  void aFenceStandsBehindOpenTransactionsAndLetsOnlyUsPass() throws Exception {
    run(application, "create table t (id int primary key)", "insert into t values (1)");
    List<Table> tables = tables("T");
    Fence fence = database.fence("shop", tables, List.of("app"));
    other.setAutoCommit(false);
    run(other, "insert into t values (2)");
    fence.raise(2, Duration.ofSeconds(2));
    assertThatThrownBy(() -> fence.lower(1)).isInstanceOf(Fence.Overtaken.class);
    assertThat(fence.standing()).isTrue();
    assertThatThrownBy(() -> other.commit())
        .as("its session was ended")
        .isInstanceOf(SQLException.class);
    try (Connection again = DriverManager.getConnection(URL, "app", "x")) {
      for (String write :
          List.of("insert into t values (3)", "update t set id = 4", "delete from t")) {
        assertThatThrownBy(() -> run(again, write))
            .as(write)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("banyan: the writes of this table have moved (shop)");
      }
      Target target = database.target("back", tables);
      target.prepare();
      try (TargetWork work = target.begin(0)) {
        Key key = Key.of(5L);
        work.apply(
            tables.getFirst(),
            List.of(
                new Change.Upsert(tables.getFirst().name(), key, key, new Row(new Object[] {5L}))));
        work.commit();
      }
      target.remove();
      fence.lower(2);
      run(again, "insert into t values (6)");
    }
    assertThat(ask("select id from t order by id")).containsExactly("1", "5", "6");
    assertThat(fence.standing()).isFalse();
    assertThatThrownBy(() -> fence.raise(1, Duration.ofSeconds(2)))
        .isInstanceOf(Fence.Overtaken.class);
  }

  @Test
  void preflightNamesWhatCanNotBeMoved() throws Exception {
    run(
        application,
        "create table no_key (a int)",
        "create table odd (id timestamp primary key, a int array, f decfloat, m timestamp with time"
            + " zone)",
        "create table parent (id int generated always as identity primary key)",
        "create table child (id int primary key, p int references parent on delete cascade)",
        "create user reader password 'x'");
    List<Table> tables = tables("NO_KEY", "ODD", "PARENT", "CHILD");
    assertThat(database.sourceFindings(tables))
        .filteredOn(Finding::blocks)
        .extracting(each -> each.code() + " " + each.subject())
        .containsExactlyInAnyOrder(
            "no_key PUBLIC.NO_KEY",
            "type PUBLIC.ODD.A",
            "decfloat PUBLIC.ODD.F",
            "key_type PUBLIC.ODD.ID");
    assertThat(database.targetFindings(tables))
        .filteredOn(Finding::blocks)
        .extracting(each -> each.code() + " " + each.subject().replaceFirst("CONSTRAINT.*", ""))
        .containsExactlyInAnyOrder(
            "no_key PUBLIC.NO_KEY",
            "type PUBLIC.ODD.A",
            "cascade PUBLIC.PARENT.",
            "identity_always PUBLIC.PARENT.ID");
    try (EmbeddedDatabase small = EmbeddedDatabase.h2("shop", URL, "reader", "x", 14)) {
      assertThat(small.sourceFindings(List.of()))
          .extracting(Finding::code)
          .containsExactly("right_admin");
    }
  }
}
