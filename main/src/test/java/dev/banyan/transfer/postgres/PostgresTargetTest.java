package dev.banyan.transfer.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Rows;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.RawRows;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresTargetTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static PostgresDatabase database;
  private Target target;
  private Table people;

  @BeforeAll
  static void open() throws SQLException {
    database = SERVER.open();
    SERVER.run(
        "create role shop login password 'secret'",
        "create role owner login password 'secret'",
        "create role poor login password 'secret'");
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void create() throws SQLException {
    SERVER.run(
        "create table people (id int generated always as identity primary key, name varchar(5),"
            + " email text unique, picture text, shout text generated always as (upper(name))"
            + " stored, check (id <> 13))",
        "grant select, insert, update (name), delete on people to shop");
    people = Moves.table(database, "people");
    target = database.target("people", List.of(people));
    target.prepare();
  }

  @AfterEach
  void drop() throws SQLException {
    for (String each : SERVER.ask("select gid from pg_prepared_xacts")) {
      SERVER.run("rollback prepared '" + each + "'");
    }
    target.remove();
    SERVER.run("drop table people cascade");
  }

  private static Row row(long id, @Nullable Object... cells) {
    return new Row(new @Nullable Object[] {id, cells[0], cells[1], cells[2], Special.UNCHANGED});
  }

  private Change.Upsert upsert(long id, @Nullable Object... cells) {
    return new Change.Upsert(people.name(), Key.of(id), Key.of(id), row(id, cells));
  }

  private Change.Upsert move(long from, long id, @Nullable Object... cells) {
    return new Change.Upsert(people.name(), Key.of(from), Key.of(id), row(id, cells));
  }

  private void apply(Change... changes) throws Exception {
    try (TargetWork work = target.begin(1)) {
      work.apply(people, List.of(changes));
      work.commit();
    }
  }

  private static List<String> people() throws SQLException {
    return SERVER.ask(
        "select concat_ws(' ', id, name, email, picture, shout) from people order by id");
  }

  @Test
  void changesOfOneKeyStayInOrderAndMayComeTwice() throws Exception {
    Change[] changes = {
      upsert(1, "a", "a@", "p"),
      upsert(2, "b", "b@", "p"),
      new Change.Delete(people.name(), Key.of(1L)),
      upsert(1, "again", null, "q"),
      upsert(2, "c", "b@", Special.UNCHANGED),
      move(2, 3, "c", "b@", Special.UNCHANGED),
      upsert(4, "gone", null, null),
      new Change.Delete(people.name(), Key.of(4L)),
    };
    apply(changes);
    List<String> once = people();
    apply(changes);
    assertThat(once).containsExactly("1 again q AGAIN", "3 c b@ p C");
    assertThat(people()).isEqualTo(once);
  }

  @Test
  void aLargeValueThatWasLeftOutStaysAsItIs() throws Exception {
    apply(upsert(1, "a", null, "large"), upsert(2, "b", null, "two"));
    apply(upsert(1, "b", "x", Special.UNCHANGED), upsert(9, "no", null, Special.UNCHANGED));
    assertThat(people()).containsExactly("1 b x large B", "2 b two B");
  }

  @Test
  void aKeyOfAnyTypeMovesWithWhatWasLeftOut() throws Exception {
    SERVER.run(
        "create type kind as enum ('x', 'y')",
        "create table things (k kind, c char(3), n numeric(6,2), large text, primary key (k, c,"
            + " n))",
        "insert into things values ('x', 'a', 1.50, 'large')");
    Table things = Moves.table(database, "things");
    Key from = Key.of("x", "a", new java.math.BigDecimal("1.50"));
    Key to = Key.of("y", "b", new java.math.BigDecimal("2.00"));
    Row row = new Row(new Object[] {"y", "b", new java.math.BigDecimal("2.00"), Special.UNCHANGED});
    try (TargetWork work = target.begin(1)) {
      Change.Upsert moved = new Change.Upsert(things.name(), from, to, row);
      work.apply(things, List.of(moved));
      work.apply(things, List.of(moved));
      work.commit();
    }
    assertThat(SERVER.ask("select t::text from things t"))
        .containsExactly("(y,\"b  \",2.00,large)");
    try (TargetWork work = target.begin(1)) {
      work.delete(things, List.of(to));
      work.commit();
    }
    assertThat(SERVER.ask("select t::text from things t")).isEmpty();
    SERVER.run("drop table things", "drop type kind");
  }

  @Test
  void aUniqueValueThatWentFromOneRowToAnotherArrives() throws Exception {
    apply(upsert(1, "a", "x", null), upsert(2, "b", "z", null));
    apply(upsert(1, "a", "y", null), upsert(2, "b", "x", null), upsert(1, "a", "w", null));
    assertThat(people()).containsExactly("1 a w A", "2 b x B");
  }

  @Test
  void aTruncateEmptiesWhatWasThereBefore() throws Exception {
    apply(upsert(1, "a", null, null));
    apply(
        upsert(2, "b", null, null), new Change.Truncate(people.name()), upsert(3, "c", null, null));
    assertThat(people()).containsExactly("3 c C");
  }

  @Test
  void aRowThatDoesNotFitIsNamedWithItsKeyAndColumn() throws Exception {
    assertThatThrownBy(() -> apply(upsert(1, "a", null, null), upsert(7, "too long", null, null)))
        .isInstanceOf(RowRefused.class)
        .hasMessageContaining("public.people, key 7")
        .hasMessageContaining("too long");
    assertThatThrownBy(() -> apply(upsert(13, "a", null, null)))
        .isInstanceOf(RowRefused.class)
        .hasMessageContaining("key 13")
        .hasMessageContaining("people_id_check");
    assertThat(people()).isEmpty();
  }

  @Test
  void aRowThatCopyRefusesIsNamedWithItsKeyAndColumn() throws Exception {
    List<Row> rows =
        LongStream.rangeClosed(1, 3_000)
            .mapToObj(i -> row(i + 100, i == 1_234 ? "too long" : "x", null, null))
            .toList();
    try (TargetWork work = target.begin(1)) {
      assertThatThrownBy(() -> work.copyIn(people, Rows.cursor(rows)))
          .isInstanceOfSatisfying(
              RowRefused.class,
              refused -> {
                assertThat(refused.key()).isEqualTo("1334");
                assertThat(refused.column()).isEqualTo("name");
              });
    }
    try (TargetWork work = target.begin(1)) {
      assertThatThrownBy(
              () -> work.copyIn(people, Rows.cursor(List.of(row(1L << 40, "a", null, null)))))
          .isInstanceOfSatisfying(
              RowRefused.class, refused -> assertThat(refused.column()).isEqualTo("id"));
    }
    try (TargetWork work = target.begin(1)) {
      List<Row> twice = List.of(row(5, "a", null, null), row(5, "b", null, null));
      assertThatThrownBy(() -> work.copyIn(people, Rows.cursor(twice)))
          .isInstanceOfSatisfying(
              RowRefused.class, refused -> assertThat(refused.key()).isEqualTo("5"));
    }
    assertThat(people()).isEmpty();
  }

  @Test
  void aRangeIsReplacedInOneTransactionWithWhatIsRemembered() throws Exception {
    apply(upsert(1, "a", null, null), upsert(2, "b", null, null), upsert(3, "c", null, null));
    Range range = new Range(Optional.of(Key.of(1L)), Optional.of(Key.of(3L)));
    try (TargetWork work = target.begin(1)) {
      assertThat(work.deleteRange(people, range, "")).isEqualTo(2);
      work.remember("dpos", "0/77");
    }
    assertThat(people()).hasSize(3);
    assertThat(target.memory()).isEmpty();
    try (TargetWork work = target.begin(1)) {
      assertThat(work.deleteRange(people, range, "name = 'b'")).isEqualTo(1);
      assertThat(work.copyIn(people, Rows.cursor(List.of(row(2, "new", null, null))))).isEqualTo(1);
      work.remember("dpos", "0/78");
      work.remember("gone", "x");
      work.remember("gone", "");
      work.commit();
    }
    assertThat(people()).containsExactly("1 a A", "2 new NEW", "3 c C");
    assertThat(target.memory()).containsOnlyKeys("dpos").containsValue("0/78");
  }

  private static List<String> unread(Snapshot snapshot, Table table, Range range)
      throws SQLException {
    List<String> read = new ArrayList<>();
    try (RawRows rows = snapshot.readRaw(table, range, "")) {
      while (rows.next()) {
        int to = rows.offset() + rows.length();
        read.add(HexFormat.of().formatHex(rows.bytes(), rows.offset(), to));
      }
    }
    return read;
  }

  @Test
  void rowsThatAreSentAlikeAreAlike() throws Exception {
    SERVER.run(
        "create table here (id int primary key, name text, small smallint, at inet)",
        "create table there (id int primary key, name text, small smallint, at inet)",
        "insert into here select i, case when i % 3 > 0 then 'n' || i end, i, '::1'"
            + " from generate_series(1, 100) i",
        "insert into there select * from here order by id desc",
        "update there set name = '' where id = 60",
        "update there set at = '::2' where id = 61");
    Table here = Moves.table(database, "here");
    Table there = Moves.table(database, "there");
    try (Snapshot snapshot = target.snapshot()) {
      Range first = new Range(Optional.empty(), Optional.of(Key.of(50L)));
      assertThat(unread(snapshot, here, first)).hasSize(50).doesNotHaveDuplicates();
      assertThat(unread(snapshot, there, first))
          .containsExactlyInAnyOrderElementsOf(unread(snapshot, here, first));
      List<String> differing = unread(snapshot, here, Range.ALL);
      differing.removeAll(unread(snapshot, there, Range.ALL));
      assertThat(differing).hasSize(2);
    } finally {
      SERVER.run("drop table here, there");
    }
  }

  @Test
  void whoHoldsAnEarlierEpochWritesNothing() throws Exception {
    apply(upsert(1, "a", null, null));
    target.raise(3);
    assertThatThrownBy(() -> apply(upsert(2, "b", null, null))).isInstanceOf(EpochLost.class);
    try (TargetWork work = target.begin(4)) {
      work.apply(people, List.of(upsert(2, "b", null, null)));
      work.commit();
    }
    assertThatThrownBy(() -> target.begin(3)).isInstanceOf(EpochLost.class);
    assertThat(people()).hasSize(2);
  }

  @Test
  void anEpochIsNotRaisedWhileAnEarlierOnesWorkIsOpen() throws Exception {
    try (TargetWork work = target.begin(1);
        Connection other = SERVER.connect("postgres");
        Statement statement = other.createStatement()) {
      statement.execute("set lock_timeout = '100ms'");
      assertThatThrownBy(() -> statement.execute("update banyan.transfer_epoch set epoch = 2"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("lock timeout");
      work.commit();
    }
  }

  @Test
  void countersMoveBeyondWhatWasCopiedAndNeverBack() throws Exception {
    apply(upsert(41, "a", null, null));
    target.advanceCounters(Map.of());
    SERVER.run("insert into people (name) values ('next')");
    apply(new Change.Delete(people.name(), Key.of(42L)));
    target.advanceCounters(Map.of());
    SERVER.run("insert into people (name) values ('then')");
    assertThat(people()).containsExactly("41 a A", "43 then THEN");
    target.advanceCounters(Map.of(people.name(), BigInteger.valueOf(60)));
    target.advanceCounters(Map.of(people.name(), BigInteger.ONE));
    SERVER.run("insert into people (name) values ('late')");
    assertThat(people()).as("60 was given to a row that is gone").contains("61 late LATE");
  }

  @Test
  void aPoorRoleIsToldAllThatItLacks() throws Exception {
    SERVER.run(
        "create unlogged table loose (a int, v int generated always as (a + 1) stored)",
        "create table late (id int primary key deferrable, who int references people on delete"
            + " cascade)",
        "insert into people (name) values ('a')",
        "create function nothing() returns trigger language plpgsql as 'begin return new; end'",
        "create trigger audit before insert on people for each row execute function nothing()",
        "alter table people enable row level security");
    List<Table> tables = Moves.tables(database, "people", "loose", "late", "not_there");
    assertThat(tables).hasSize(3);
    try (PostgresDatabase poor = SERVER.open("poor")) {
      assertThat(poor.sourceFindings(tables))
          .filteredOn(Finding::blocks)
          .extracting(each -> each.code() + " " + each.subject())
          .contains(
              "no-replication-right role",
              "no-publication-right database",
              "not-owner public.people",
              "row-security public.people",
              "no-privilege public.people",
              "unlogged-table public.loose",
              "no-key public.loose",
              "deferrable-key public.late",
              "replica-identity public.late");
      assertThat(poor.targetFindings(tables))
          .filteredOn(Finding::blocks)
          .extracting(each -> each.code() + " " + each.subject())
          .contains("no-schema banyan", "sequence public.people.id", "no-privilege public.late");
    }
    assertThat(database.sourceFindings(List.of(people)))
        .noneMatch(Finding::blocks)
        .extracting(Finding::code)
        .contains("large-values", "log-unbounded");
    assertThat(database.targetFindings(tables))
        .extracting(each -> each.code() + " " + each.subject())
        .contains(
            "not-empty public.people",
            "triggers public.people",
            "cascade public.people",
            "unique public.people",
            "generated public.people.shout",
            "sequence public.people.id",
            "foreign-key public.late");
    SERVER.run("drop table loose, late", "drop function nothing() cascade");
  }

  @Test
  void aTableOfAnyEngineCanBeCreatedFromItsDescription() throws Exception {
    SERVER.run(database.ddl(people, database).replace("\"people\"", "\"drafted\""));
    Table drafted = Moves.table(database, "drafted");
    assertThat(drafted.key()).containsExactly("id");
    assertThat(drafted.columns())
        .extracting(each -> each.type().declared())
        .containsExactly("integer", "character varying(5)", "text", "text", "text");
    SERVER.run("drop table drafted");
  }

  @Test
  void aPasswordIsNotInTheMessageOfALoginThatFails() {
    assertThatThrownBy(() -> PostgresDatabase.open("new", SERVER.url(), "nobody", "Top-Secret-1"))
        .satisfies(e -> {
          for (Throwable each = e; each != null; each = each.getCause()) {
            assertThat(each.toString()).doesNotContain("Top-Secret-1");
          }
        })
        .hasMessageContaining("nobody");
  }
}
