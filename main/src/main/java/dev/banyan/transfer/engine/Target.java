package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.TableName;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Map;

/// The side that rows are written to. What the transfer must remember is kept here, in the same
/// transactions as the rows, in a schema or in tables of our own whose names begin with `banyan_`.
public interface Target extends AutoCloseable {
  /// Creates our own tables if they are not there yet.
  void prepare() throws SQLException;

  /// What was remembered: names and texts, as [TargetWork#remember] wrote them.
  Map<String, String> memory() throws SQLException;

  /// Begins a transaction and checks, under a lock that lasts until it ends, that the epoch still
  /// is the owner's.
  ///
  /// @throws EpochLost where a later owner has been entered
  TargetWork begin(long epoch) throws SQLException, EpochLost;

  /// Whether one transaction writes at a time, so that [#begin] waits for the one before. Whoever
  /// has one open must then not wait for somebody who may be waiting to begin the next.
  default boolean serial() {
    return false;
  }

  /// Opens a snapshot to compare with.
  Snapshot snapshot() throws SQLException;

  /// Raises the epoch: from here on, whoever holds an earlier one can not write.
  void raise(long epoch) throws SQLException;

  /// Moves counters of identities, sequences and auto-increments beyond the greatest value in their
  /// columns.
  ///
  /// @param given the greatest ids that pairs have for the keys of some tables, which count like
  ///   those of rows: one may be of a row that is gone, or that stays on the other side
  void advanceCounters(Map<TableName, BigInteger> given) throws SQLException;

  /// Removes our own tables, when the transfer is over.
  void remove() throws SQLException;

  @Override
  void close() throws SQLException;
}
