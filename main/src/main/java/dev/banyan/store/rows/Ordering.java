package dev.banyan.store.rows;

import dev.banyan.cutover.Change;
import dev.banyan.cutover.LedgerEntry;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// What a store does so that many processes may write: all within the transaction that writes.
public interface Ordering {

  /// Makes every other writer wait until this transaction has ended.
  void takeTurn(Connection connection) throws SQLException;

  /// Whether another controller has taken over since the one of this term.
  boolean isOver(Connection connection, long term) throws SQLException;

  /// Says what has been written to whoever looks at the store.
  void announce(Connection connection, LedgerEntry entry, @Nullable Change change)
      throws SQLException;

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
    public void announce(Connection connection, LedgerEntry entry, @Nullable Change change) {
      // Nobody else looks.
    }
  }
}
