package dev.banyan.transfer.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Stops an application's writes in its own database: it knows no epoch, and its workers go round
/// any proxy.
///
/// Whoever puts a fence up or takes it down has a turn, a number that only grows, and the database
/// keeps the highest that it has seen. A process that was stopped in the middle and goes on when
/// another one has had a later turn changes nothing any more.
public interface Fence {
  /// What keeps this database from being fenced by us, such as a right that is missing.
  List<Finding> findings() throws SQLException;

  /// Refuses new writes of the application (its role's rights, or a guard trigger), ends its
  /// sessions and waits for its open transactions to end. Putting it up twice is putting it up
  /// once.
  ///
  /// @throws FenceFailed where transactions are still open after the wait; the fence is taken down
  ///   again
  /// @throws Overtaken where a later turn has had the fence; it is left as that one has it
  void raise(long turn, Duration wait) throws SQLException, FenceFailed, InterruptedException;

  /// Gives the application its writes back. No error where it is down already; one where others
  /// keep a table to themselves for some seconds: those who only read it wait meanwhile as well.
  ///
  /// @throws Overtaken where a later turn has had the fence; it is left as that one has it
  void lower(long turn) throws SQLException;

  boolean standing() throws SQLException;

  /// The highest turn that this database has seen; 0 for none.
  long turn() throws SQLException;

  /// Forgets the turns, when the transfer is over. Not for a fence that stands.
  void forget() throws SQLException;

  /// Another one has had the fence since.
  final class Overtaken extends SQLException {
    private static final long serialVersionUID = 1L;

    public Overtaken(String transfer, long turn, long later) {
      super(
          "transfer "
              + transfer
              + ": the fence is as a later handover has it (turn "
              + later
              + "), and stays so; turn "
              + turn
              + " changes nothing any more");
    }
  }

  /// The fence did not stand in time.
  final class FenceFailed extends Exception {
    private static final long serialVersionUID = 1L;

    public FenceFailed(String says) {
      super(says);
    }
  }
}
