package dev.banyan.cutover;

import org.jspecify.annotations.Nullable;

/// What a decision changes in the store, together with the entry that explains it.
public sealed interface Change {

  /// A family's standing becomes another, if it still is the one that was decided on.
  ///
  /// @param before a family that the store has never seen stands at epoch 0
  record Move(Standing before, Standing after) implements Change {}

  /// All promotion is stopped, or goes on.
  ///
  /// @param stopped why it is stopped; null lets it go on
  record Line(@Nullable String stopped) implements Change {}
}
