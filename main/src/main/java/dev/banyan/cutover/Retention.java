package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Removes what the ledger has held for long enough, from its front, so that the rest can still be
/// verified.
///
/// What explains the present stays, however old it is: nothing goes from where some family entered
/// the phase that it is in on, nor from where the line was stopped on while it is.
public final class Retention {
  private static final int PAGE = 1_000;

  private final Ledger ledger;
  private final MigrationStore store;
  private final CutoverListener listener;
  private final InstantSource clock;

  public Retention(
      Ledger ledger, MigrationStore store, CutoverListener listener, InstantSource clock) {
    this.ledger = ledger;
    this.store = store;
    this.listener = listener;
    this.clock = clock;
  }

  /// Removes the entries that are older than `keep`.
  ///
  /// @param term in which the controller does this; null where there is one process only
  /// @return the entry that says what was removed; empty where nothing was
  /// @throws java.io.UncheckedIOException when the store fails; then nothing was removed
  public Optional<LedgerEntry> prune(Duration keep, @Nullable Long term) {
    Instant oldest = clock.instant().minus(keep);
    ChainLink last = last(oldest).orElse(null);
    if (last == null) {
      return Optional.empty();
    }
    LedgerEntry.Draft draft =
        new LedgerEntry.Draft(
            clock.instant(),
            LedgerEntry.Kind.PRUNE,
            null,
            Cutover.ITSELF,
            "removed the entries up to "
                + last.seq()
                + ", all made before "
                + oldest
                + " (ledger.retention)",
            null,
            null,
            List.of(),
            null,
            last.asEvidence());
    return ledger.append(draft, new Change.Prune(last), term) instanceof Written.Done done
        ? Optional.of(told(done.entry()))
        : Optional.empty();
  }

  private LedgerEntry told(LedgerEntry entry) {
    listener.entered(entry);
    return entry;
  }

  /// The last of the entries that may all go.
  private Optional<ChainLink> last(Instant oldest) {
    long kept = explaining();
    long begin = store.anchor().map(ChainLink::seq).orElse(0L);
    ChainLink last = null;
    for (long seq = begin; ; ) {
      List<LedgerEntry> page = store.page(seq, PAGE);
      for (LedgerEntry entry : page) {
        if (entry.seq() >= kept || !entry.at().isBefore(oldest)) {
          return Optional.ofNullable(last);
        }
        last = ChainLink.of(entry);
      }
      if (page.isEmpty()) {
        return Optional.ofNullable(last);
      }
      seq = page.getLast().seq();
    }
  }

  /// The number of the oldest entry that explains something of the present: for each family the one
  /// with which it entered its phase, and the one that stopped the line.
  private long explaining() {
    boolean stopped = store.stoppedLine().isPresent();
    Map<String, Long> explaining = new HashMap<>();
    long seq = store.anchor().map(ChainLink::seq).orElse(0L);
    for (List<LedgerEntry> page = store.page(seq, PAGE);
        !page.isEmpty();
        page = store.page(page.getLast().seq(), PAGE)) {
      for (LedgerEntry entry : page) {
        FamilyState after = entry.after();
        if (after != null && entered(entry, after)) {
          explaining.put(after.family(), entry.seq());
        }
        if (stopped && entry.kind() == LedgerEntry.Kind.STOP_LINE) {
          explaining.put("", entry.seq()); // no family's name
        }
      }
    }
    return explaining.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
  }

  /// Whether a family entered another phase with this.
  private static boolean entered(LedgerEntry entry, FamilyState after) {
    FamilyState before = entry.before();
    boolean moved =
        entry.kind() == LedgerEntry.Kind.PROMOTE || entry.kind() == LedgerEntry.Kind.ROLLBACK;
    return moved && (before == null || before.phase().name() != after.phase().name());
  }
}
