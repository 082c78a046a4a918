package dev.banyan.transfer.handover;

import dev.banyan.transfer.table.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// The database that owns the rows until now.
public interface OwnerDatabase {
  /// @return why it can not be fenced; empty where it can
  Optional<String> unfenceable() throws SQLException;

  /// Refuses the application's writes, ends its sessions and waits for its open transactions.
  ///
  /// @return why it does not stand in time; empty where it stands. It was taken down again
  ///   otherwise
  Optional<String> fence(Duration wait) throws SQLException, InterruptedException;

  /// Gives the application its writes back. Twice is once.
  void unfence() throws SQLException;

  /// The end of its log: beyond every write that it has taken.
  Position tip() throws SQLException;
}
