package dev.banyan.store.postgres;

import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.store.rows.Ordering;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// One order for the decisions of all replicas.
final class PostgresOrdering implements Ordering {
  private final Channel channel;

  PostgresOrdering(Channel channel) {
    this.channel = channel;
  }

  @Override
  public void takeTurn(Connection connection) throws SQLException {
    head(connection, " for update");
  }

  /// The number of the last entry.
  ///
  /// @param lock what is added to the query
  static long head(Connection connection, String lock) throws SQLException {
    return number(connection, "select seq from ledger_head" + lock);
  }

  @Override
  public boolean isOver(Connection connection, long term) throws SQLException {
    return number(connection, "select term from controller") != term;
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("a row that is always there is not: the tables were damaged");
      }
      return row.getLong(1);
    }
  }

  @Override
  public void announce(Connection connection, LedgerEntry entry, @Nullable Change change)
      throws SQLException {
    Link.update(connection, "update ledger_head set seq = ?", entry.seq());
    if (change instanceof Change.Move move) {
      Link.update(
          connection,
          "update family set moved = ? where name = ?",
          entry.seq(),
          move.after().state().family());
    }
    channel.tell(connection, Channel.WRITTEN);
  }
}
