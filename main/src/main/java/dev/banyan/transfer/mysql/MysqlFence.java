package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Refuses an application's writes by guard triggers, and takes its rights where it holds them for
/// the tables themselves.
///
/// Rights that are held for a whole database or server can not be taken for some tables only, and
/// the triggers refuse whatever the rights are. Creating a trigger waits for the transactions that
/// have touched the table, so the guard stands behind all of them. What triggers do not see is
/// TRUNCATE and DDL (another right), and rows that a foreign key's cascade changes (a finding).
final class MysqlFence implements Fence {
  private static final List<String> EVENTS = List.of("insert", "update", "delete");

  /// Between two looks at open transactions. The server shows the same again to whoever looks
  /// within a tenth of a second after anybody has.
  private static final Duration LOOK = Duration.ofMillis(120);

  private final Sessions sessions;
  private final String transfer;
  private final List<Table> tables;
  private final List<String> applications;
  private final Own own;
  private final FenceTurns turns;

  MysqlFence(Sessions sessions, String transfer, List<Table> tables, List<String> applications) {
    this.sessions = sessions;
    this.transfer = transfer;
    this.tables = List.copyOf(tables);
    this.applications = applications.stream().map(MysqlFence::user).toList();
    this.own = new Own(sessions.database());
    this.turns = new FenceTurns(sessions, own, transfer);
  }

  /// Of `app@10.0.%` the user's name: it is refused from wherever it comes.
  private static String user(String application) {
    int at = application.lastIndexOf('@');
    return at < 0 ? application : application.substring(0, at).replace("'", "");
  }

  @Override
  public List<Finding> findings() throws SQLException {
    List<Finding> findings = new ArrayList<>();
    Rights rights = Rights.of(sessions);
    for (Table table : tables) {
      if (!rights.table(table.name(), "TRIGGER")) {
        findings.add(
            new Finding(
                true,
                "right_trigger",
                table.name().toString(),
                "our account may not put a guard on it: grant trigger on it"));
      }
    }
    if (!rights.server("SUPER")
        && sessions.on("log_bin")
        && !sessions.on("log_bin_trust_function_creators")) {
      findings.add(
          new Finding(
              true,
              "right_trigger",
              "log_bin_trust_function_creators",
              "with a binary log the server lets nobody create triggers without SUPER: set it to"
                  + " ON"));
    }
    if (!rights.server("CONNECTION ADMIN") && !rights.server("CONNECTION_ADMIN")) {
      findings.add(
          new Finding(
              true,
              "right_kill",
              "CONNECTION ADMIN",
              "our account may not end the application's sessions: grant it on *.*"));
    }
    if (!rights.server("PROCESS")) {
      findings.add(
          new Finding(
              true,
              "right_process",
              "PROCESS",
              "our account does not see the application's sessions: grant process on *.*"));
    }
    if (applications.contains(sessions.user())) {
      findings.add(
          new Finding(
              true,
              "same_account",
              sessions.user(),
              "the application uses our own account, and would be refused with us: give each its"
                  + " own"));
    }
    return findings;
  }

  @Override
  public void raise(long turn, Duration wait) throws SQLException, FenceFailed {
    try {
      turns.within(
          turn,
          connection -> {
            putUp(connection, Math.max(1, wait.toSeconds() / 2));
            revoke(connection);
          });
      endSessions();
      awaitNone(wait);
    } catch (Overtaken e) {
      throw e;
    } catch (SQLException | FenceFailed e) {
      takeDown(turn, e);
      if (e instanceof SQLException locked && timedOut(locked)) {
        throw new FenceFailed(
            "a table stayed locked by open transactions: " + String.join(", ", transactions()));
      }
      throw e;
    }
  }

  private void putUp(Connection connection, long seconds) throws SQLException {
    try {
      guard(connection, seconds);
    } catch (SQLException e) {
      if (!timedOut(e)) {
        throw e;
      }
      // A session holds a table in a transaction that stands still.
      endSessions();
      guard(connection, seconds);
    }
  }

  private static boolean timedOut(SQLException e) {
    return e.getErrorCode() == 1205;
  }

  private void takeDown(long turn, Exception why) {
    try {
      lower(turn);
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  private void guard(Connection connection, long seconds) throws SQLException {
    waiting(
        connection,
        seconds,
        () -> {
          for (Table table : tables) {
            for (String event : EVENTS) {
              guard(connection, table.name(), event);
            }
          }
        });
  }

  private interface Waiting {
    void run() throws SQLException;
  }

  /// While a statement waits for a table, nobody else reads it.
  private static void waiting(Connection connection, long seconds, Waiting statements)
      throws SQLException {
    Sessions.run(connection, "set session lock_wait_timeout = " + seconds);
    try {
      statements.run();
    } finally {
      Sessions.run(connection, "set session lock_wait_timeout = default");
    }
  }

  private void guard(Connection connection, TableName table, String event) throws SQLException {
    if (!guarded(table, event)) {
      Sessions.run(
          connection,
          "create trigger "
              + Sql.name(table.schema())
              + "."
              + Sql.name(trigger(table, event))
              + " before "
              + event
              + " on "
              + Sql.name(table)
              + " for each row begin if "
              + refused("substring_index(user(), '@', 1)")
              + " then signal sqlstate '45000' set message_text = "
              + Sql.text("banyan: the writes of this table have moved (" + shortTransfer() + ")")
              + "; end if; end");
    }
  }

  private String shortTransfer() {
    return transfer.length() > 40 ? transfer.substring(0, 40) : transfer;
  }

  /// Without a list of applications everyone is one, but we.
  private String refused(String user) {
    return applications.isEmpty()
        ? user + " <> " + Sql.text(sessions.user())
        : user
            + " in ("
            + applications.stream().map(Sql::text).collect(Collectors.joining(", "))
            + ")";
  }

  /// A trigger's name is one of its database's, and has 64 characters.
  private String trigger(TableName table, String event) {
    String id = Integer.toHexString((transfer + "\n" + table.name()).hashCode());
    String shown = table.name().length() > 30 ? table.name().substring(0, 30) : table.name();
    return "banyan_fence_" + event + "_" + id + "_" + shown;
  }

  private boolean guarded(TableName table, String event) throws SQLException {
    return !sessions
        .list(
            "select 1 from information_schema.triggers where trigger_schema = "
                + Sql.text(table.schema())
                + " and trigger_name = "
                + Sql.text(trigger(table, event)),
            row -> 1)
        .isEmpty();
  }

  /// Rights held for the tables themselves are taken too, and written down first, so that they come
  /// back exactly.
  private void revoke(Connection connection) throws SQLException {
    for (Grant grant : grants()) {
      Sessions.run(
          connection,
          "insert ignore into "
              + own.fence()
              + " values ("
              + Sql.text(transfer)
              + ", "
              + Sql.text(grant.give())
              + ")");
      Sessions.run(connection, grant.take());
    }
  }

  /// One right of one account on one of the tables.
  private record Grant(String account, TableName table, String right, boolean mayPassOn) {
    String give() {
      return "grant "
          + right
          + " on "
          + Sql.name(table)
          + " to "
          + account
          + (mayPassOn ? " with grant option" : "");
    }

    String take() {
      return "revoke " + right + " on " + Sql.name(table) + " from " + account;
    }
  }

  private List<Grant> grants() throws SQLException {
    List<Grant> grants = new ArrayList<>();
    for (Table table : tables) {
      grants.addAll(
          sessions.list(
              "select grantee, privilege_type, is_grantable from"
                  + " information_schema.table_privileges where "
                  + Catalog.is(table.name())
                  + " and privilege_type in ('INSERT', 'UPDATE', 'DELETE') and "
                  + refused("trim(both '''' from substring_index(grantee, '@', 1))"),
              row ->
                  new Grant(
                      Sessions.text(row, 1),
                      table.name(),
                      Sessions.text(row, 2).toLowerCase(Locale.ROOT),
                      Sessions.text(row, 3).equals("YES"))));
    }
    return grants;
  }

  private void endSessions() throws SQLException {
    for (long session : open()) {
      sessions.end(session);
    }
  }

  private List<Long> open() throws SQLException {
    return sessions.list(
        "select id from information_schema.processlist where id <> connection_id() and command not"
            + " in ('Daemon', 'Binlog Dump', 'Binlog Dump GTID', 'Slave_IO', 'Slave_SQL') and user"
            + " <> 'system user' and "
            + refused("user"),
        row -> row.getLong(1));
  }

  /// What was rolled back may still be at it.
  private void awaitNone(Duration wait) throws SQLException, FenceFailed {
    long looks = Math.max(1, wait.dividedBy(LOOK));
    List<String> left = transactions();
    for (long look = 0; look < looks && !left.isEmpty(); look++) {
      left = transactions();
    }
    if (!left.isEmpty()) {
      throw new FenceFailed(
          "transactions of the application are still open after "
              + wait
              + ": "
              + String.join(", ", left));
    }
  }

  /// Each look takes [#LOOK]. One that was left prepared has no session any more, nor a user, and
  /// still has its session's number where that is just ending.
  private List<String> transactions() throws SQLException {
    sessions.run("do sleep(" + LOOK.toMillis() / 1000.0 + ")");
    return sessions.list(
        "select case when p.id is null"
            + " then concat('prepared transaction, since ', t.trx_started, ' (see XA RECOVER)')"
            + " else concat('session ', p.id, ' (', p.user, ', ', t.trx_state, ')') end"
            + " from information_schema.innodb_trx t left join information_schema.processlist p"
            + " on p.id = t.trx_mysql_thread_id where"
            + " (p.id is null and t.trx_rows_modified > 0) or (p.id <>"
            + " connection_id() and"
            // A transaction that only reads, of a session that came after the guard, may stay.
            + " (t.trx_rows_modified > 0 or p.command = 'Killed') and "
            + refused("p.user")
            + ")",
        row -> Sessions.text(row, 1));
  }

  @Override
  public void lower(long turn) throws SQLException {
    if (turns.areKept()) {
      turns.within(turn, this::takeDown);
    }
  }

  private void takeDown(Connection connection) throws SQLException {
    String mine = " where transfer = " + Sql.text(transfer);
    for (String grant :
        Sessions.list(
            connection, "select grants from " + own.fence() + mine, row -> Sessions.text(row, 1))) {
      Sessions.run(connection, grant);
    }
    Sessions.run(connection, "delete from " + own.fence() + mine);
    waiting(
        connection,
        FenceTurns.STOPPED_SECONDS,
        () -> {
          for (Table table : tables) {
            for (String event : EVENTS) {
              Sessions.run(
                  connection,
                  "drop trigger if exists "
                      + Sql.name(table.name().schema())
                      + "."
                      + Sql.name(trigger(table.name(), event)));
            }
          }
        });
  }

  @Override
  public long turn() throws SQLException {
    return turns.last();
  }

  @Override
  public void forget() throws SQLException {
    turns.forget();
  }

  @Override
  public boolean standing() throws SQLException {
    for (Table table : tables) {
      for (String event : EVENTS) {
        if (!guarded(table.name(), event)) {
          return false;
        }
      }
    }
    return !tables.isEmpty();
  }
}
