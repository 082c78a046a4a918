package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import java.util.Optional;

/// A range that is being copied.
///
/// @param frozen what its snapshot must contain
/// @param snapshot empty until one was admitted
/// @param buffer what was delivered since it was registered
record InFlight(Range range, Unseen frozen, Optional<SnapshotToken> snapshot, Chain<Part> buffer) {
  InFlight plus(Part part) {
    return new InFlight(range, frozen, snapshot, buffer.plus(part));
  }

  InFlight opened(SnapshotToken token) {
    return new InFlight(range, frozen, Optional.of(token), buffer);
  }
}
