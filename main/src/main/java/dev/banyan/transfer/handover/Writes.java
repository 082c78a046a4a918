package dev.banyan.transfer.handover;

import java.time.Duration;

/// The write requests of the families that share the tables, at every gateway.
public interface Writes {
  /// Has new writes wait, within bounds, or be refused: from when [Held#drained] has said yes none
  /// is forwarded any more.
  ///
  /// @param longest after which they are let go in any case, to whom the table then says
  Held hold(Duration longest);

  /// Writes that wait.
  interface Held extends AutoCloseable {
    /// @return whether all writes forwarded before have ended
    boolean drained(Duration wait) throws InterruptedException;

    /// Lets them go, to the side that owns them by now. Twice is once.
    @Override
    void close();
  }
}
