package dev.banyan.control;

import java.time.Duration;

/// What became of a [Change].
public sealed interface Outcome {

  /// It is in force.
  ///
  /// @param family the family after the change
  /// @param took how long the swap itself took, zero where nothing was swapped
  record Done(FamilyView family, Duration took) implements Outcome {}

  /// Nothing was changed.
  record Refused(Refusal refusal) implements Outcome {}
}
