package dev.banyan.proxy;

import dev.banyan.routing.Decision;
import org.jspecify.annotations.Nullable;

/// Where copies of requests and their answers go that are to be compared. Asked only where the
/// decision [is watched][Decision#isWatched].
///
/// Called on event loops: implementations must return at once.
public interface Tee {
  /// Wants nothing.
  Tee NONE = (decision, requestId) -> null;

  /// A new request has been decided.
  ///
  /// @return what collects it, or null when it is not sampled
  @Nullable Capture begin(Decision decision, String requestId);

  /// An event loop tells how late it came to its tick; each does, some twenty times a second. One
  /// that is late has no time for clients, so the tee had better want less.
  ///
  /// @param late in nanoseconds
  /// @param now of the gateway's monotonic clock
  default void late(long late, long now) {}
}
