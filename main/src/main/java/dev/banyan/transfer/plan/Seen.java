package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.SnapshotToken;

/// What rows hold that the log may still deliver.
///
/// @param snapshot of which they are a copy
/// @param merged up to which the changes that the snapshot does not contain were applied to them
record Seen(SnapshotToken snapshot, Position merged) {}
