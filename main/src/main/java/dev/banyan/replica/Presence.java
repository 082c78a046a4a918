package dev.banyan.replica;

import java.time.Instant;
import java.util.Set;

/// What a replica says of itself each time it beats.
///
/// @param instance tells two processes apart that have one name
/// @param started by its own wall clock, for people; so is `seen`, by the store's
/// @param beats grows with each beat: who lives is told by that
/// @param applied the ledger entry up to which all decisions are in force there
/// @param address where its control API is
/// @param denied families whose candidate it has taken off by itself
public record Presence(
    String replica,
    String instance,
    Instant started,
    Instant seen,
    long beats,
    long applied,
    String address,
    Set<String> denied) {
  public Presence {
    denied = Set.copyOf(denied);
  }

  /// The beat of one that has ended in order.
  public static final long LEFT = -1;

  Presence withApplied(long other) {
    return new Presence(replica, instance, started, seen, beats, other, address, denied);
  }

  boolean hasLeft() {
    return beats == LEFT;
  }
}
