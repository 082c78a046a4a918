package dev.banyan.cutover;

import org.jspecify.annotations.Nullable;

/// What somebody asks of a family, and why.
///
/// @param actor who asks
/// @param reason why, for the ledger; a blank one is refused
/// @param expected the state that the asker has seen, or null to act on whatever it is now; not
///   looked at by a rollback, which is never refused for being late
public record Order(String family, String actor, String reason, @Nullable Version expected) {
  public Order {
    actor = Wording.storable(actor);
    reason = Wording.storable(reason);
  }

  /// The same for a family that goes together with this order's, on whatever its state is now.
  Order on(String other) {
    return other.equals(family) ? this : of(other, actor, reason);
  }

  /// An order on whatever the state is now.
  public static Order of(String family, String actor, String reason) {
    return new Order(family, actor, reason, null);
  }
}
