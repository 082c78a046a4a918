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
/// chain alone can not show that its end was cut off, so the head is told outside of the store with
/// every entry: to the log, to a [HeadFile], and to this process's own memory. Where the store
/// contradicts what was told before, that is kept and [#verify] says so until a person has looked.
/// Any thread may read and verify; entries are appended one at a time, here and by other processes.
public final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final MigrationStore store;
  private final @Nullable HeadFile file;

  // Guarded by this: the newest entry that this process has seen, and the first that it has seen
  // and that the store does not hold any more.
  private @Nullable ChainLink known;
  private @Nullable ChainLink lost;

  /// A ledger whose head is told to the log alone.
  ///
  /// @throws UncheckedIOException when the store fails
  public Ledger(MigrationStore store) {
    this(store, null);
  }

  /// Opens the ledger that a store holds, and looks whether it goes on from what the file says.
  ///
  /// @throws UncheckedIOException when the store fails
  public Ledger(MigrationStore store, @Nullable HeadFile file) {
    this.store = store;
    this.file = file;
    if (file != null) {
      try {
        known = file.read().orElse(null);
      } catch (UncheckedIOException e) {
        log.error("the ledger can not be compared with its head file", e);
        setAside(file);
      }
    }
    follow();
  }

  /// Has a decision written at the ledger's end, with the change that it explains.
  ///
  /// @throws UncheckedIOException when the store fails; then the place is still free
  Written append(LedgerEntry.Draft draft, @Nullable Change change, @Nullable Long term) {
    return append(List.of(new Writing(draft, change)), term);
  }

  /// The same for several at once: all or none.
  synchronized Written append(List<Writing> writings, @Nullable Long term) {
    Written written = store.write(writings, term);
    if (written instanceof Written.Done(List<LedgerEntry> entries)) {
      ChainLink before = known;
      if (before != null && contradicts(entries.getFirst(), before)) {
        lost(before);
      }
      note(ChainLink.of(entries.getLast()));
      for (LedgerEntry entry : entries) {
        log.info(
            "{} {}; ledger head {} {}",
            entry.kind().word(),
            words(entry),
            entry.seq(),
            entry.hash());
      }
    }
    return written;
  }

  /// Whether an entry can not have been written after one that was there.
  private static boolean contradicts(LedgerEntry entry, ChainLink before) {
    return entry.seq() <= before.seq()
        || (entry.seq() == before.seq() + 1 && !entry.previous().equals(before.hash()));
  }

  /// Takes note of what other processes have appended, so that the head file is no older than the
  /// last look. To be called now and then.
  ///
  /// @throws UncheckedIOException when the store fails
  public synchronized void follow() {
    ChainLink before = known;
    if (before != null && !holds(before)) {
      lost(before);
    }
    store
        .head()
        .map(ChainLink::of)
        .filter(head -> !head.equals(before) || (file != null && !file.says(head)))
        .ifPresent(this::note);
  }

  private boolean holds(ChainLink link) {
    try {
      return store.anchor().filter(link::equals).isPresent()
          || store.page(link.seq() - 1, 1).stream().map(ChainLink::of).anyMatch(link::equals);
    } catch (UncheckedIOException e) {
      // Damaged or edited, or the store fails: the one is for verify to say, the other for whoever
      // asks next.
      log.error("ledger entry {} can not be looked at", link.seq(), e);
      return true;
    }
  }

  private void lost(ChainLink link) {
    log.error(
        "THE LEDGER WAS CHANGED: entry {} with hash {} was in it and is not any more;"
            + " see 'banyan ledger verify'",
        link.seq(),
        link.hash());
    if (lost == null) {
      lost = link;
    }
    if (file != null) {
      setAside(file);
    }
  }

  private static void setAside(HeadFile file) {
    try {
      file.setAside();
    } catch (UncheckedIOException e) {
      log.error("what the ledger's head was is in the lines above alone", e);
    }
  }

  private void note(ChainLink head) {
    known = head;
    if (file != null) {
      try {
        file.write(head);
      } catch (UncheckedIOException e) {
        log.error("the ledger's head is in the log alone; the entry itself is written", e);
      }
    }
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
      case STOP_LINE, RELEASE_LINE, DEPLOY, TOKEN_CREATE, TOKEN_REVOKE, DENY, ALLOW, STORE_BACK ->
          false;
      case PARITY_RESET, PARITY_ACCEPT, PARITY_CRITICAL, PARITY_UNACCEPT -> false;
      case OUTBOX_PARK, OUTBOX_RETRY, OUTBOX_DISCARD -> false;
    };
  }

  /// The entries that follow number `after`, in order.
  public List<LedgerEntry> page(long after, int limit) {
    return store.page(after, limit);
  }

  /// The last entry, whichever process wrote it; empty while there is none.
  public Optional<LedgerEntry> head() {
    return store.head();
  }

  /// The entry that the oldest one held follows; empty while none was removed.
  public Optional<ChainLink> anchor() {
    return store.anchor();
  }

  /// Makes every automatic decision again that has its evidence with it.
  ///
  /// @param from the number of the first entry to look at
  public Replay replay(Replayer replayer, long from) {
    return Replay.of(store, replayer, from);
  }

  /// What a check of the whole chain found.
  public sealed interface Check {
    /// How many entries were read.
    long entries();

    /// Every entry follows from the one before it.
    ///
    /// @param head the last one's hash, 64 zeros while there is none
    /// @param anchor the entry that the oldest one held follows, or null where that is number 1
    /// @param outside what the head file says, which the chain holds; null where there is no file
    record Intact(
        long entries, String head, @Nullable ChainLink anchor, @Nullable ChainLink outside)
        implements Check {}

    /// The chain breaks at an entry; nothing is said of those after it.
    record Broken(long entries, long at, String detail) implements Check {}
  }

  /// Reads every entry held and recomputes the chain, from its anchor, through what this process
  /// and the head file know of it, to its end.
  public Check verify() {
    ChainWalk walk = new ChainWalk(store);
    ChainLink outside = null;
    synchronized (this) {
      if (file != null) {
        try {
          outside = file.read().orElse(null);
          if (outside != null) {
            walk.expect(outside, "'" + file.path() + "' names it");
          }
          file.contradiction()
              .ifPresent(link ->
                  walk.expect(link, "'" + file.aside() + "', set aside for that, names it"));
        } catch (UncheckedIOException e) {
          return new Check.Broken(
              0, 0, e.getMessage() + "; put a copy back, or remove it to go on without");
        }
      }
      if (known != null) {
        walk.expect(known, "this process has seen it");
      }
      if (lost != null) {
        walk.expect(lost, "this process has seen it");
      }
    }
    return walk.check(outside);
  }
}
