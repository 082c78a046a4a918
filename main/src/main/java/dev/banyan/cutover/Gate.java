package dev.banyan.cutover;

import dev.banyan.migration.GateReading;

/// A test on a family's situation. A pure function: the same situation gives the same reading, and
/// the reading's numbers hold all that it was made from.
@FunctionalInterface
interface Gate {
  GateReading read(Situation situation);
}
