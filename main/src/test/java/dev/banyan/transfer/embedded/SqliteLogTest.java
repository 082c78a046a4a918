package dev.banyan.transfer.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the change log of a SQLite file delivers of all that an application may do.
@Timeout(60)
final class SqliteLogTest {
  private static final String TRANSFER = "shop";

  @TempDir Path files;

  private Connection application;
  private EmbeddedDatabase database;

  @BeforeEach
  void open() throws SQLException {
    String url = "jdbc:sqlite:" + files.resolve("shop.db");
    application = DriverManager.getConnection(url);
    run("pragma journal_mode = wal", "pragma synchronous = off", "pragma busy_timeout = 5000");
    database = EmbeddedDatabase.sqlite("shop", url, 14);
  }

  @AfterEach
  void close() throws SQLException {
    database.close();
    application.close();
  }

  private void run(String... statements) throws SQLException {
    try (Statement statement = application.createStatement()) {
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
    return database.tables(Stream.of(names).map(name -> new TableName("main", name)).toList());
  }

  private interface Changes {
    void make() throws Exception;
  }

  /// What the log says of some changes.
  private List<String> log(String table, Changes changes) throws Exception {
    Source source = database.source(TRANSFER, tables(table));
    Position begins = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begins)) {
      changes.make();
      return Said.said(stream);
    } finally {
      source.remove();
    }
  }

  @Test
  void followsRowsAsTheyBecomeAndLeavesOutWhatIsRolledBack() throws Exception {
    run("create table t (id integer primary key, v text)");
    List<String> said =
        log(
            "t",
            () -> {
              run("insert into t values (1, 'a'), (2, 'b')");
              run("begin", "update t set v = 'never'", "delete from t", "rollback");
              run("begin", "insert into t values (9, 'x')", "savepoint s");
              run("update t set v = 'not so'", "rollback to s", "commit");
              run("update t set id = 7, v = 'moved' where id = 2");
              run("delete from t where id = 1", "insert into t values (1, 'again')");
              run("insert into t values (1, 'x') on conflict (id) do update set v = 'upserted'");
              run("insert or ignore into t values (1, 'ignored')");
              run("delete from t");
            });
    assertThat(said)
        .containsExactly(
            "1 'a'",
            "2 'b'",
            "9 'x'",
            "2 -> 7 'moved'",
            "gone 1",
            "1 'again'",
            "1 'upserted'",
            "gone 1",
            "gone 7",
            "gone 9");
  }

  @Test
  void findsTheRowsThatReplaceDeletesUnseen() throws Exception {
    for (String recursive : List.of("off", "on")) {
      run(
          "pragma recursive_triggers = " + recursive,
          "create table t (id integer primary key, mail text collate nocase unique, a int, b int,"
              + " unique (a, b))",
          "insert into t values (1, 'ann', 1, 1), (2, 'bob', 2, 2), (3, 'eve', 3, 3),"
              + " (4, 'joe', null, 4)");
      List<String> said =
          log(
              "t",
              () -> {
                run("replace into t values (9, 'ANN', 2, 2)");
                run("insert or ignore into t values (10, 'eve', 8, 8)");
                run("insert into t values (11, 'eve', 8, 8) on conflict do nothing");
                assertThatThrownBy(() -> run("insert into t values (12, 'eve', 8, 8)"))
                    .isInstanceOf(SQLException.class);
                run("update or replace t set mail = 'eve' where id = 9");
                run("replace into t (mail, a, b) values ('joe', null, 4)");
                run("replace into t values (13, 'sue', 5, 5)");
              });
      assertThat(last(said))
          .as("recursive_triggers %s", recursive)
          .containsExactlyInAnyOrderElementsOf(ask("select id || ' ' || mail from t order by id"));
      assertThat(said).contains("gone 1", "gone 2", "gone 3", "gone 4").doesNotContain("gone 9");
      run("drop table t");
    }
  }

  /// The rows of [#findsTheRowsThatReplaceDeletesUnseen] when all that was said has been done.
  private static List<String> last(List<String> said) {
    java.util.Map<String, String> rows = new java.util.TreeMap<>();
    for (String each : List.of("1 ann", "2 bob", "3 eve", "4 joe")) {
      rows.put(each.split(" ", 2)[0], each);
    }
    for (String each : said) {
      String[] words = each.replace("'", "").split(" ", -1);
      if (words[0].equals("gone")) {
        rows.remove(words[1]);
      } else {
        rows.put(words[0], words[0] + " " + words[1]);
      }
    }
    return List.copyOf(rows.values());
  }

  @Test
  void followsWhatForeignKeysAndTheApplicationsOwnTriggersChange() throws Exception {
    run(
        "pragma foreign_keys = on",
        "create table p (id integer primary key)",
        "create table t (id text primary key not null, p int references p on delete cascade on"
            + " update cascade) without rowid",
        "create trigger own after insert on p begin insert into t values ('of ' || new.id, new.id);"
            + " end",
        "insert into p values (1), (2)");
    List<String> said =
        log(
            "t",
            () ->
                run(
                    "delete from p where id = 1",
                    "update p set id = 5 where id = 2",
                    "insert into p values (7)"));
    assertThat(said).containsExactly("gone \"of 1\"", "'of 2' 5", "'of 7' 7");
  }

  @Test
  void keepsWhatEachCellIs() throws Exception {
    run(
        "create table t (id integer primary key, n int, r real, x numeric, m decimal(10, 2), s"
            + " text, b blob, f boolean, j json)");
    List<String> said =
        log(
            "t",
            () ->
                run(
                    "insert into t values (-9223372036854775808, 9223372036854775807, 1, 2.50,"
                        + " 12.30, '', x'', 1, '{\"a\": 1.0}')",
                    "insert into t values (9223372036854775807, 'seven', 1e308, 'many', 0.125, 'a'"
                        + " || char(0) || 'b', x'00ff', 2, '17')",
                    "insert into t values (1, null, null, null, null, null, null, null, null)",
                    "insert into t values (2, 2.5, -0.0, 9007199254740993, 5, x'c3a4', 'text', 0,"
                        + " '[]')"));
    assertThat(said)
        .containsExactly(
            "-9223372036854775808 9223372036854775807 1.0d 2.5 12.3 '' x true '{\"a\": 1.0}'",
            "9223372036854775807 'seven' 1.0E308d 'many' 0.125d 'a\0b' x00ff 2 '17'",
            "1 NULL NULL NULL NULL NULL NULL NULL NULL",
            "2 2.5d 0.0d 9007199254740993 5 xc3a4 'text' false '[]'");
  }

  @Test
  void aSnapshotKnowsWhichChangesItContains() throws Exception {
    run("create table t (id integer primary key, v text)");
    Source source = database.source(TRANSFER, tables("t"));
    Position begins = source.begin().orElseThrow().position();
    assertThat(source.begin()).as("it is there already").isEmpty();
    try (ChangeStream stream = source.follow(begins);
        Snapshot before = source.snapshot()) {
      run("insert into t values (1, 'a')");
      run("begin", "insert into t values (2, 'b')");
      try (Snapshot between = source.snapshot()) {
        run("commit");
        try (Snapshot after = source.snapshot()) {
          List<Transaction> all = Said.all(stream);
          assertThat(all).hasSize(1);
          assertThat(after.token().contains(all.getFirst().commit())).isTrue();
          assertThat(between.token().contains(all.getFirst().commit())).isFalse();
          assertThat(between.token().upTo()).isEqualTo(new Position(0, 2));
          assertThat(before.token().upTo()).isEqualTo(begins);
          assertThat(stream.reached()).isEqualTo(source.tip()).isEqualTo(new Position(0, 3));
          assertThat(after.token().covers(between.token())).isTrue();
        }
      }
    }
    source.remove();
  }

  @Test
  void aTableThatIsAlteredOrMadeAnewIsSaidAndNothingIsFollowedPastIt() throws Exception {
    run(
        "create table t (id integer primary key, v text)",
        "create table u (id integer primary key)");
    Source source = database.source(TRANSFER, tables("t", "u"));
    Position begins = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begins)) {
      run("alter table t add column more text");
      assertThat(Said.said(stream)).containsExactly("t: its columns are not what they were");
      run("drop table u", "create table u (id integer primary key)", "insert into u values (1)");
      assertThat(Said.said(stream))
          .containsExactly(
              "u: it has not the triggers that follow it: it was made anew, or has another unique"
                  + " index");
      run("insert into t values (1, 'a', 'b')");
      assertThat(Said.said(stream)).containsExactly("1 'a'");
    }
    assertThatThrownBy(() -> source.follow(begins))
        .isInstanceOf(LogLost.class)
        .hasMessageContaining("parts of it are gone");
    source.remove();
  }

  @Test
  void forgetsWhatIsDoneWithAndSaysWhatItDoesNotHaveAnyMore() throws Exception {
    run("create table t (id integer primary key, v text)");
    Source source = database.source(TRANSFER, tables("t"));
    Position begins = source.begin().orElseThrow().position();
    try (ChangeStream stream = source.follow(begins)) {
      run(
          "with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000)"
              + " insert into t select i, 'v' from n");
      assertThat(source.behind(begins)).isGreaterThan(12_000 * 32);
      List<Transaction> all = Said.all(stream);
      assertThat(all).as("no more than 5000 at once").hasSize(3);
      assertThat(all.stream().mapToInt(each -> each.changes().size()).sum()).isEqualTo(12_000);
      stream.acknowledge(new Position(0, 11_000));
    }
    assertThat(source.behind(source.tip())).isZero();
    assertThat(ask("select count(*) from banyan_log_shop_t")).containsExactly("1001");
    try (ChangeStream again = source.follow(new Position(0, 11_000))) {
      assertThat(Said.said(again)).hasSize(1_001);
    }
    assertThatThrownBy(() -> source.follow(new Position(0, 500)))
        .isInstanceOf(LogLost.class)
        .hasMessageContaining("forgotten everything up to 11000");
    assertThatThrownBy(() -> source.follow(new Position(0, 900_000)))
        .isInstanceOf(LogLost.class)
        .hasMessageContaining("earlier copy");
    source.remove();
  }

  @Test
  void twoTransfersFollowOneTableAndEachRemovesItsOwn() throws Exception {
    run("create table t (id integer primary key, m text unique)");
    Source one = database.source("one", tables("t"));
    Source two = database.source("two", tables("t"));
    Position begins = one.begin().orElseThrow().position();
    assertThat(two.begin()).isPresent();
    assertThat(one.leftovers()).containsExactly("the change log of two");
    run("insert into t values (1, 'a')");
    two.remove();
    run("replace into t values (2, 'a')");
    try (ChangeStream stream = one.follow(begins)) {
      assertThat(Said.said(stream)).containsExactly("1 'a'", "gone 1", "2 'a'");
    }
    one.remove();
    run("insert into t values (3, 'c')");
    assertThat(ask("select name from sqlite_master where name like 'banyan%'")).isEmpty();
  }

  @Test
  void preflightNamesWhatCanNotBeMoved() throws Exception {
    run(
        "create table no_key (a text primary key, b int)",
        "create table untyped (id integer primary key, a)",
        "create table texts (k int primary key not null, v int)",
        "insert into texts values ('one', 1)",
        "create table folded (id integer primary key, m text)",
        "create unique index folded_m on folded (lower(m))",
        "create table watched (id integer primary key, p int references folded, d decimal)",
        "create trigger watch after insert on watched begin select 1; end");
    List<Table> tables = tables("no_key", "untyped", "texts", "folded", "watched");
    assertThat(database.sourceFindings(tables))
        .extracting(SqliteLogTest::named)
        .containsExactlyInAnyOrder(
            "! no_key main.no_key",
            "! type main.untyped.a",
            "! key_type main.texts.k",
            "! unique_expression main.folded.folded_m",
            "not_strict main.no_key",
            "not_strict main.untyped",
            "not_strict main.texts",
            "not_strict main.folded",
            "not_strict main.watched");
    assertThat(database.targetFindings(tables))
        .extracting(SqliteLogTest::named)
        .containsExactlyInAnyOrder(
            "! no_key main.no_key",
            "! type main.untyped.a",
            "! trigger main.watched.watch",
            "foreign_key main.watched",
            "decimal main.watched.d",
            "not_empty main.texts");
    String rollback = "jdbc:sqlite:" + files.resolve("rollback.db");
    try (Connection other = DriverManager.getConnection(rollback);
        Statement statement = other.createStatement();
        EmbeddedDatabase file =
            EmbeddedDatabase.sqlite("rollback", create(statement, rollback), 14)) {
      assertThat(file.sourceFindings(List.of()))
          .extracting(SqliteLogTest::named)
          .containsExactly("! journal_mode journal_mode");
    }
  }

  private static String create(Statement statement, String url) throws SQLException {
    statement.execute("create table t (id integer primary key)");
    return url;
  }

  private static String named(Finding finding) {
    return (finding.blocks() ? "! " : "") + finding.code() + " " + finding.subject();
  }

  @Test
  void noFileAndADatabaseInMemoryAreRefused() {
    assertThatThrownBy(
            () -> EmbeddedDatabase.sqlite("x", "jdbc:sqlite:" + files.resolve("none"), 14))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("there is no file");
    for (String memory : List.of("jdbc:sqlite::memory:", "jdbc:sqlite:file:x?mode=memory")) {
      assertThatThrownBy(() -> EmbeddedDatabase.sqlite("x", memory, 14))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("in memory");
    }
  }
}
