package dev.banyan.cutover;

import dev.banyan.migration.Phase;

/// Somebody's leave to enter a phase.
///
/// @param phase the one that may be entered
/// @param epoch of the family when it was given; with another epoch it is void
/// @param actor who gave it
public record Approval(Phase.Name phase, long epoch, String actor) {}
