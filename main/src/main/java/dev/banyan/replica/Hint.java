package dev.banyan.replica;

import dev.banyan.migration.Phase;

/// That a family is about to be taken back: said before it is written, so that others do without
/// the candidate at once. It may get lost, and it denies for a moment only: what counts is written.
///
/// @param epoch the last one whose decisions this takes back
/// @param to an earlier phase than the family's
public record Hint(String family, long epoch, Phase.Name to) {}
