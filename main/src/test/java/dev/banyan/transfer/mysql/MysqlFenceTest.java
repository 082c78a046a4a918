package dev.banyan.transfer.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MysqlFenceTest {
  @RegisterExtension static final MariaDbServer SERVER = new MariaDbServer();

  private String schema;
  private String app;
  private MysqlDatabase database;

  @BeforeEach
  void open() throws SQLException {
    schema = SERVER.schema();
    app = "app_" + schema;
    database = MysqlDatabase.open("m", SERVER.url(schema), "root", "", Thread::new);
    try (Connection connection = SERVER.connect(schema)) {
      MariaDbServer.run(
          connection,
          "create table a (id int primary key, v int)",
          "create table free (id int primary key)",
          "create user " + app + " identified by 'secret'",
          "insert into a values (1, 1)");
    }
  }

  @AfterEach
  void close() {
    database.close();
  }

  private List<Table> tables() throws SQLException {
    return database.tables(List.of(new TableName(schema, "a")));
  }

  private void write(Connection connection) throws SQLException {
    MariaDbServer.run(connection, "update a set v = v + 1");
  }

  private Connection app() throws SQLException {
    return SERVER.connect(schema, app, "secret");
  }

  private Fence fence() throws SQLException {
    return database.fence("t", tables(), List.of(app));
  }

  @Test
  void rightsOverTheWholeDatabaseAreGuarded() throws Exception {
    SERVER.run("grant all on " + schema + ".* to " + app);
    refusesAndGivesBack();
    try (Connection ours = SERVER.connect(schema)) {
      fence().raise(1, Duration.ofSeconds(10));
      assertThatCode(() -> write(ours)).doesNotThrowAnyException();
      fence().lower(1);
    }
  }

  @Test
  void rightsOverTheTableComeBackExactly() throws Exception {
    SERVER.run(
        "grant select, insert, update on " + schema + ".a to " + app,
        "grant delete on " + schema + ".a to " + app + " with grant option",
        "grant insert on " + schema + ".free to " + app);
    List<?> before = SERVER.column("show grants for " + app);
    refusesAndGivesBack();
    assertThat(SERVER.column("show grants for " + app)).isEqualTo(before);
  }

  private void refusesAndGivesBack() throws Exception {
    try (Connection old = app()) {
      write(old);
      fence().raise(1, Duration.ofSeconds(10));
      fence().raise(1, Duration.ofSeconds(10));
      assertThat(fence().standing()).isTrue();
      assertThatThrownBy(() -> write(old)).isInstanceOf(SQLException.class);
    }
    try (Connection fresh = app()) {
      assertThatThrownBy(() -> write(fresh)).isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> MariaDbServer.run(fresh, "delete from a"))
          .isInstanceOf(SQLException.class);
      assertThatThrownBy(() -> MariaDbServer.run(fresh, "replace into a values (1, 5)"))
          .isInstanceOf(SQLException.class);
      assertThatCode(() -> MariaDbServer.run(fresh, "insert into free values (1)"))
          .doesNotThrowAnyException();
    }
    fence().lower(1);
    fence().lower(1);
    assertThat(fence().standing()).isFalse();
    try (Connection fresh = app()) {
      write(fresh);
    }
    assertThat(SERVER.column("select v from " + schema + ".a")).containsExactly("3");
  }

  @Test
  void whoHasALaterTurnKeepsTheFenceAsItIs() throws Exception {
    SERVER.run("grant all on " + schema + ".* to " + app);
    fence().raise(2, Duration.ofSeconds(4));
    assertThatThrownBy(() -> fence().lower(1))
        .isInstanceOf(Fence.Overtaken.class)
        .hasMessageContaining("turn 2");
    assertThat(fence().standing()).isTrue();

    fence().lower(3);
    assertThatThrownBy(() -> fence().raise(2, Duration.ofSeconds(4)))
        .isInstanceOf(Fence.Overtaken.class);
    assertThat(fence().standing()).isFalse();
    assertThat(fence().turn()).isEqualTo(3);
    try (Connection fresh = app()) {
      write(fresh);
    }
    fence().forget();
    assertThat(fence().turn()).isZero();
  }

  /// A session that has the lock and says nothing, as that of a process that was stopped.
  @Test
  void whoWasStoppedInItsTurnIsOvertakenAndItsSessionIsEnded() throws Exception {
    fence().lower(1);
    try (Connection stopped = SERVER.connect(schema)) {
      String name = "concat('banyan_fence_', md5('" + schema + "\\nt'))";
      MariaDbServer.run(stopped, "do get_lock(" + name + ", 0)");

      fence().lower(2);
      assertThatThrownBy(() -> write(stopped)).isInstanceOf(SQLException.class);
    }
    assertThat(fence().turn()).isEqualTo(2);
  }

  @Test
  void aTransactionThatStandsStillIsEnded() throws Exception {
    SERVER.run("grant all on " + schema + ".* to " + app);
    Connection idle = app();
    idle.setAutoCommit(false);
    write(idle);
    fence().raise(1, Duration.ofSeconds(4));
    assertThatThrownBy(idle::commit).isInstanceOf(SQLException.class);
    assertThat(SERVER.column("select v from " + schema + ".a")).containsExactly("1");
    fence().lower(1);
  }

  @Test
  void whoReadsForLongKeepsNobodyWaitingBehindTheFence() throws Exception {
    SERVER.run("grant all on " + schema + ".* to " + app);
    fence().raise(1, Duration.ofSeconds(4));
    try (Connection reader = SERVER.connect(schema)) {
      reader.setAutoCommit(false);
      MariaDbServer.run(reader, "select v from a");
      assertThatThrownBy(() -> fence().lower(1)).isInstanceOf(SQLException.class);
      reader.rollback();
    }
    fence().lower(1);
    try (Connection fresh = app()) {
      write(fresh);
    }
  }

  private void prepare(String name) throws SQLException {
    try (Connection preparing = app()) {
      MariaDbServer.run(preparing, "xa start '" + name + "'");
      write(preparing);
      MariaDbServer.run(preparing, "xa end '" + name + "'", "xa prepare '" + name + "'");
    }
  }

  /// It has no session, and ends when somebody says so.
  @Test
  void aTransactionThatIsLeftPreparedKeepsTheFenceDown() throws Exception {
    SERVER.run("grant all on " + schema + ".* to " + app);
    prepare("left");
    try {
      assertThatThrownBy(() -> fence().raise(1, Duration.ofSeconds(2)))
          .satisfies(e -> assertThat(e.toString()).contains("prepared"));
      assertThat(fence().standing()).isFalse();
    } finally {
      SERVER.run("xa rollback 'left'");
    }
    fence().raise(2, Duration.ofSeconds(2));
    assertThat(fence().standing()).isTrue();
    fence().lower(2);
  }

  @Test
  void aTransactionThatEndsMeanwhileIsSeenToHaveEnded() throws Exception {
    SERVER.run("grant all on " + schema + ".* to " + app);
    prepare("late");
    Thread ending =
        Thread.ofPlatform()
            .start(() -> {
              try {
                Thread.sleep(500);
                SERVER.run("xa rollback 'late'");
              } catch (SQLException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    fence().raise(1, Duration.ofSeconds(10));
    assertThat(fence().standing()).isTrue();
    ending.join();
    fence().lower(1);
  }

  @Test
  void whatIsMissingIsFoundByName() throws Exception {
    SERVER.run("grant select on " + schema + ".* to " + app);
    try (MysqlDatabase theirs =
        MysqlDatabase.open("m", SERVER.url(schema), app, "secret", Thread::new)) {
      assertThat(theirs.fence("t", tables(), List.of(app)).findings())
          .extracting("code")
          .contains("right_trigger", "right_kill", "right_process", "same_account");
      assertThat(theirs.sourceFindings(tables()))
          .extracting("code")
          .containsExactlyElementsOf(
              Stream.concat(
                      MariaDbServer.isMysql() ? Stream.of("snapshot_lock") : Stream.of(),
                      Stream.of("right_replication", "right_log_status"))
                  .toList());
      assertThat(theirs.targetFindings(tables()))
          .extracting("code")
          .contains("right_create", "right_insert", "right_update", "right_delete");
    }
    assertThat(fence().findings()).isEmpty();
  }
}
