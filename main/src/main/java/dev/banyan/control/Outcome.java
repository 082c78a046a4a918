package dev.banyan.control;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What became of a [Change].
public sealed interface Outcome {

  /// It is in force.
  ///
  /// @param family the family after the change
  /// @param took how long the swap itself took, zero where nothing was swapped
  /// @param recorded whether the store has it; false for a rollback or a hold whose record is still
  ///   to be written, and is tried again until it is
  /// @param replicas who has followed, or null where there is one process only
  record Done(FamilyView family, Duration took, boolean recorded, @Nullable Replicas replicas)
      implements Outcome {

    /// In the only process that there is.
    public Done(FamilyView family, Duration took, boolean recorded) {
      this(family, took, recorded, null);
    }
  }

  /// @param acknowledged how many have said that it is in force with them
  /// @param of how many there are
  record Replicas(int acknowledged, int of) {}

  /// Nothing was changed.
  record Refused(Refusal refusal) implements Outcome {}
}
