package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Rows;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.math.BigInteger;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MysqlTargetTest {
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

  private Target target(String... ddl) throws SQLException {
    run(ddl);
    Target target = database.target("t", List.of(table()));
    target.prepare();
    return target;
  }

  private Table table() throws SQLException {
    return database.tables(List.of(new TableName(schema, "a"))).getFirst();
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = SERVER.connect(schema)) {
      MariaDbServer.run(connection, statements);
    }
  }

  private List<@Nullable String> rows() throws SQLException {
    return SERVER.column("select concat_ws(':', id, v) from " + schema + ".a order by id");
  }

  private static Row row(@Nullable Object... cells) {
    return new Row(cells);
  }

  private Change upsert(Object before, @Nullable Object... cells) throws SQLException {
    return new Change.Upsert(table().name(), Key.of(before), Key.of(cells[0]), row(cells));
  }

  private Change delete(Object key) throws SQLException {
    return new Change.Delete(table().name(), Key.of(key));
  }

  private void apply(Target target, Change... changes) throws Exception {
    try (TargetWork work = target.begin(0)) {
      work.apply(table(), List.of(changes));
      work.commit();
    }
  }

  private void copy(Target target, Row... rows) throws Exception {
    try (TargetWork work = target.begin(0)) {
      work.copyIn(table(), Rows.cursor(List.of(rows)));
      work.commit();
    }
  }

  @Test
  void aRangeIsReplacedAndRememberedInOneTransaction() throws Exception {
    Target target =
        target(
            "create table a (id int primary key, v varchar(9))",
            "insert into a values (1, 'old'), (5, 'old'), (9, 'old')");
    try (TargetWork work = target.begin(0)) {
      Range range = new Range(Optional.of(Key.of(1L)), Optional.of(Key.of(5L)));
      assertThat(work.deleteRange(table(), range, "")).isEqualTo(1);
      work.copyIn(table(), Rows.cursor(List.of(row(3L, "new"), row(4L, null))));
      work.remember("dpos", "3/4");
      assertThat(target.memory()).isEmpty();
      work.commit();
    }
    assertThat(rows()).containsExactly("1:old", "3:new", "4", "9:old");
    assertThat(target.memory()).isEqualTo(Map.of("dpos", "3/4"));
    try (TargetWork work = target.begin(0)) {
      work.deleteRange(table(), Range.ALL, "");
      work.remember("dpos", "");
    }
    assertThat(rows()).hasSize(4);
    assertThat(target.memory()).hasSize(1);
    target.remove();
    assertThat(SERVER.column("show tables from " + schema)).containsExactly("a");
  }

  /// Of the table a mapping may write some columns only: the others are not its own.
  @ParameterizedTest
  @ValueSource(strings = {"v varchar(9)", "v varchar(9) unique"})
  void columnsThatAreNotWrittenStayAsTheyAre(String column) throws Exception {
    Target target =
        target(
            "create table a (id int primary key, " + column + ", w varchar(9) not null)",
            "insert into a values (1, 'old', 'its'), (2, 'old2', 'its')");
    Table whole = table();
    Table part = new Table(whole.name(), whole.columns().subList(0, 2), whole.key(), 0, 0);
    try (TargetWork work = target.begin(0)) {
      work.apply(
          part, List.of(upsert(1L, 1L, "new"), upsert(2L, 2L, "old"), upsert(1L, 1L, "newer")));
      work.commit();
    }
    assertThat(SERVER.column("select concat_ws(':', id, v, w) from " + schema + ".a order by id"))
        .containsExactly("1:newer:its", "2:old:its");
    try (TargetWork work = target.begin(0)) {
      assertThatThrownBy(() -> work.apply(part, List.of(upsert(3L, 3L, "x"))))
          .isInstanceOf(RowRefused.class);
    }
  }

  @Test
  void whatIsOnlyChangedIsNotMade() throws Exception {
    Target target =
        target(
            "create table a (id int primary key, v varchar(9))",
            "insert into a values (1, 'old'), (2, 'old')");
    try (TargetWork work = target.begin(0)) {
      work.change(
          table(), List.of(upsert(3L, 3L, "x"), upsert(1L, 1L, "new"), upsert(4L, 4L, "x")));
      work.commit();
    }
    assertThat(rows()).containsExactly("1:new", "2:old");
  }

  @Test
  void aValueThatDoesNotFitIsRefusedByKeyAndColumn() throws Exception {
    Target target = target("create table a (id int primary key, v varchar(3), n decimal(5,2))");
    assertThatThrownBy(() -> copy(target, row(7L, "abc", null), row(8L, "abcd", null)))
        .isInstanceOfSatisfying(
            RowRefused.class,
            refused -> {
              assertThat(refused.key()).isEqualTo("8");
              assertThat(refused.column()).isEqualTo("v");
            });
    assertThatThrownBy(
            () -> apply(target, upsert(1L, 1L, "ok", null), upsert(2L, 2L, "long", null)))
        .isInstanceOfSatisfying(
            RowRefused.class,
            refused -> {
              assertThat(refused.key()).isEqualTo("2");
              assertThat(refused.column()).isEqualTo("v");
            });
    // Rounded, which the server only notes.
    assertThatThrownBy(() -> copy(target, row(3L, "x", new java.math.BigDecimal("1.005"))))
        .isInstanceOf(RowRefused.class);
    assertThatThrownBy(() -> copy(target, row(4L, "a", null), row(4L, "b", null)))
        .isInstanceOf(RowRefused.class);
    assertThat(rows()).isEmpty();
  }

  @Test
  void secondsAndLabelsThatTheColumnDoesNotHaveAreRefused() throws Exception {
    Target target = target("create table a (id int primary key, v enum('a', 'b'), t datetime(3))");
    assertThatThrownBy(() -> copy(target, row(1L, "2", null))).isInstanceOf(RowRefused.class);
    java.time.LocalDateTime fine = java.time.LocalDateTime.of(2024, 1, 1, 0, 0, 0, 123_456_000);
    assertThatThrownBy(() -> copy(target, row(1L, "a", fine)))
        .isInstanceOf(RowRefused.class)
        .hasMessageContaining("fewer digits");
    assertThat(rows()).isEmpty();
  }

  @Test
  void changesOfOneKeyStayInOrder() throws Exception {
    Target target =
        target(
            "create table a (id int primary key, v varchar(9))", "insert into a values (5, 'old')");
    apply(
        target,
        upsert(1L, 1L, "a"),
        delete(1L),
        upsert(1L, 1L, "b"),
        upsert(2L, 2L, "x"),
        upsert(2L, 3L, "moved"),
        upsert(5L, 5L, "new"),
        delete(77L));
    assertThat(rows()).containsExactly("1:b", "3:moved", "5:new");
    apply(target, upsert(1L, 1L, "b"), upsert(3L, 4L, Special.UNCHANGED), delete(5L));
    assertThat(rows()).containsExactly("1:b", "4:moved");
    apply(target, new Change.Truncate(table().name()), upsert(1L, 1L, "after"));
    assertThat(rows()).containsExactly("1:after");
  }

  @Test
  void aRowIsWholeWithoutWhatTheDatabaseComputes() throws Exception {
    Target target =
        target(
            "create table a (id int primary key, v varchar(9), g varchar(9) as (upper(v)) stored)");
    apply(
        target,
        upsert(1L, 1L, "a", Special.UNCHANGED),
        upsert(2L, 2L, "b", Special.UNCHANGED),
        upsert(2L, 3L, "c", Special.UNCHANGED));
    assertThat(rows()).containsExactly("1:a", "3:c");
  }

  @Test
  void aSecondUniqueKeyOverwritesNoOtherRow() throws Exception {
    Target target =
        target(
            "create table a (id int primary key, v varchar(9), unique key (v))",
            "insert into a values (1, 'x'), (2, 'y')");
    // Exchanged in one transaction of the source, by way of a third value.
    apply(target, upsert(1L, 1L, "tmp"), upsert(2L, 2L, "x"), upsert(1L, 1L, "y"));
    assertThat(rows()).containsExactly("1:y", "2:x");
    assertThatThrownBy(() -> apply(target, upsert(3L, 3L, "x"))).isInstanceOf(RowRefused.class);
    assertThat(rows()).containsExactly("1:y", "2:x");
  }

  @Test
  void aTableThatOthersReferToKeepsItsRowsWhileTheyChange() throws Exception {
    Target target =
        target(
            "create table a (id int primary key, v varchar(9), unique key (v))",
            "create table child (id int primary key, a int references a (id) on delete cascade)",
            "insert into a values (1, 'x')",
            "insert into child values (1, 1)");
    apply(target, upsert(1L, 1L, "new"), upsert(2L, 2L, "x"));
    assertThat(rows()).containsExactly("1:new", "2:x");
    assertThat(SERVER.column("select count(*) from " + schema + ".child")).containsExactly("1");
  }

  @Test
  void keysEqualUnderTheCollationMoveOntoThemselves() throws Exception {
    Target target =
        target(
            "create table a (id varchar(9) collate utf8mb4_general_ci primary key, v int)",
            "insert into a values ('a', 1)");
    apply(target, upsert("a", "A", 2L));
    assertThat(rows()).containsExactly("A:2");
  }

  @Test
  void aLaterOwnerRefusesWritesOfAnEarlierOne() throws Exception {
    Target target = target("create table a (id int primary key, v int)");
    target.raise(3);
    assertThatThrownBy(() -> target.begin(2)).isInstanceOf(EpochLost.class);
    target.raise(1);
    assertThatThrownBy(() -> target.begin(2)).isInstanceOf(EpochLost.class);
    try (TargetWork work = target.begin(3);
        TargetWork beside = target.begin(3)) {
      work.delete(table(), List.of(Key.of(1L)));
      beside.delete(table(), List.of(Key.of(2L)));
      beside.commit();
      work.commit();
    }
  }

  @Test
  void countersStandBeyondTheGreatestValue() throws Exception {
    Target target = target("create table a (id int auto_increment primary key, v int)");
    copy(target, row(0L, 1L), row(41L, 1L));
    target.advanceCounters(Map.of());
    run("insert into a (v) values (2)");
    target.advanceCounters(Map.of(table().name(), BigInteger.valueOf(60)));
    run("insert into a (v) values (3)");
    assertThat(rows()).containsExactly("0:1", "41:1", "42:2", "61:3");
  }

  @Test
  void aDraftOfATableIsATable() throws Exception {
    run(
        "create table a (id bigint auto_increment primary key, v varchar(20) not null,"
            + " d decimal(20,4), j json, t datetime(6), z timestamp(3) null, b varbinary(20),"
            + " u binary(16), f double, r float, e enum('x', 'y'))");
    Table described = withUuid(table(), "u");
    run("drop table a", database.ddl(described, database));
    assertThat(table().columns())
        .extracting("name")
        .isEqualTo(described.columns().stream().map(each -> each.name()).toList());
    assertThat(table().key()).containsExactly("id");
  }

  /// As another engine describes it, one of whose types not every server here has.
  private static Table withUuid(Table table, String column) {
    Type uuid = new Type(Type.Kind.UUID, 0, -1, "uuid");
    List<Column> columns =
        table.columns().stream()
            .map(each ->
                each.name().equals(column)
                    ? new Column(column, uuid, true, false, false, true, false)
                    : each)
            .toList();
    return new Table(table.name(), columns, table.key(), table.rows(), table.bytes());
  }

  @Test
  void withoutFilesFromTheClientRowsAreInserted() throws Exception {
    run("set global local_infile = 0");
    try {
      Target target =
          target("create table a (id int primary key, v varchar(9), g int as (id + 1))");
      copy(target, row(1L, "it's", 2L), row(2L, "\\", 3L));
      assertThat(rows()).containsExactly("1:it's", "2:\\");
      assertThatThrownBy(() -> copy(target, row(3L, "x", 4L), row(2L, "y", 3L)))
          .isInstanceOf(RowRefused.class);
      assertThat(database.targetFindings(List.of(table())))
          .extracting("code")
          .contains("local_infile", "generated", "not_empty");
    } finally {
      run("set global local_infile = 1");
    }
  }
}
