package dev.banyan.transfer.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// How our own transactions are known in the log.
///
/// From version 14 on it is a message in the transaction, which takes no right and no slot and
/// which any number of sessions may write at once. Before that `pgoutput` leaves messages out, and
/// it is a replication origin: a superuser's right, and each session needs one of its own.
final class Marking {
  private static final int MESSAGES_SINCE = 14;

  /// How many sessions of one transfer can write at once where origins are needed.
  private static final int ORIGINS = 16;

  private Marking() {}

  static boolean byMessage(int version) {
    return version >= MESSAGES_SINCE;
  }

  /// Gives the session an origin that no other session has, before its transaction begins.
  static void give(Connection connection, String name) throws SQLException {
    SQLException last = new SQLException("no replication origin");
    for (int i = 1; i <= ORIGINS; i++) {
      try {
        String origin = name + "_" + i;
        Sessions.list(
            connection,
            "select pg_replication_origin_create(o) from (values (?)) v(o)"
                + " where pg_replication_origin_oid(o) is null",
            row -> row.getString(1),
            origin);
        Sessions.list(
            connection,
            "select pg_replication_origin_session_setup(?)",
            row -> row.getString(1),
            origin);
        return;
      } catch (SQLException e) {
        last = e;
      }
    }
    throw new SQLException(
        "no replication origin is free for " + name + ": " + last.getMessage(), last);
  }

  /// Takes the session's origin away, if it has one, so that the pool's connection is as it was.
  static void take(Connection connection) throws SQLException {
    if (!byMessage(connection.getMetaData().getDatabaseMajorVersion())) {
      List<Boolean> has =
          Sessions.list(
              connection,
              "select pg_replication_origin_session_is_setup()",
              row -> row.getBoolean(1));
      if (has.getFirst()) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("select pg_replication_origin_session_reset()");
        }
      }
    }
  }

  static void forget(Sessions sessions, String name) throws SQLException {
    sessions.list(
        "select pg_replication_origin_drop(roname) from pg_replication_origin"
            + " where left(roname, length(?) + 1) = ? || '_'",
        row -> row.getString(1),
        name,
        name);
  }
}
