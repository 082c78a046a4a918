package dev.banyan.cutover;

import org.jspecify.annotations.Nullable;

/// What a decision changes in the store, together with the entry that explains it.
public sealed interface Change {

  /// A family's standing becomes another, if it still is the one that was decided on.
  ///
  /// @param before a family that the store has never seen stands at epoch 0
  /// @param period of the family's comparisons on which it was decided, as [Comparisons#period] has
  ///   it: where another has begun since, it is a conflict; null where it rests on none
  record Move(Standing before, Standing after, @Nullable Long period) implements Change {
    public Move(Standing before, Standing after) {
      this(before, after, null);
    }
  }

  /// All promotion is stopped, or goes on.
  ///
  /// @param stopped why it is stopped; null lets it go on
  record Line(@Nullable String stopped) implements Change {}

  /// The ledger's entries up to one are removed, that one included; it is the chain's anchor from
  /// then on. The entry that is written with this names it. Where the store has no entry of that
  /// number and hash, nothing is removed and the store says so with an
  /// [java.io.UncheckedIOException].
  ///
  /// @param last the last entry that goes
  record Prune(ChainLink last) implements Change {}
}
