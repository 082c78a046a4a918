package dev.banyan.transfer.engine;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/// Stops an application's writes in its own database: it knows no epoch, and its workers go round
/// any proxy.
public interface Fence {
  /// What keeps this database from being fenced by us, such as a right that is missing.
  List<Finding> findings() throws SQLException;

  /// Refuses new writes of the application (its role's rights, or a guard trigger), ends its
  /// sessions and waits for its open transactions to end. Putting it up twice is putting it up
  /// once.
  ///
  /// @throws FenceFailed where transactions are still open after the wait; the fence is taken down
  ///   again
  void raise(Duration wait) throws SQLException, FenceFailed, InterruptedException;

  /// Gives the application its writes back. No error where it is down already.
  void lower() throws SQLException;

  boolean standing() throws SQLException;

  /// The fence did not stand in time.
  final class FenceFailed extends Exception {
    private static final long serialVersionUID = 1L;

    public FenceFailed(String says) {
      super(says);
    }
  }
}
