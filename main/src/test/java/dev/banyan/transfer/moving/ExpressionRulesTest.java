package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.StatusReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Columns that are computed by expressions, there and back, under writes.
@Timeout(180)
class ExpressionRulesTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIADB = new MariaDbServer();

  private static final int ROWS = 1_200;

  /// Rounds of the application, at most: a handover looks at no more than some thousand rows.
  private static final int WRITES = 3_000;

  private static ColumnRule sql(String column, List<String> from, String sql, String inverse) {
    return new ColumnRule.Expression(from, column, sql, inverse, null);
  }

  private static List<TableOptions> prices() {
    return List.of(
        new TableOptions(
            "prices",
            "items",
            List.of(
                sql("total_cents", List.of("total"), "total * 100", "total_cents / 100.0"),
                sql("code", List.of("code"), "reverse(code)", "reverse(code)"),
                sql(
                    "started",
                    List.of("day"),
                    "cast(day as timestamp) -- at midnight",
                    "cast(started as date)"),
                new ColumnRule.Expression(
                    List.of("id", "note"),
                    "label",
                    "id::text || ': ' || coalesce(note, '-')",
                    null,
                    "made for reading")),
            null,
            Map.of()));
  }

  private static List<TableOptions> pricesOfMariaDb() {
    List<ColumnRule> rules =
        prices().getFirst().columns().stream()
            .map(rule ->
                switch (rule.targets().getFirst()) {
                  case "started" ->
                      sql("started", List.of("day"), "cast(day as datetime)", "started::date");
                  case "label" ->
                      new ColumnRule.Expression(
                          List.of("id", "note"),
                          "label",
                          "concat(id, ': ', coalesce(note, '-'))",
                          null,
                          "made for reading");
                  default -> rule;
                })
            .toList();
    return List.of(new TableOptions("prices", "items", rules, null, Map.of()));
  }

  private static void movesThereAndBack(Side old, Side next, List<TableOptions> tables)
      throws Exception {
    old.run(
        "create table prices (note varchar(40), code varchar(20), id int primary key, day date,"
            + " total decimal(10, 2) not null)");
    for (int n = 1; n <= ROWS; n += 100) {
      StringBuilder insert = new StringBuilder("insert into prices values ");
      for (int i = n; i < n + 100; i++) {
        String note = i % 3 == 0 ? "null" : "'n" + i + "'";
        String code = i % 7 == 0 ? "null" : "'c''\\\\" + i + "'";
        insert.append(i > n ? ", (" : "(").append(note).append(", ").append(code).append(", ");
        insert.append(i).append(", '2024-02-").append(10 + i % 19).append("', ");
        insert.append(i).append(".").append(10 + i % 90).append(')');
      }
      old.run(insert.toString());
    }
    String moment = next.isPostgres() ? "timestamp" : "datetime";
    next.run(
        "create table items (label varchar(80), started "
            + moment
            + ", id int primary key,"
            + " total_cents bigint not null, code varchar(20))");
    AtomicBoolean over = new AtomicBoolean();
    try (Pair pair = new Pair(old.options("old"), next.options("new"), tables)) {
      assertThat(pair.blocking()).isEmpty();
      Thread writer = Thread.ofPlatform().start(() -> write(old, over));
      pair.start();
      pair.awaitCompared();
      over.set(true);
      writer.join();
      pair.assertSame();
      assertSame(old, next);
      assertThat(next.rows("select label from items where id in (2, 3) order by id"))
          .containsExactly("2: n2", "3: -");

      pair.handOver(true);
      next.run(
          "insert into items (id, total_cents, code, started) values (90001, 12345, 'abc',"
              + " '2024-05-06 00:00:00'), (90002, -1, null, null)",
          "update items set total_cents = 99, code = 'xyz' where id between 10 and 20",
          "delete from items where id = 30");
      awaitSame(pair, old, next);
      assertThat(old.rows("select total, code, day from prices where id = 90001"))
          .containsExactly("123.45|cba|2024-05-06");
      assertThat(old.rows("select note from prices where id = 11"))
          .as("what nothing gives back stays")
          .containsExactly("n11");
    }
  }

  /// Not by its label, which nothing brings back: a row that began here has one of its own.
  private static void awaitSame(Pair pair, Side old, Side next) throws Exception {
    pair.awaitCaughtUp();
    assertSame(old, next);
  }

  private static void assertSame(Side old, Side next) throws Exception {
    assertThat(
            next.rows(
                "select id, total_cents, reverse(code), cast(started as date) from items order by"
                    + " id"))
        .isEqualTo(
            old.rows(
                "select id, cast(total * 100 as decimal(12, 0)), code, day from prices order by"
                    + " id"));
  }

  private static void write(Side old, AtomicBoolean over) {
    try {
      for (int id = 100_000; id < 100_000 + WRITES && !over.get(); id++) {
        old.run(
            "insert into prices values ('w', 'w" + id + "', " + id + ", null, 1.5)",
            "update prices set total = total + 0.25, code = 'u" + id + "' where id = " + id % 1_000,
            "delete from prices where id = " + (id - 5));
      }
    } catch (java.sql.SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fromPostgresToMariaDb() throws Exception {
    movesThereAndBack(Side.postgres(POSTGRES), Side.mariadb(MARIADB), prices());
  }

  @Test
  void fromMariaDbToPostgres() throws Exception {
    movesThereAndBack(Side.mariadb(MARIADB), Side.postgres(POSTGRES), pricesOfMariaDb());
  }

  private static void stops(Side side, String says) throws Exception {
    side.run(
        "create table names (id int primary key, v varchar(20), n int)",
        "create table other (id int primary key, v varchar(20), n int)",
        "insert into names values (1, 'plain', 1), (2, 'Mixed', 1)",
        "insert into other values (1, 'plain', 3)");
    Side next = side.isPostgres() ? Side.postgres(POSTGRES) : Side.mariadb(MARIADB);
    next.run(
        "create table names (id int primary key, v varchar(20), n int)",
        "create table other (id int primary key, v varchar(20), n int)");
    List<TableOptions> tables =
        List.of(
            new TableOptions(
                "names",
                "names",
                List.of(sql("v", List.of("v"), "upper(v)", "lower(v)")),
                null,
                Map.of()),
            new TableOptions(
                "other",
                "other",
                List.of(sql("n", List.of("n"), "10 / (n - 5)", "5 + 10 / n")),
                null,
                Map.of()));
    try (Pair pair = new Pair(side.options("old"), next.options("new"), tables)) {
      pair.start();
      StatusReport first = pair.await(status -> status.stopped() != null);
      assertThat(first.stopped()).contains("key 2", "column v", says);
      pair.await(status -> next.rowsNow("select n from other").equals(List.of("-5")));
      side.run("update other set n = 5 where id = 1");
      StatusReport second =
          pair.await(status -> String.valueOf(status.stopped()).contains(".other: "));
      assertThat(second.stopped()).contains("key 1, column n", "`sql` has no value");
    }
  }

  @Test
  void aRowThatWouldNotComeBackStopsItsTableByName() throws Exception {
    stops(Side.postgres(POSTGRES), "can not be brought back");
    stops(Side.mariadb(MARIADB), "can not be brought back");
  }

  private static List<String> refusals(Side side, String... expressions) throws Exception {
    side.run("create table t (id int primary key, v int, w varchar(9))");
    for (String each : expressions) {
      try (Pair pair =
          new Pair(
              side.options("old"),
              side.options("new"),
              List.of(
                  new TableOptions(
                      "t",
                      "t",
                      List.of(new ColumnRule.Expression(List.of("v"), "v", each, null, "all")),
                      null,
                      Map.of())))) {
        assertThat(pair.blocking())
            .as(each)
            .anySatisfy(says -> assertThat(says).contains("t.v: `sql: " + each + "` is refused"));
      }
    }
    return List.of(expressions);
  }

  @Test
  void whatDependsOnMoreThanItsColumnsIsRefusedByName() throws Exception {
    Side postgres = Side.postgres(POSTGRES);
    postgres.run(
        "create function counted(int) returns int language plpgsql volatile as 'begin return $1;"
            + " end'",
        "create table secret (v int)");
    var _ =
        refusals(
            postgres,
            "v + random()",
            "extract(epoch from now())",
            "(select max(v) from secret)",
            "counted(v)",
            "max(v)",
            "nothing(v)",
            "v +",
            "missing + 1");
    Side mariadb = Side.mariadb(MARIADB);
    mariadb.run(
        "create function counted(n int) returns int no sql return n",
        "create table secret (v int)");
    var _ =
        refusals(
            mariadb,
            "v + rand()",
            "unix_timestamp()",
            "(select max(v) from secret)",
            "counted(v)",
            "max(v)",
            "nothing(v)",
            "v +",
            "missing + 1");
  }
}
