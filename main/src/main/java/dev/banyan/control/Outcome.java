package dev.banyan.control;

import java.time.Duration;

/// What became of a [Change].
public sealed interface Outcome {

  /// It is in force.
  ///
  /// @param family the family after the change
  /// @param took how long the swap itself took, zero where nothing was swapped
  /// @param recorded whether the store has it; false for a rollback or a hold whose record is still
  ///   to be written, and is tried again until it is
  record Done(FamilyView family, Duration took, boolean recorded) implements Outcome {}

  /// Nothing was changed.
  record Refused(Refusal refusal) implements Outcome {}
}
