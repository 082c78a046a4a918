package dev.banyan.proxy;

import dev.banyan.routing.Decision;
import org.jspecify.annotations.Nullable;

/// Where copies of requests and their answers go that are to be compared. Asked only where the
/// decision names a shadow service.
///
/// Called on event loops: implementations must return at once.
public interface Tee {
  /// Wants nothing.
  Tee NONE = (decision, requestId) -> null;

  /// A new request has been decided.
  ///
  /// @return what collects it, or null when it is not sampled
  @Nullable Capture begin(Decision decision, String requestId);
}
