package dev.banyan.cutover;

import org.jspecify.annotations.Nullable;

/// An entry of the ledger and the change that it explains.
///
/// @param change null for an entry that changes nothing
public record Writing(LedgerEntry.Draft draft, @Nullable Change change) {}
