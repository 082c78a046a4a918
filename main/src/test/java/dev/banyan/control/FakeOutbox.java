package dev.banyan.control;

import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.migration.Side;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// An outbox in memory, in which every entry may be settled.
abstract class FakeOutbox implements OutboxOrders {
  public static Entry.Listed entry(long seq) {
    return new Entry.Listed(
        seq,
        "users",
        Side.LEGACY,
        EntryState.PARKED,
        "/one",
        Instant.EPOCH,
        "PUT",
        "/users/42",
        "key",
        Set.of("path:id=42"),
        1,
        "the candidate answered 422");
  }

  /// The entries of the outbox, by number.
  final Map<Long, Entry.Listed> outbox = new TreeMap<>();

  @Override
  public synchronized List<Entry.Listed> outbox(@Nullable String family, long after, int limit) {
    return outbox.values().stream()
        .filter(entry -> entry.seq() > after)
        .filter(entry -> family == null || entry.family().equals(family))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Settling retryEntry(long seq, String actor, String reason) {
    return settle(seq);
  }

  @Override
  public synchronized Settling discardEntry(long seq, String actor, String reason) {
    return settle(seq);
  }

  private Settling settle(long seq) {
    Entry.Listed entry = outbox.remove(seq);
    return entry == null
        ? new Settling.Refused(Refusal.of(Refusal.Code.ENTRY_UNKNOWN, "no entry " + seq))
        : new Settling.Done(entry);
  }
}
