package dev.banyan.control;

import dev.banyan.cutover.LedgerEntry;

/// Something that followers of the event stream are told.

public sealed interface Event {

  /// A family moved, or its numbers did.
  record FamilyChanged(FamilyView family) implements Event {}

  /// A decision was recorded.
  record Recorded(LedgerEntry entry) implements Event {}
}
