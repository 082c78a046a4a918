package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.table.Position;
import java.sql.SQLException;

/// Where the stream stands still for a moment, so that both databases can be looked at in one
/// state.
///
/// Opens a snapshot S of the owner that holds all that was applied; applies what S holds, parks the
/// rest; opens a snapshot of the other side; resumes. The owner never stops.
public interface AlignedCut {
  /// The stream has been resumed when this returns.
  ///
  /// @throws SQLException also where no such cut came about within the engine's own bound
  Cut open() throws SQLException, InterruptedException;

  /// The same, but the stream stays parked until the work is done: for repairs, which must not
  /// overtake it. Bounded by the caller to a few rows.
  <T> T hold(Work<T> work) throws SQLException, InterruptedException, EpochLost, RowRefused;

  /// Both sides in one state. Closing it closes both.
  interface Cut extends AutoCloseable {
    /// The source's, in whichever direction rows flow.
    Snapshot source();

    /// The target's.
    Snapshot target();

    /// How far the owner's log has been applied here.
    Position position();

    @Override
    void close() throws SQLException;
  }

  /// What is done while the stream is parked.
  interface Work<T> {
    T of(Cut cut) throws SQLException, EpochLost, RowRefused;
  }
}
