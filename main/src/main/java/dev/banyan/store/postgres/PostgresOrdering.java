package dev.banyan.store.postgres;

import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.store.rows.Ordering;
import dev.banyan.store.rows.Sql;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One order for the decisions of all replicas.
final class PostgresOrdering implements Ordering {
  private final Channel channel;
  private final String replica;

  /// @param replica who writes, and waits for the others to follow
  PostgresOrdering(Channel channel, String replica) {
    this.channel = channel;
    this.replica = replica;
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

  @Override
  public boolean isPast(Connection connection, String family, long period) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "select coalesce((select period from parity_period where family = ?), 0)")) {
      select.setString(1, family);
      return number(select) != period;
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      return number(select);
    }
  }

  private static long number(PreparedStatement select) throws SQLException {
    try (ResultSet row = select.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("a row that is always there is not: the tables were damaged");
      }
      return row.getLong(1);
    }
  }

  @Override
  public List<Sql> announcing(LedgerEntry entry, @Nullable Change change) {
    List<Sql> all = new ArrayList<>();
    all.add(Sql.of("update ledger_head set seq = ?", entry.seq()));
    if (change instanceof Change.Move move) {
      all.add(
          Sql.of(
              "update family set moved = ? where name = ?",
              entry.seq(),
              move.after().state().family()));
    }
    all.add(channel.telling(Channel.WRITTEN + replica));
    return all;
  }

  /// As one statement of many: the driver sends them together.
  @Override
  public void run(Connection connection, List<Sql> all) throws SQLException {
    String text = all.stream().map(Sql::text).collect(Collectors.joining("; "));
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      int place = 1;
      for (Sql each : all) {
        each.bind(statement, place);
        place += each.values().size();
      }
      statement.execute();
    }
  }
}
