package dev.banyan.dual;

import dev.banyan.migration.Side;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps the outbox and what is dirty.
///
/// Any thread may call; calls may wait. What a call has returned from survives a crash. Failures
/// are [java.io.UncheckedIOException]s with a message for people.
public interface OutboxStore extends DirtyKeys {

  /// Writes all steps, or none.
  ///
  /// @return for each step in order: the number of the entry that was intended, or how many entries
  ///   were moved or removed, or for a mark its number
  List<Long> write(List<Step> steps);

  /// The first entries of their units' lines that the program goes on with by itself, oldest first:
  /// accepted ones, and those whose owner is to be asked again.
  List<Entry> due(int most);

  Optional<Entry> find(long seq);

  /// Entries with a number above `after`, oldest first.
  ///
  /// @param family of this one only, or null for all
  List<Entry.Listed> list(@Nullable String family, long after, int most);

  /// Entries in a state, oldest first.
  List<Entry.Listed> in(EntryState state, int most);

  /// How much is open and dirty, by family. One that is not there has never been compared, and has
  /// nothing in the outbox.
  Map<String, OutboxCounts> counts();

  /// Whether an entry that goes on by itself is meant for a side of a family.
  boolean isOnItsWayTo(String family, Side side);

  /// Writes of these families went to one side alone: whatever was compared says nothing any more.
  void unprove(Collection<String> families);
}
