package dev.banyan.app;

import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.parity.ParityBook;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/// Begins a family's comparisons anew when it enters `shadow` from `legacy`: what was compared in
/// an earlier attempt says nothing of today's candidate.
final class FreshStart implements CutoverListener {
  private final CutoverListener next;
  private final ParityBook book;
  private final InstantSource clock;
  private final Executor waiting;

  /// @param waiting runs what waits for the store
  FreshStart(CutoverListener next, ParityBook book, InstantSource clock, Executor waiting) {
    this.next = next;
    this.book = book;
    this.clock = clock;
    this.waiting = waiting;
  }

  @Override
  public void changed(FamilyState state) {
    next.changed(state);
  }

  @Override
  public void entered(LedgerEntry entry) {
    FamilyState before = entry.before();
    FamilyState after = entry.after();
    if (entry.kind() == LedgerEntry.Kind.PROMOTE
        && before != null
        && after != null
        && before.phase().name() == Phase.Name.LEGACY) {
      waiting.execute(() -> book.reset(after.family(), clock.instant()));
    }
    next.entered(entry);
  }
}
