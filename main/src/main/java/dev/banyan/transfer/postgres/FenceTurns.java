package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.Fence;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/// Lets one handover at a time change the fence of a transfer, and none that another has overtaken.
///
/// Each change is a transaction that holds the transfer's advisory lock and looks at its turn
/// first. Where a process was stopped in the middle of one, its session is ended, and with it
/// whatever it would still do.
final class FenceTurns {
  static final String LOCKED = "55P03";

  private static final String DENIED = "42501";

  /// Longer than a process that runs keeps the lock.
  static final Duration STOPPED = Duration.ofSeconds(5);

  private static final String STORE =
      """
      select pg_advisory_xact_lock(hashtext('banyan transfer'));
      create schema if not exists banyan;
      create table if not exists banyan.fence (
        transfer text not null, relation text not null, kind text not null, role text not null,
        privilege text not null, grantable boolean not null,
        primary key (transfer, relation, kind, role, privilege));
      create table if not exists banyan.fence_turn (
        transfer text primary key, turn bigint not null);
      create or replace function banyan.refuse_writes() returns trigger language plpgsql as $$
      begin
        if coalesce(current_setting('banyan.work', true), '') = 'on' then
          return null;
        end if;
        raise exception 'writes to %.% are fenced: the rows have moved, by transfer %',
          tg_table_schema, tg_table_name, tg_argv[0] using errcode = 'insufficient_privilege';
      end $$;
      """;

  private static final String IS_KEPT =
      """
      select to_regclass('banyan.fence') is not null
        and to_regclass('banyan.fence_turn') is not null
      """;

  /// Until the transaction ends.
  private static final String LOCK =
      "select pg_advisory_xact_lock(hashtextextended('banyan fence ' || ?, 0))";

  private static final String TURN =
      """
      insert into banyan.fence_turn as seen values (?, ?)
      on conflict (transfer) do update set turn = greatest(seen.turn, excluded.turn)
      returning turn
      """;

  private static final String END_HOLDER =
      """
      select pg_terminate_backend(l.pid) from pg_locks l
      where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid <> pg_backend_pid()
        and l.database = (select oid from pg_database where datname = current_database())
        and (l.classid::bigint << 32 | l.objid::bigint)
          = hashtextextended('banyan fence ' || ?, 0)
      """;

  /// Who has the fence of another transfer in hand may be about to write down what it takes: then
  /// nothing goes.
  private static final String LAST =
      """
      do $$ begin
        begin
          lock table banyan.fence_turn, banyan.fence in access exclusive mode nowait;
        exception when lock_not_available then return;
        end;
        if not exists (select from banyan.fence) and not exists (select from banyan.fence_turn) then
          drop table banyan.fence, banyan.fence_turn;
          drop function banyan.refuse_writes();
          begin
            drop schema banyan restrict;
          exception when dependent_objects_still_exist or insufficient_privilege then null;
          end;
        end if;
      end $$
      """;

  private final Sessions sessions;
  private final String transfer;

  FenceTurns(Sessions sessions, String transfer) {
    this.sessions = sessions;
    this.transfer = transfer;
  }

  /// What is done to the fence.
  interface Step {
    void run(Statement statement) throws SQLException;
  }

  void create() throws SQLException {
    sessions.run(STORE);
  }

  /// Whether turns can be kept at all. Who may not keep them, and never could, has no fence, and
  /// can not put one up late either.
  boolean areKept() throws SQLException {
    if (isKept()) {
      return true;
    }
    try {
      create();
      return true;
    } catch (SQLException e) {
      if (DENIED.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  boolean isKept() throws SQLException {
    return sessions.list(IS_KEPT, row -> row.getBoolean(1)).getFirst();
  }

  /// Makes the turn known before anything is done in it, so that an earlier one that comes now goes
  /// at once. A process that was stopped within its own would keep it for ever: its session is
  /// ended.
  ///
  /// @throws Fence.Overtaken where a later turn was taken
  void enter(long turn) throws SQLException {
    long seen = last();
    if (seen > turn) {
      throw new Fence.Overtaken(transfer, turn, seen);
    }
    try {
      claim(turn);
    } catch (SQLException e) {
      if (!LOCKED.equals(e.getSQLState())) {
        throw e;
      }
      sessions.list(END_HOLDER, row -> row.getBoolean(1), transfer);
      claim(turn);
    }
  }

  private void claim(long turn) throws SQLException {
    try (Connection connection = sessions.connection()) {
      within(connection, turn, STOPPED, _ -> {});
    }
  }

  /// One transaction, which has the fence for itself.
  ///
  /// @param wait for a lock
  /// @throws Fence.Overtaken where a later turn was taken; nothing is done then
  void within(Connection connection, long turn, Duration wait, Step step) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local lock_timeout = " + Math.max(wait.toMillis(), 1));
      Sessions.list(connection, LOCK, row -> true, transfer);
      long seen = Sessions.list(connection, TURN, row -> row.getLong(1), transfer, turn).getFirst();
      if (seen > turn) {
        throw new Fence.Overtaken(transfer, turn, seen);
      }
      step.run(statement);
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  /// The highest turn; 0 for none.
  long last() throws SQLException {
    if (!isKept()) {
      return 0;
    }
    List<Long> turns =
        sessions.list(
            "select turn from banyan.fence_turn where transfer = ?",
            row -> row.getLong(1),
            transfer);
    return turns.isEmpty() ? 0 : turns.getFirst();
  }

  void forget() throws SQLException {
    if (last() > 0) {
      sessions.run(
          "delete from banyan.fence_turn where transfer = " + Sql.literal(transfer) + ";" + LAST);
    }
  }
}
