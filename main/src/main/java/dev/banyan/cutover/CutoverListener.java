package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;

/// Who wants to hear of changes. Called by the thread that made the change, outside every lock; it
/// must return at once.
public interface CutoverListener {
  /// A family's state is another one now.
  void changed(FamilyState state);

  /// Every gate agrees to a family's next step, and it waits for a person.
  ///
  /// @param why what is waited for, in a sentence
  default void waiting(String family, String why) {}

  /// The ledger has one more entry.
  void entered(LedgerEntry entry);
}
