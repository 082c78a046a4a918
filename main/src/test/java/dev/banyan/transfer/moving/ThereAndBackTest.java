package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.Password;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.PlanReport;
import dev.banyan.transfer.report.StatusReport;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Rows that are written to the new owner come back to the old one, column by column, whatever the
/// order of the columns on either side.
@Timeout(180)
class ThereAndBackTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static int round;

  private static String url(String database) {
    return SERVER.url().replaceAll("/postgres$", "/" + database + round);
  }

  private static void createDatabases() throws SQLException {
    round++;
    SERVER.run(
        "drop role if exists app",
        "create role app login",
        "create database old" + round,
        "create database new" + round);
  }

  private static DatabaseOptions database(String name) {
    return new DatabaseOptions(
        name, url(name), "postgres", new Password("secret"), 16, List.of("app"));
  }

  private static void sql(String database, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database), "postgres", "secret");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  /// The rows of a query whose columns are named, each as `(a,b,c)`.
  private static List<String> rows(String database, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url(database), "postgres", "secret");
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery("select q::text from (" + query + ") q")) {
      while (answer.next()) {
        rows.add(answer.getString(1));
      }
    }
    return rows;
  }

  private static void create() throws SQLException {
    createDatabases();
    sql(
        "old",
        "create table users (full_name text not null, zip text, user_id bigint primary key,"
            + " country text, flag text default 'kept', city text, slug text)",
        "create table items (sku text collate \"C\", qty int, order_id int, price int, primary key"
            + " (order_id, sku))",
        "create table persons (id int primary key, name text, nick text)",
        "create table firms (id int primary key, name text, nick text)",
        "insert into users select 'Ann Nr' || n, 'z' || n, n, case when n % 3 > 0 then 'c' || n"
            + " end, 'f' || n, 'town' || n, 'ann' from generate_series(1, 1000) n",
        "insert into items select 's' || n % 7, n, n, -n from generate_series(1, 1000) n",
        "insert into persons select n, 'p' || n, 'pn' || n from generate_series(1, 50) n",
        "insert into firms select n, 'f' || n, 'fn' || n from generate_series(1, 50) n");
    sql(
        "new",
        "create table people (created text default 'now', city text, last text, post text, id"
            + " bigint primary key, country text not null, note text default 'n', first text, slug"
            + " text generated always as (lower(first)) stored)",
        "create table items (price int, order_id int, sku text collate \"C\", qty int, primary key"
            + " (sku, order_id))",
        "create table parties (nick text, kind text, name text, id int, primary key (kind, id))");
  }

  private static Pair pair() {
    return new Pair(
        database("old"),
        database("new"),
        List.of(
            new TableOptions(
                "users",
                "people",
                List.of(
                    new ColumnRule.Copied("user_id", "id", null, null, null, null),
                    new ColumnRule.Copied("zip", "post", null, null, null, null),
                    new ColumnRule.Copied("country", "country", null, "none", null, null),
                    new ColumnRule.Split("full_name", " ", List.of("first", "last"), "spaces"),
                    new ColumnRule.Dropped("flag", "not used")),
                null,
                Map.of()),
            TableOptions.same("items"),
            new TableOptions("persons", "parties", List.of(), null, Map.of("kind", "person")),
            new TableOptions("firms", "parties", List.of(), null, Map.of("kind", "firm"))));
  }

  private static void assertTheOldSideHasWhatTheNewOneHas() throws SQLException {
    assertThat(
            rows(
                "old",
                "select user_id, full_name, zip, coalesce(country, 'none'), city, slug from users"
                    + " order by user_id"))
        .isEqualTo(
            rows(
                "new",
                "select id, concat_ws(' ', first, last), post, country, city, slug from people"
                    + " order by id"));
    assertThat(rows("old", "select order_id, sku, qty, price from items order by 1, 2"))
        .isEqualTo(rows("new", "select order_id, sku, qty, price from items order by 1, 2"));
    assertThat(rows("old", "select id, name, nick from persons order by 1"))
        .isEqualTo(
            rows("new", "select id, name, nick from parties where kind = 'person' order by 1"));
    assertThat(rows("old", "select id, name, nick from firms order by 1"))
        .isEqualTo(
            rows("new", "select id, name, nick from parties where kind = 'firm' order by 1"));
  }

  @Test
  void whatTheNewOwnerWritesComesBackToTheColumnsThatItBelongsTo() throws Exception {
    create();
    try (Pair pair = pair()) {
      assertThat(pair.blocking()).isEmpty();
      pair.start();
      pair.awaitCompared();
      assertTheOldSideHasWhatTheNewOneHas();
      pair.handOver(true);
      sql(
          "new",
          "insert into people (id, first, last, post, country, city) select n, 'Bo', 'Nr' || n,"
              + " 'post' || n, 'land' || n, 'ville' || n from generate_series(2001, 2100) n",
          "update people set city = 'moved', last = 'Wed' where id between 10 and 20",
          "update people set id = id + 5000, country = 'none' where id = 30",
          "delete from people where id = 40",
          "insert into items (order_id, sku, qty, price) select n, 'new', n, -n from"
              + " generate_series(3001, 3100) n",
          "update items set qty = 77 where order_id between 5 and 9",
          "delete from items where order_id = 50",
          "insert into parties (kind, id, name, nick) values ('person', 60, 'pat', 'p'), ('firm',"
              + " 61, 'fab', 'f')",
          "update parties set name = 'changed' where kind = 'firm' and id = 5",
          "delete from parties where kind = 'firm' and id = 6",
          "update parties set kind = 'person', id = 70 where kind = 'firm' and id = 7");
      pair.assertSame();
      assertTheOldSideHasWhatTheNewOneHas();
      assertThat(rows("old", "select flag from users where user_id in (9, 12, 2001) order by 1"))
          .as("what was left behind stays, and is the database's own in a row that is new")
          .containsExactly("(f12)", "(f9)", "(kept)");
      pair.handOver(false);
      sql("old", "update users set city = 'home' where user_id = 2001");
      pair.assertSame();
      assertTheOldSideHasWhatTheNewOneHas();
    }
  }

  private static Pair split() throws SQLException {
    createDatabases();
    sql(
        "old",
        "create table users (id int primary key, name text not null, city text not null, zip text"
            + " default 'none')",
        "insert into users select n, 'n' || n, 'c' || n, 'z' || n from generate_series(1, 50) n");
    sql(
        "new",
        "create table people (id int primary key, name text not null)",
        "create table places (id int primary key, city text not null, zip text)");
    return new Pair(
        database("old"),
        database("new"),
        List.of(
            new TableOptions("users", "people", List.of(), null, Map.of()),
            new TableOptions("users", "places", List.of(), null, Map.of())));
  }

  /// Each table tells its part of a row, and only the first of them that the row is gone.
  @Test
  void partsOfARowComeBackToIt() throws Exception {
    try (Pair pair = split()) {
      assertThat(pair.transfers().plan(Pair.NAME, false).findings())
          .filteredOn(each -> each.code().equals("no-way-back"))
          .extracting(PlanReport.Found::subject)
          .containsExactlyInAnyOrder("public.users.name", "public.users.city");
      pair.start();
      pair.awaitCompared();
      pair.handOver(true);
      sql(
          "new",
          "update people set name = 'new' where id = 5",
          "update places set city = 'moved' where id between 5 and 7",
          "delete from places where id = 9",
          "delete from people where id = 9",
          "delete from places where id = 10");
      pair.awaitCaughtUp();
      assertThat(rows("old", "select * from users where id between 4 and 10 order by id"))
          .containsExactly(
              "(4,n4,c4,z4)",
              "(5,new,moved,z5)",
              "(6,n6,moved,z6)",
              "(7,n7,moved,z7)",
              "(8,n8,c8,z8)",
              "(10,n10,c10,z10)");
      assertThat(pair.transfers().reconcile(Pair.NAME, true, _ -> {}).certificate().green())
          .as("half of row 10 is gone, which the old side can not have")
          .isFalse();
      assertThat(pair.triedHandOver(false).undone())
          .as("a comparison that is not green is no ground to go back on")
          .contains("1 rows differ", "places");
      assertThat(rows("old", "select count(*) from users")).containsExactly("(49)");
    }
  }

  /// Nothing but its first table makes a row or takes it away, in whichever order a transaction
  /// writes its parts.
  @Test
  void theFirstTableAloneSaysWhetherARowIsThere() throws Exception {
    try (Pair pair = split()) {
      sql("old", "alter table users alter name drop not null, alter city drop not null");
      sql("new", "alter table people alter name drop not null");
      pair.start();
      pair.awaitCompared();
      pair.handOver(true);
      sql(
          "new",
          "begin; update people set name = 'first' where id = 1; update places set city = 'x' where"
              + " id = 5; delete from places where id = 5; delete from people where id = 5; commit",
          "begin; insert into places values (60, 'new', 'zip'); insert into people values (60,"
              + " 'late'); commit",
          "begin; update places set city = 'moved' where id = 7; delete from people where id = 7;"
              + " commit",
          "delete from people where id = 6");
      pair.awaitCaughtUp();
      sql("new", "update places set city = 'nowhere' where id in (6, 7, 8)");
      pair.awaitCaughtUp();
      assertThat(rows("old", "select * from users where id between 5 and 8 or id = 60 order by id"))
          .containsExactly("(8,n8,nowhere,z8)", "(60,late,new,zip)");
      sql("new", "delete from places where id in (6, 7)");
      pair.awaitCaughtUp();
      pair.assertSame();
    }
  }

  /// What the mapping leaves behind is the old side's alone, which no copy of the rest may take.
  @Test
  void whatWasLeftBehindOutlivesATableThatIsCopiedAnew() throws Exception {
    create();
    try (Pair pair = pair()) {
      pair.start();
      pair.awaitCompared();
      pair.handOver(true);
      pair.await(status -> status.certificate() != null && status.certificate().epoch() == 1);
      sql(
          "new",
          "delete from people where id = 40",
          "alter table people add column more text",
          "update people set city = 'moved' where id = 12",
          "delete from people where id = 41",
          "insert into people (id, first, country) values (2001, 'Bo', 'new')");
      pair.await(status ->
          status.tables().stream().anyMatch(each -> each.state() == StatusReport.State.STOPPED));
      assertThat(pair.triedHandOver(false).undone())
          .as("what was written since is not at the old side")
          .contains("people", "altered");
    }
    try (Pair pair = pair()) {
      pair.start();
      pair.await(status ->
          status.tables().stream().allMatch(each -> each.state() == StatusReport.State.COPIED));
      assertThat(pair.transfers().reconcile(Pair.NAME, true, _ -> {}).certificate().green())
          .as("rows that went meanwhile are named, and go")
          .isTrue();
      assertTheOldSideHasWhatTheNewOneHas();
      assertThat(
              rows("old", "select flag from users where user_id in (12, 40, 41, 2001) order by 1"))
          .containsExactly("(f12)", "(kept)");
    }
  }

  @Test
  void whatCouldNotBeUndoneIsBroughtToItsEndLater() throws Exception {
    try (Pair pair = split()) {
      sql(
          "old",
          "grant all on users to app",
          "create function never() returns event_trigger language plpgsql as $$ begin raise 'not"
              + " now'; end $$");
      pair.start();
      pair.awaitCompared();
      sql(
          "old",
          "create event trigger never on ddl_command_start when tag in ('GRANT') execute function"
              + " never()");
      sql("old", "update users set zip = 'touched' where id = 3");
      pair.awaitCaughtUp();
      sql("new", "update people set name = 'other' where id = 3");
      assertThat(pair.triedHandOver(true).undone()).contains("rows differ", "not now");
      assertThat(pair.transfers().isLeft(Pair.NAME)).isTrue();
      sql("old", "drop event trigger never");
      assertThat(pair.transfers().recover(Pair.NAME, _ -> false)).isPresent();
      assertThat(pair.transfers().isLeft(Pair.NAME)).isFalse();
      assertThat(rows("old", "select has_table_privilege('app', 'users', 'INSERT')"))
          .containsExactly("(t)");
    }
  }
}
