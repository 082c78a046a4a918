package dev.banyan.cutover;

import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;

/// A rollback that is in force here and that the store does not have yet: an overlay over the
/// family's standing. It is no epoch of its own; the store gives that once the rollback is written.
///
/// Each is told from any other by its identity: what one rollback has put in place, its own record
/// takes away.
final class Denial {
  private final Phase phase;
  private final String why;

  /// @param phase an earlier one than the family's, by which requests are decided meanwhile
  /// @param why for people: who denies the candidate, and why
  Denial(Phase phase, String why) {
    this.phase = phase;
    this.why = why;
  }

  Phase phase() {
    return phase;
  }

  String why() {
    return why;
  }

  /// Whether it takes back something of a phase: one that is later, or more of the same.
  boolean takesBack(Phase of) {
    Weight own = phase.stepWeight();
    Weight more = of.stepWeight();
    return phase.name().before(of.name())
        || (phase.name() == of.name() && own != null && more != null && own.compareTo(more) < 0);
  }
}
