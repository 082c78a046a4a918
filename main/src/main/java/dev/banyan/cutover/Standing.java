package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import org.jspecify.annotations.Nullable;

/// All that must outlive the process about where a family stands.
///
/// @param baseline null until a canary was entered for the first time
/// @param approval somebody's leave to enter the next phase, or null
public record Standing(
    FamilyState state, @Nullable Baseline baseline, @Nullable Approval approval) {

  /// One that nobody has given leave to.
  public Standing(FamilyState state, @Nullable Baseline baseline) {
    this(state, baseline, null);
  }

  /// Where a family stands that the store has never seen.
  public static Standing initial(Standing like) {
    FamilyState state = like.state();
    return new Standing(FamilyState.initial(state.family(), state.since()), null);
  }

  /// The same held (with a reason) or released (null).
  Standing withHeld(@Nullable String reason) {
    return new Standing(state.withHeld(reason), baseline, approval);
  }

  Standing with(Approval given) {
    return new Standing(state, baseline, given);
  }

  /// Whether somebody has given leave to enter a phase from here.
  boolean approves(Phase.Name phase) {
    return approval != null && approval.phase() == phase && approval.epoch() == state.epoch();
  }
}
