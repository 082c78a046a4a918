package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.Fence;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Lets one handover at a time change the fence of a transfer, and none that another has overtaken.
///
/// Statements that change triggers and rights commit by themselves, so no row's lock outlives them:
/// a named lock of the session does, and all of a turn is done in that session. Where a process was
/// stopped in the middle of its turn, its session is ended, and with it whatever it would still do.
final class FenceTurns {
  /// Longer than a process that runs keeps the lock.
  static final int STOPPED_SECONDS = 5;

  /// No right for a table, or for its whole database.
  private static final List<Integer> DENIED = List.of(1142, 1044);

  private final Sessions sessions;
  private final Own own;
  private final String transfer;

  FenceTurns(Sessions sessions, Own own, String transfer) {
    this.sessions = sessions;
    this.own = own;
    this.transfer = transfer;
  }

  /// What is done to the fence.
  interface Step {
    void run(Connection connection) throws SQLException;
  }

  /// @throws Fence.Overtaken where a later turn was taken; nothing is done then
  void within(long turn, Step step) throws SQLException {
    try (Connection connection = sessions.connection()) {
      // Known before anything is done in it, so that an earlier one goes at once.
      holding(
          connection,
          tables(),
          () -> {
            create(connection);
            claim(connection, turn);
          });
      holding(
          connection,
          fence(),
          () -> {
            claim(connection, turn);
            step.run(connection);
          });
    }
  }

  private interface Held {
    void run() throws SQLException;
  }

  private static void holding(Connection connection, String lock, Held step) throws SQLException {
    lock(connection, lock);
    try {
      step.run();
    } catch (SQLException e) {
      unlock(connection, lock, e);
      throw e;
    }
    Sessions.run(connection, "do release_lock(" + lock + ")");
  }

  /// Of a session that was ended there is nothing to unlock.
  private static void unlock(Connection connection, String lock, SQLException why) {
    try {
      Sessions.run(connection, "do release_lock(" + lock + ")");
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /// Whether turns can be kept at all. Who may not keep them, and never could, has no fence, and
  /// can not put one up late either.
  boolean areKept() throws SQLException {
    try (Connection connection = sessions.connection()) {
      holding(connection, tables(), () -> create(connection));
      return true;
    } catch (SQLException e) {
      if (DENIED.contains(e.getErrorCode())) {
        return false;
      }
      throw e;
    }
  }

  private void create(Connection connection) throws SQLException {
    if (!isKept(connection)) {
      own.createFence(connection);
    }
  }

  private static void lock(Connection connection, String lock) throws SQLException {
    if (locked(connection, lock)) {
      return;
    }
    for (long holder :
        Sessions.list(
            connection, "select coalesce(is_used_lock(" + lock + "), 0)", row -> row.getLong(1))) {
      Sessions.end(connection, holder);
    }
    if (!locked(connection, lock)) {
      throw new SQLException("another process has the fence in hand, and does not let go");
    }
  }

  private static boolean locked(Connection connection, String lock) throws SQLException {
    return Sessions.list(
            connection,
            "select coalesce(get_lock(" + lock + ", " + STOPPED_SECONDS + "), 0)",
            row -> row.getInt(1))
        .equals(List.of(1));
  }

  /// The fence of this transfer.
  private String fence() {
    return lock(own.schema() + "\n" + transfer);
  }

  /// What is kept of all fences, which goes with the last of them.
  private String tables() {
    return lock(own.schema());
  }

  /// The server has one name space for all databases, and up to 64 characters.
  private static String lock(String of) {
    return "concat('banyan_fence_', md5(" + Sql.text(of) + "))";
  }

  private void claim(Connection connection, long turn) throws SQLException {
    Sessions.run(
        connection,
        "insert into "
            + own.turn()
            + " values ("
            + Sql.text(transfer)
            + ", "
            + turn
            + ") on duplicate key update turn = greatest(turn, "
            + turn
            + ")");
    long seen = last(connection);
    if (seen > turn) {
      throw new Fence.Overtaken(transfer, turn, seen);
    }
  }

  private long last(Connection connection) throws SQLException {
    return Sessions.list(
            connection,
            "select coalesce(max(turn), 0) from "
                + own.turn()
                + " where transfer = "
                + Sql.text(transfer),
            row -> row.getLong(1))
        .getFirst();
  }

  /// The highest turn; 0 for none.
  long last() throws SQLException {
    try (Connection connection = sessions.connection()) {
      return isKept(connection) ? last(connection) : 0;
    }
  }

  private boolean isKept(Connection connection) throws SQLException {
    return !Sessions.list(
            connection,
            "select 1 from information_schema.tables where table_schema = "
                + Sql.text(own.schema())
                + " and table_name = 'banyan_fence_turn'",
            row -> 1)
        .isEmpty();
  }

  void forget() throws SQLException {
    try (Connection connection = sessions.connection()) {
      if (isKept(connection)) {
        holding(connection, tables(), () -> forget(connection));
      }
    }
  }

  private void forget(Connection connection) throws SQLException {
    Sessions.run(
        connection, "delete from " + own.turn() + " where transfer = " + Sql.text(transfer));
    boolean used =
        !Sessions.list(
                connection,
                "select 1 from " + own.turn() + " union all select 1 from " + own.fence(),
                row -> 1)
            .isEmpty();
    if (!used) {
      Sessions.run(connection, "drop table " + own.turn() + ", " + own.fence());
    }
  }
}
