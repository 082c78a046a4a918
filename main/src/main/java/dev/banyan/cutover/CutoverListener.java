package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import java.util.List;

/// Who wants to hear of changes. Called by the thread that made the change, outside every lock; it
/// must return at once.
public interface CutoverListener {
  /// A family's state is another one now.
  default void changed(FamilyState state) {}

  /// A family waits for a person: every gate agrees to its next step, or the proof that one asks
  /// for is out of reach.
  ///
  /// @param why what is waited for, in a sentence
  default void waiting(String family, String why) {}

  /// The ledger has one more entry.
  default void entered(LedgerEntry entry) {}

  /// All of these, in their order.
  static CutoverListener of(CutoverListener... all) {
    List<CutoverListener> each = List.of(all);
    return new CutoverListener() {
      @Override
      public void changed(FamilyState state) {
        each.forEach(one -> one.changed(state));
      }

      @Override
      public void waiting(String family, String why) {
        each.forEach(one -> one.waiting(family, why));
      }

      @Override
      public void entered(LedgerEntry entry) {
        each.forEach(one -> one.entered(entry));
      }
    };
  }
}
