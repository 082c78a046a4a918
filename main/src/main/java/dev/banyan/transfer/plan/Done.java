package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Range;
import java.util.Optional;

/// A range whose rows are on the target.
///
/// @param seen empty once the log has delivered all of it
record Done(Range range, Optional<Seen> seen) {}
