package dev.banyan.transfer.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresFenceTest {
  @RegisterExtension static final LogicalServer SERVER = new LogicalServer();

  private static final Duration WAIT = Duration.ofSeconds(2);

  private static PostgresDatabase database;
  private Table people;

  @BeforeAll
  static void open() throws SQLException {
    database = SERVER.open();
    SERVER.run(
        "create role shop login password 'secret'", "create role owner login password 'secret'");
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void create() throws SQLException {
    SERVER.run(
        "create table people (id int generated always as identity primary key, name varchar(5))",
        "grant select, insert, update (name), delete on people to shop");
    people = Moves.table(database, "people");
  }

  @AfterEach
  void drop() throws SQLException {
    for (String each : SERVER.ask("select gid from pg_prepared_xacts")) {
      SERVER.run("rollback prepared '" + each + "'");
    }
    database.fence("people", List.of(people), List.of("shop")).forget();
    SERVER.run("drop table people cascade");
  }

  /// As the transfer itself does.
  private void write(long id) throws Exception {
    try (Target target = database.target("people", List.of(people))) {
      target.prepare();
      try (TargetWork work = target.begin(1)) {
        Row row = new Row(new Object[] {id, "ours"});
        work.apply(people, List.of(new Change.Upsert(people.name(), Key.of(id), Key.of(id), row)));
        work.commit();
      }
      target.remove();
    }
  }

  private static List<String> people() throws SQLException {
    return SERVER.ask("select concat_ws(' ', id, name) from people order by id");
  }

  private void refuses(String user, String sql) {
    assertThatThrownBy(
            () -> {
              try (Connection connection = SERVER.connect(user);
                  Statement statement = connection.createStatement()) {
                statement.execute(sql);
              }
            })
        .as(user + ": " + sql)
        .isInstanceOf(SQLException.class)
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("42501");
  }

  @Test
  void aDirectWriteAfterTheFenceFailsAndRightsComeBackAsTheyWere() throws Exception {
    SERVER.run("revoke update (name) on people from shop", "grant update on people to shop");
    String before = rights();
    Fence fence = database.fence("people", List.of(people), List.of("shop"));
    assertThat(fence.findings()).noneMatch(Finding::blocks);
    try (Connection open = SERVER.connect("shop");
        Statement statement = open.createStatement()) {
      statement.execute("insert into people (name) values ('a')");
      fence.raise(1, WAIT);
      fence.raise(1, WAIT);
      assertThat(fence.standing()).isTrue();
      assertThatThrownBy(() -> statement.execute("insert into people (name) values ('b')"))
          .as("a session from before")
          .hasMessageContaining("permission denied");
      assertThat(LogicalServer.ask(statement, "select name from people"))
          .as("which goes on reading")
          .containsExactly("a");
    }
    refuses("shop", "insert into people (name) values ('b')");
    refuses("shop", "update people set name = 'b'");
    refuses("shop", "delete from people");
    assertThat(SERVER.ask("select tgname from pg_trigger where not tgisinternal")).isEmpty();
    write(99);

    fence.lower(1);
    fence.lower(1);
    assertThat(fence.standing()).isFalse();
    assertThat(rights()).isEqualTo(before);
    try (Connection again = SERVER.connect("shop");
        Statement statement = again.createStatement()) {
      statement.execute("update people set name = 'c'");
    }
  }

  private static String rights() throws SQLException {
    return SERVER
        .ask(
            "select string_agg(a::text, ';' order by a::text) from pg_class c,"
                + " unnest(relacl) a where c.oid = 'people'::regclass")
        .getFirst();
  }

  @Test
  void whoCanNotBeDeprivedIsRefusedByAGuard() throws Exception {
    SERVER.run("alter table people owner to owner", "grant owner to shop");
    Fence fence = database.fence("people", List.of(people), List.of("shop", "postgres"));
    fence.raise(1, WAIT);
    assertThat(fence.standing()).isTrue();
    refuses("shop", "insert into people (name) values ('b')");
    refuses("owner", "truncate people");
    refuses("postgres", "delete from people");
    refuses("postgres", "set session_replication_role = replica; delete from people");
    write(99);
    fence.lower(1);
    SERVER.run("delete from people");
    assertThat(fence.standing()).isFalse();
  }

  @Test
  void whoReadsForLongKeepsNobodyWaitingBehindTheFence() throws Exception {
    Fence fence = database.fence("people", List.of(people), List.of());
    fence.raise(1, WAIT);
    try (Connection reader = SERVER.connect("shop");
        Statement statement = reader.createStatement()) {
      statement.execute("begin; select from people");
      assertThatThrownBy(() -> fence.lower(1))
          .isInstanceOf(SQLException.class)
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("55P03");
      assertThat(fence.standing()).isTrue();
    }
    fence.lower(1);
    assertThat(fence.standing()).isFalse();
  }

  @Test
  void whoHasALaterTurnKeepsTheFenceAsItIs() throws Exception {
    Fence first = database.fence("people", List.of(people), List.of("shop"));
    Fence later = database.fence("people", List.of(people), List.of("shop"));
    later.raise(2, WAIT);
    assertThatThrownBy(() -> first.lower(1))
        .isInstanceOf(Fence.Overtaken.class)
        .hasMessageContaining("turn 2");
    refuses("shop", "insert into people (name) values ('b')");

    later.lower(3);
    assertThatThrownBy(() -> first.raise(2, WAIT)).isInstanceOf(Fence.Overtaken.class);
    assertThat(later.standing()).isFalse();
    assertThat(later.turn()).isEqualTo(3);
    try (Connection shop = SERVER.connect("shop");
        Statement statement = shop.createStatement()) {
      statement.execute("insert into people (name) values ('c')");
    }
    later.forget();
    assertThat(first.turn()).isZero();
    assertThat(SERVER.ask("select nspname from pg_namespace where nspname = 'banyan'")).isEmpty();
  }

  /// Its transaction stays open, as that of a process that was stopped.
  @Test
  void whoWasStoppedInItsTurnIsOvertakenAndUndone() throws Exception {
    Fence fence = database.fence("people", List.of(people), List.of("shop"));
    fence.lower(1);
    try (Connection stopped = inItsTurn("people");
        Connection other = inItsTurn("other");
        Statement statement = stopped.createStatement()) {
      statement.execute("update banyan.fence_turn set turn = 2");
      statement.execute("revoke insert on people from shop");

      fence.lower(3);
      assertThatThrownBy(stopped::commit).isInstanceOf(SQLException.class);
      other.commit(); // that of another transfer goes on
    }
    try (Connection shop = SERVER.connect("shop");
        Statement statement = shop.createStatement()) {
      statement.execute("insert into people (name) values ('c')");
    }
    assertThat(fence.turn()).isEqualTo(3);
  }

  private static Connection inItsTurn(String transfer) throws SQLException {
    Connection connection = SERVER.connect("postgres");
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "select pg_advisory_xact_lock(hashtextextended('banyan fence " + transfer + "', 0))");
    }
    return connection;
  }

  /// Its rights were taken after it had put the fence up.
  @Test
  void whoMayCreateNothingAnyMoreTakesItsFenceDown() throws Exception {
    SERVER.run(
        "create role mover login",
        "alter table people owner to mover",
        "grant create on database" + " postgres to mover");
    try (PostgresDatabase movers = SERVER.open("mover")) {
      Fence fence = movers.fence("people", List.of(people), List.of("shop"));
      fence.raise(1, WAIT);
      SERVER.run("revoke create on database postgres from mover");
      refuses("shop", "insert into people (name) values ('b')");
      fence.lower(2);
      fence.forget();
    } finally {
      SERVER.run("alter table people owner to postgres", "drop owned by mover", "drop role mover");
    }
    try (Connection shop = SERVER.connect("shop");
        Statement statement = shop.createStatement()) {
      statement.execute("insert into people (name) values ('c')");
    }
  }

  @Test
  void whatAnotherIsAboutToTakeIsNotForgottenWithTheLastTurn() throws Exception {
    Fence fence = database.fence("people", List.of(people), List.of("shop"));
    fence.raise(1, WAIT);
    fence.lower(1);
    try (Connection other = SERVER.connect("postgres");
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("insert into banyan.fence_turn values ('other', 1)");
      statement.execute(
          "insert into banyan.fence values ('other', 'people', 'right', 'shop', 'DELETE', false)");
      fence.forget();
      other.commit();
    }
    assertThat(SERVER.ask("select role, privilege from banyan.fence"))
        .as("what is to be given back")
        .hasSize(1);
    Fence others = database.fence("other", List.of(people), List.of("shop"));
    others.lower(2);
    others.forget();
    assertThat(SERVER.ask("select to_regclass('banyan.fence') is null")).containsExactly("t");
  }

  @Test
  void aTransactionThatIsLeftPreparedKeepsTheFenceDown() throws Exception {
    SERVER.run("begin", "insert into people (name) values ('a')", "prepare transaction 'left'");
    Fence fence = database.fence("people", List.of(people), List.of("shop"));
    assertThat(fence.findings()).extracting(Finding::code).contains("prepared-transaction");
    assertThatThrownBy(() -> fence.raise(1, Duration.ofMillis(200)))
        .isInstanceOf(Fence.FenceFailed.class)
        .hasMessageContaining("prepared transaction 'left'");
    assertThat(fence.standing()).isFalse();
    SERVER.run("rollback prepared 'left'");
    try (Connection connection = SERVER.connect("shop");
        Statement statement = connection.createStatement()) {
      statement.execute("delete from people");
    }
  }

  @Test
  void aTransactionThatHasWrittenIsEndedAndNothingOfItRemains() throws Exception {
    Fence fence = database.fence("people", List.of(people), List.of("shop"));
    try (Connection open = SERVER.connect("shop");
        Statement statement = open.createStatement()) {
      open.setAutoCommit(false);
      statement.execute("insert into people (name) values ('half')");
      fence.raise(1, Duration.ofMillis(400));
      assertThatThrownBy(open::commit).isInstanceOf(SQLException.class);
    }
    assertThat(people()).isEmpty();
    fence.lower(1);
  }
}
