package dev.banyan.dual;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What of a family is in the outbox, and what of it is dirty.
///
/// @param states entries by state; every state is there
/// @param dirty keys that are dirty; what may have touched any row counts as one
/// @param whole whether all rows must be compared before anything is known of them: they never
///   were, or something has gone to one side alone since
/// @param oldest when the oldest entry was written; null where there is none
public record OutboxCounts(
    Map<EntryState, Long> states, long dirty, boolean whole, @Nullable Instant oldest) {

  public OutboxCounts {
    Map<EntryState, Long> all = new EnumMap<>(EntryState.class);
    for (EntryState state : EntryState.values()) {
      all.put(state, states.getOrDefault(state, 0L));
    }
    states = Map.copyOf(all);
  }

  /// Of a family that nobody has compared yet, and that has written nothing.
  public static OutboxCounts uncompared() {
    return new OutboxCounts(Map.of(), 0, true, null);
  }

  public long of(EntryState state) {
    return states.getOrDefault(state, 0L);
  }

  /// Entries of all states.
  public long entries() {
    return states.values().stream().mapToLong(Long::longValue).sum();
  }
}
