package dev.banyan.cutover;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Where families' standings and the ledger outlive the process, for one process or for many.
///
/// What a method has returned from survives a crash. Any thread may call; calls may wait for each
/// other. Every method throws [java.io.UncheckedIOException], with a message for people, when the
/// store fails; then nothing of that call is kept.
public interface MigrationStore {
  /// Where every family ever moved stands, those not configured any more included.
  List<Standing> standings();

  /// The same by the store itself, and nothing that was known of it before: also a write that has
  /// not been answered is in it, or is not there and never will be.
  default List<Standing> stored() {
    return standings();
  }

  /// The highest epoch of each family that this process has ever seen, in whichever life; none
  /// where nothing but the store knows.
  default Map<String, Long> highestEpochs() {
    return Map.of();
  }

  /// Why all promotion is stopped; empty while it is not.
  Optional<String> stoppedLine();

  /// Appends entries at the end of the ledger, one after the other, and makes the changes that they
  /// explain: all or nothing. The entries' places and the hash before them are found within the
  /// same transaction, so that no two processes take one place.
  ///
  /// A promotion is not written while all promotion is stopped.
  ///
  /// @param writings at least one; no two move the same family
  /// @param term in which the controller decided this; null where a person did. With a term that is
  ///   over nothing is written
  Written write(List<Writing> writings, @Nullable Long term);

  /// The same for one entry.
  ///
  /// @param change null for an entry that changes nothing
  default Written write(LedgerEntry.Draft draft, @Nullable Change change, @Nullable Long term) {
    return write(List.of(new Writing(draft, change)), term);
  }

  /// The entries that follow number `after`, in the order of their numbers, `limit` at most.
  List<LedgerEntry> page(long after, int limit);

  /// The last entry.
  Optional<LedgerEntry> head();

  /// The entry that the oldest one held follows: the last that [Change.Prune] has removed. Empty
  /// while nothing was removed; then the oldest one is number 1.
  Optional<ChainLink> anchor();

  /// The text last kept under a name with [#note(String, String)], such as figures that were
  /// frozen.
  Optional<String> note(String name);

  /// Keeps a text under a name, in place of the one before.
  void note(String name, String text);

  /// Keeps a text under a name, unless it is kept there already.
  ///
  /// @return whether it was not: of many who ask at once, one is told so
  boolean claim(String name, String text);

  /// The secret kept under a name, such as the key that samples are redacted with. Where there is
  /// none yet, `fresh` makes it; of two that are made at once, both callers get the one that is
  /// kept.
  byte[] secret(String name, Supplier<byte[]> fresh);
}
