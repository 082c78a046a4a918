package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.SnapshotToken;
import java.util.Optional;

/// A moment at which the target is exactly what a snapshot of the source is.
///
/// @param from where the position stays meanwhile
/// @param frozen what the snapshot must contain, because it was applied
/// @param parked what is to be applied after it, or before a snapshot is there: everything
record Cut(Position from, Unseen frozen, Optional<SnapshotToken> snapshot, Chain<Part> parked) {
  static Cut at(Position from, Unseen frozen) {
    return new Cut(from, frozen, Optional.empty(), Chain.empty());
  }

  Cut park(Part part) {
    return new Cut(from, frozen, snapshot, parked.plus(part));
  }

  Cut with(Optional<SnapshotToken> token, Chain<Part> rest) {
    return new Cut(from, frozen, token, rest);
  }

  boolean parks(Part part) {
    return snapshot.map(token -> !token.contains(part.commit())).orElse(true);
  }

  /// Everything in the snapshot was delivered.
  boolean complete(Position delivered) {
    return snapshot.map(token -> delivered.compareTo(token.upTo()) >= 0).orElse(false);
  }
}
