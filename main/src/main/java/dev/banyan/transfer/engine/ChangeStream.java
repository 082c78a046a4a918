package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/// A log that is being followed. For one thread, but for [#acknowledge].
public interface ChangeStream extends AutoCloseable {
  /// The next committed transaction, whole; empty when none came in time. Delivered again after a
  /// restart is everything beyond the last position that was acknowledged, maybe more.
  Optional<Transaction> next(Duration wait) throws SQLException, InterruptedException;

  /// Everything up to here has been delivered, even where it concerned none of our tables.
  Position reached();

  /// The source may forget everything up to here: its effects are durable. May be called by any
  /// thread.
  void acknowledge(Position position) throws SQLException;

  @Override
  void close() throws SQLException;
}
