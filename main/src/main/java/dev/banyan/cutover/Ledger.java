package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The append-only, hash-chained record of every decision.
///
/// [#verify] finds an edit, a deletion or another order of what the store holds, and says where. A
/// chain alone can not show that its end was cut off, so the head is logged with every entry, and
/// this process remembers its own. Any thread may read and verify; entries are appended one at a
/// time.
public final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final int PAGE = 1_000;

  private final MigrationStore store;

  // Replaced under this, after the store has the entry.
  private volatile @Nullable LedgerEntry head;

  /// Opens the ledger that a store holds.
  ///
  /// @throws java.io.UncheckedIOException when the store fails
  public Ledger(MigrationStore store) {
    this.store = store;
    this.head = store.head().orElse(null);
  }

  /// Has a decision written at the ledger's end, with the change that it explains.
  ///
  /// @throws java.io.UncheckedIOException when the store fails; then the place is still free
  synchronized Written append(
      LedgerEntry.Draft draft, @Nullable Change change, @Nullable Long term) {
    Written written = store.write(draft, change, term);
    if (written instanceof Written.Done(LedgerEntry entry)) {
      head = entry;
      log.info(
          "{} {}; ledger head {} {}", entry.kind().word(), words(entry), entry.seq(), entry.hash());
    }
    return written;
  }

  private static String words(LedgerEntry entry) {
    FamilyState after = entry.after();
    return (entry.family() == null ? "" : entry.family() + " ")
        + (moved(entry) && after != null ? "to " + Ladder.words(after.phase()) + " " : "")
        + "by "
        + Wording.line(entry.actor())
        + ": "
        + Wording.line(entry.reason());
  }

  private static boolean moved(LedgerEntry entry) {
    return switch (entry.kind()) {
      case PROMOTE, ROLLBACK -> true;
      case HOLD, RESUME, REFUSED, CONFIG, START, ALARM, APPROVE, PRUNE -> false;
      case STOP_LINE, RELEASE_LINE, DEPLOY, TOKEN_CREATE, TOKEN_REVOKE, DENY, ALLOW -> false;
      case PARITY_RESET, PARITY_ACCEPT, PARITY_CRITICAL, PARITY_UNACCEPT -> false;
    };
  }

  /// The entries that follow number `after`, in order.
  public List<LedgerEntry> page(long after, int limit) {
    return store.page(after, limit);
  }

  /// The last entry, empty while there is none.
  public Optional<LedgerEntry> head() {
    return Optional.ofNullable(head);
  }

  /// What a check of the whole chain found.
  public sealed interface Check {
    /// How many entries were read.
    long entries();

    /// Every entry follows from the one before it.
    ///
    /// @param head the last one's hash, 64 zeros while there is none
    record Intact(long entries, String head) implements Check {}

    /// The chain breaks at an entry; nothing is said of those after it.
    record Broken(long entries, long at, String detail) implements Check {}
  }

  /// Reads every entry and recomputes the chain.
  public Check verify() {
    LedgerEntry last = head;
    long upTo = last == null ? 0 : last.seq();
    long seq = 0;
    String hash = LedgerEntry.GENESIS;
    int limit = PAGE;
    while (seq < upTo) {
      List<LedgerEntry> page;
      try {
        page = store.page(seq, (int) Math.min(limit, upTo - seq));
      } catch (UncheckedIOException e) {
        if (limit == 1) {
          return new Check.Broken(seq, seq + 1, String.valueOf(e.getMessage()));
        }
        // One of them can not be read: go on one by one, to be able to say which.
        limit = 1;
        continue;
      }
      if (page.isEmpty()) {
        return new Check.Broken(
            seq, seq + 1, "entry " + (seq + 1) + " is missing: the end was cut off");
      }
      for (LedgerEntry entry : page) {
        String fault = fault(entry, seq + 1, hash);
        if (fault != null) {
          return new Check.Broken(seq, seq + 1, fault);
        }
        seq = entry.seq();
        hash = entry.hash();
      }
    }
    if (last != null && !hash.equals(last.hash())) {
      return new Check.Broken(
          seq, seq, "entry " + seq + " is not the one that was written: the ledger was rewritten");
    }
    return new Check.Intact(seq, hash);
  }

  private static @Nullable String fault(LedgerEntry entry, long expected, String previous) {
    if (entry.seq() != expected) {
      return "entry " + expected + " is missing: " + entry.seq() + " stands in its place";
    }
    if (!entry.hash().equals(entry.computeHash())) {
      return "entry " + expected + " was edited: its hash does not fit what it says";
    }
    if (!entry.previous().equals(previous)) {
      return "entry " + expected + " does not follow the one before it: moved, or replaced";
    }
    return null;
  }
}
