package dev.banyan.routing;

import dev.banyan.migration.Side;
import org.jspecify.annotations.Nullable;

/// Who answers one request, and who is asked as well. Made when the table is compiled, so that
/// deciding allocates nothing.
///
/// @param route the route that matched
/// @param primary the side whose answer the client gets
/// @param service the name of that side's service
/// @param shadow the service that gets a copy to be compared, if sampled; null where nothing is
///   compared
/// @param write what becomes of a write beside its authority; null for a read, and where nothing is
///   compared
/// @param fallback the service that answers instead if the primary fails before a byte has gone to
///   the client; null where that is not allowed
/// @param why what decided
public record Decision(
    Route route,
    Side primary,
    String service,
    @Nullable String shadow,
    @Nullable WriteShadow write,
    @Nullable String fallback,
    Why why) {

  /// What decided.
  public enum Why {
    /// The family's phase, and its weight if it has one.
    PHASE,
    /// Nothing yet: it is a write that is held back, to be decided by a later table.
    HELD,
    /// That the unit has written what only the data's owner is sure to have.
    WROTE
  }

  public boolean isHeld() {
    return why == Why.HELD;
  }

  /// Whether a weight between 0 and 1 has decided.
  public boolean isWeighted() {
    return why == Why.PHASE && route.isWeighted();
  }

  /// Whether comparing has to hear of the request: to copy it, or to count that it does not.
  public boolean isWatched() {
    return shadow != null || write != null;
  }
}
