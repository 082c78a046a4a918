package dev.banyan.proxy;

import dev.banyan.migration.Side;
import org.jspecify.annotations.Nullable;

/// Hears of the indeterminate writes around a change of the data's owner: sent to the one side and
/// never answered, while writes were held or had gone to the other side already. Somebody must find
/// out whether each was done, and settle it.
///
/// Called on event loops: implementations must return at once.
public interface UncertainWrites {
  /// What is known of a write.
  ///
  /// @param epoch of the family when it was sent
  /// @param side it was sent to
  /// @param path of its target, without the query
  /// @param unit the hash of its sticky unit, 0 where it has none
  /// @param requestId what it is called in the access log
  /// @param idempotencyKey as the client gave it, or null
  /// @param why no answer came
  record Sent(
      String family,
      long epoch,
      Side side,
      String method,
      String path,
      long unit,
      String requestId,
      @Nullable String idempotencyKey,
      String why) {}

  void add(Sent write);
}
