package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The side that owns the rows. Only what a log needs is ever created here: no locks, no tables of
/// ours where the engine has a log.
public interface Source extends AutoCloseable {
  /// Creates what following the log takes (slot and publication), if it is not there yet.
  ///
  /// @return where the log begins for us, and the snapshot S0 that holds all that the log will not
  ///   deliver; empty where it was there already, so that both are in the target's checkpoint
  Optional<Beginning> begin() throws SQLException;

  /// @param s0 what a log that begins at `position` does not deliver
  record Beginning(Position position, SnapshotToken s0) {}

  /// Follows the log from a position that was acknowledged, or later; of what [#begin] created, all
  /// but the position itself is mended where it is not as it should be.
  ///
  /// @throws LogLost where the source does not have that part of the log any more
  ChangeStream follow(Position from) throws SQLException, LogLost;

  /// The same, where a log may leave out values that did not change.
  ///
  /// @param whole the tables of which each changed row is needed whole
  default ChangeStream follow(Position from, Predicate<TableName> whole)
      throws SQLException, LogLost {
    return follow(from);
  }

  /// Opens a snapshot of its own connection. It stays what it is until it is closed.
  Snapshot snapshot() throws SQLException;

  /// The end of the log now.
  Position tip() throws SQLException;

  /// Bytes between a position and the end of the log; -1 where the engine can not tell.
  long behind(Position position) throws SQLException;

  /// The sessions that keep these transactions from being seen, for people: `pid 4711 (app, COMMIT,
  /// waits for SyncRep)`.
  List<String> blocking(Collection<Commit> unseen) throws SQLException;

  /// What an earlier transfer left here and still costs: a slot that holds back the log.
  List<String> leftovers() throws SQLException;

  /// Removes what [#begin] created.
  void remove() throws SQLException;

  @Override
  void close() throws SQLException;
}
