package dev.banyan.transfer.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.mysql.MariaDbServer;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.postgres.LogicalServer;
import dev.banyan.transfer.report.ReconcileReport;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Users and their orders get other ids on the way, orders find their users by them, and both come
/// back.
@Timeout(180)
class IdMapsTest {
  @RegisterExtension static final LogicalServer POSTGRES = new LogicalServer();
  @RegisterExtension static final MariaDbServer MARIADB = new MariaDbServer();

  private static final int ROWS = 800;

  /// Rounds of the application, at most: a handover looks at no more than some thousand rows.
  private static final int WRITES = 3_000;

  /// By what an order says of itself, for its own id is another on each side.
  private static final String JOINED =
      "select o.note, u.name, coalesce(f.name, '-') from orders o join users u on u.id = o.user_id"
          + " left join users f on f.id = o.friend order by o.note";

  private static final List<TableOptions> TABLES =
      List.of(
          new TableOptions(
              "orders",
              "orders",
              List.of(ids("id", "orders"), ids("user_id", "users"), ids("friend", "users")),
              null,
              Map.of()),
          new TableOptions("users", "users", List.of(ids("id", "users")), null, Map.of()));

  private static ColumnRule ids(String column, String map) {
    return new ColumnRule.Copied(column, column, null, null, map, null);
  }

  private static void create(Side old, Side next, String uuid) throws SQLException {
    old.run(
        "create table users (id bigint primary key, name varchar(40))",
        "create table orders (note varchar(40), user_id bigint not null, id bigint primary key,"
            + " friend bigint)");
    for (int n = 1; n <= ROWS; n += 100) {
      StringBuilder users = new StringBuilder("insert into users values ");
      StringBuilder orders = new StringBuilder("insert into orders values ");
      for (int i = n; i < n + 100; i++) {
        String comma = i > n ? ", " : "";
        users.append(comma).append("(" + i + ", 'user " + i + "')");
        String friend = i % 3 == 0 ? "null" : Integer.toString(1 + i * 7 % ROWS);
        orders.append(comma).append("('o" + i + "', " + (1 + i * 13 % ROWS) + ", " + (5_000 + i));
        orders.append(", " + friend + ")");
      }
      old.run(users.toString(), orders.toString());
    }
    next.run(
        "create table users (name varchar(40), id " + uuid + " primary key)",
        "create table orders (friend "
            + uuid
            + ", note varchar(40), id bigint primary key, user_id "
            + uuid
            + " not null)");
  }

  private static void write(Side old, AtomicBoolean over) {
    try {
      for (int n = 0; n < WRITES && !over.get(); n++) {
        int id = 10_000 + n;
        old.run(
            "insert into orders values ('w" + id + "', " + id + ", " + id + ", 7)",
            "insert into users values (" + id + ", 'late " + id + "')",
            "update orders set friend = " + (1 + n % ROWS) + " where id = " + (5_001 + n % ROWS),
            "delete from orders where id = " + (id - 3));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void movesThereAndBack(Side old, Side next, String uuid, String ids)
      throws Exception {
    create(old, next, uuid);
    AtomicBoolean over = new AtomicBoolean();
    try (Pair pair = new Pair(old.options("old"), next.options("new"), TABLES)) {
      assertThat(pair.blocking()).isEmpty();
      Thread writer = Thread.ofPlatform().start(() -> write(old, over));
      pair.start();
      pair.awaitCompared();
      over.set(true);
      writer.join();
      pair.assertSame();
      assertThat(next.rows(JOINED)).isEqualTo(old.rows(JOINED)).hasSizeGreaterThan(ROWS);
      assertThat(next.rows("select min(id) from orders"))
          .as("numbers are counted anew")
          .containsExactly("1");
      List<String> given = next.rows("select name, id from users order by name");

      pair.handOver(true);
      UUID born = UUID.randomUUID();
      next.run(
          "insert into orders (id, note, user_id) values (900001, 'born', '" + born + "')",
          "insert into users (id, name) values ('" + born + "', 'born here')",
          "delete from orders where note = 'o11'",
          "update orders set friend = user_id where note = 'o12'");
      pair.awaitCaughtUp();
      pair.assertSame();
      assertThat(old.rows(JOINED)).isEqualTo(next.rows(JOINED)).contains("born|born here|-");
      long most = Long.parseLong(old.rows("select max(id) from users").getFirst());
      assertThat(old.rows("select name from users where id = " + most))
          .as("one beyond the greatest")
          .containsExactly("born here");

      pair.handOver(false);
      old.run("insert into users values (" + (most + 1) + ", 'back home')");
      pair.assertSame();
      assertThat(
              next.rows(
                  "select name, id from users where name like 'user%' or name like 'late%' order by"
                      + " name"))
          .as("what was given stays")
          .isEqualTo(given);
      assertThat(next.rows("select name from users where id = '" + born + "'"))
          .containsExactly("born here");
      assertAMissingPairIsNamed(pair, old, next, ids);
    }
    try (Pair pair = new Pair(old.options("old"), next.options("new"), TABLES)) {
      assertThat(pair.transfers().remove(Pair.NAME, true, false))
          .anySatisfy(says -> assertThat(says).contains("the pairs of ids stay", "--ids"));
      assertThat(next.rows("select count(*) from " + ids)).isNotEqualTo(List.of("0"));
      assertThat(pair.transfers().remove(Pair.NAME, true, true))
          .anySatisfy(says -> assertThat(says).matches("new: \\d{4,} pairs of ids"));
    }
    assertThat(
            next.rows(
                "select count(*) from information_schema.tables where table_name ="
                    + " 'transfer_ids' or table_name = 'banyan_ids' and table_schema = '"
                    + next.url().replaceFirst(".*/", "").replaceFirst("\\?.*", "")
                    + "'"))
        .containsExactly("0");
  }

  private static void assertAMissingPairIsNamed(Pair pair, Side old, Side next, String ids)
      throws Exception {
    String id = next.rows("select id from users where name = 'user 5'").getFirst();
    next.run("delete from " + ids + " where map = 'users' and source_id = '5'");
    ReconcileReport report = pair.transfers().reconcile(Pair.NAME, false, _ -> {});
    assertThat(report.certificate().green()).isFalse();
    assertThat(report.differences())
        .as("the row that has lost its pair, by its id, and the orders that refer to it")
        .anySatisfy(each -> {
          assertThat(each.table()).endsWith("users");
          assertThat(each.key()).contains(id);
          assertThat(each.kind().toString()).isEqualToIgnoringCase("extra");
        })
        .anySatisfy(each -> {
          assertThat(each.table()).endsWith("orders");
          assertThat(each.columns()).containsAnyOf("user_id", "friend");
        });
    assertThat(next.rows("select count(*) from " + ids + " where target_id = '" + id + "'"))
        .as("who compares gives no ids")
        .containsExactly("0");
    next.run("insert into " + ids + " values ('pair', 'users', '5', '" + id + "')");
    assertThat(old.rows("select name from users where id = 5")).containsExactly("user 5");
    pair.assertSame();
  }

  @Test
  void fromPostgresToMariaDb() throws Exception {
    movesThereAndBack(Side.postgres(POSTGRES), Side.mariadb(MARIADB), "char(36)", "banyan_ids");
  }

  @Test
  void fromMariaDbToPostgres() throws Exception {
    movesThereAndBack(
        Side.mariadb(MARIADB), Side.postgres(POSTGRES), "uuid", "banyan.transfer_ids");
  }

  @Test
  void idsThatCanNotBeMadeOrDoNotAgreeAreRefusedByName() throws Exception {
    Side old = Side.postgres(POSTGRES);
    Side next = Side.postgres(POSTGRES);
    old.run("create table users (id bigint primary key, name text, boss int, code text)");
    next.run("create table users (id bigint primary key, name text, boss uuid, code varchar(9))");
    try (Pair pair =
        new Pair(
            old.options("old"),
            next.options("new"),
            List.of(
                new TableOptions(
                    "users",
                    "users",
                    List.of(ids("id", "users"), ids("boss", "users"), ids("code", "codes")),
                    null,
                    Map.of())))) {
      assertThat(pair.blocking())
          .anySatisfy(says -> assertThat(says).contains("users: boss is integer", "of one kind"))
          .anySatisfy(
              says -> assertThat(says).contains("codes: no new id can be made on the target"));
    }
  }
}
