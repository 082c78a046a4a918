package dev.banyan.store.rows;

import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a store does so that many processes may write: all within the transaction that writes.
public interface Ordering {

  /// Makes every other writer wait until this transaction has ended.
  void takeTurn(Connection connection) throws SQLException;

  /// Whether another controller has taken over since the one of this term.
  boolean isOver(Connection connection, long term) throws SQLException;

  /// Whether a family's comparisons have begun anew since a period of theirs.
  boolean isPast(Connection connection, String family, long period) throws SQLException;

  /// What says to whoever looks at the store what has been written. Carried out with that.
  List<Sql> announcing(LedgerEntry entry, @Nullable Change change);

  /// Carries statements out, one after the other, in as few round trips as it takes.
  void run(Connection connection, List<Sql> all) throws SQLException;

  /// One process has the store and is its only controller, so that no term of its is ever over.
  final class Alone implements Ordering {
    @Override
    public void takeTurn(Connection connection) {
      // Nobody else writes.
    }

    @Override
    public boolean isOver(Connection connection, long term) {
      return false;
    }

    @Override
    public boolean isPast(Connection connection, String family, long period) {
      return false; // the process knows it itself
    }

    @Override
    public List<Sql> announcing(LedgerEntry entry, @Nullable Change change) {
      return List.of(); // nobody else looks
    }

    @Override
    public void run(Connection connection, List<Sql> all) throws SQLException {
      for (Sql each : all) {
        try (PreparedStatement statement = connection.prepareStatement(each.text())) {
          each.bind(statement, 1);
          statement.execute();
        }
      }
    }
  }
}
