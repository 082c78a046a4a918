package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import org.jspecify.annotations.Nullable;

/// All that must outlive the process about where a family stands.
///
/// @param baseline null until a canary was entered for the first time
/// @param approval somebody's leave to enter the next phase, or null
public record Standing(
    FamilyState state, @Nullable Baseline baseline, @Nullable Approval approval) {

  /// Where a family stands that the store has never seen.
  public static Standing initial(Standing like) {
    FamilyState state = like.state();
    return new Standing(FamilyState.initial(state.family(), state.since()), null);
  }

  /// One that nobody has given leave to.
  public Standing(FamilyState state, @Nullable Baseline baseline) {
    this(state, baseline, null);
  }
}
