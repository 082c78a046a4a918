package dev.banyan.control;

import dev.banyan.dual.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What operators ask about writes that go to both sides. Each change is entered in the ledger.
public interface OutboxOrders {

  /// Entries with a number above `after`, oldest first, `limit` at most.
  ///
  /// @param family of this one only, or null for all
  List<Entry.Listed> outbox(@Nullable String family, long after, int limit);

  /// Has a parked entry sent to the other side again, or the owner of an indeterminate one asked
  /// again.
  Settling retryEntry(long seq, String actor, String reason);

  /// Takes a parked or indeterminate entry out. What it touched stays dirty.
  Settling discardEntry(long seq, String actor, String reason);

  /// What came of it.
  sealed interface Settling {
    /// @param entry as it was before
    record Done(Entry.Listed entry) implements Settling {}

    record Refused(Refusal refusal) implements Settling {}
  }
}
