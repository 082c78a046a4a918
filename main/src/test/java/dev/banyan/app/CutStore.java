package dev.banyan.app;

import dev.banyan.dual.Entry;
import dev.banyan.dual.EntryState;
import dev.banyan.dual.OutboxCounts;
import dev.banyan.dual.OutboxStore;
import dev.banyan.dual.Step;
import dev.banyan.migration.Side;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A store whose process ends at a named moment, as the store sees it: from then on nothing is
/// written and nothing is read.
final class CutStore implements OutboxStore {
  private final OutboxStore kept;
  private final long before;
  private final boolean written;
  private long writes;
  private volatile boolean cut;

  /// @param before the number of the write, from 0, at which the process ends
  /// @param written whether that write still reaches the disk, and only its caller does not hear
  CutStore(OutboxStore kept, long before, boolean written) {
    this.kept = kept;
    this.before = before;
    this.written = written;
  }

  boolean isCut() {
    return cut;
  }

  void end() {
    cut = true;
  }

  private <T> T unlessCut(Supplier<T> call) {
    if (cut) {
      throw new UncheckedIOException(new IOException("the process has ended"));
    }
    return call.get();
  }

  @Override
  public synchronized List<Long> write(List<Step> steps) {
    return unlessCut(() -> {
      if (writes++ == before) {
        if (written) {
          kept.write(steps);
        }
        cut = true;
        throw new UncheckedIOException(new IOException("the process ends"));
      }
      return kept.write(steps);
    });
  }

  @Override
  public List<Entry> due(int most) {
    return unlessCut(() -> kept.due(most));
  }

  @Override
  public Optional<Entry> find(long seq) {
    return unlessCut(() -> kept.find(seq));
  }

  @Override
  public List<Entry.Listed> list(@Nullable String family, long after, int most) {
    return unlessCut(() -> kept.list(family, after, most));
  }

  @Override
  public List<Entry.Listed> in(EntryState state, int most) {
    return unlessCut(() -> kept.in(state, most));
  }

  @Override
  public Map<String, OutboxCounts> counts() {
    return unlessCut(kept::counts);
  }

  @Override
  public boolean isOnItsWayTo(String family, Side side) {
    return unlessCut(() -> kept.isOnItsWayTo(family, side));
  }

  @Override
  public void unprove(Collection<String> families) {
    unlessCut(() -> {
      kept.unprove(families);
      return families;
    });
  }

  @Override
  public long cut() {
    return unlessCut(kept::cut);
  }

  @Override
  public Set<String> dirty(String family) {
    return unlessCut(() -> kept.dirty(family));
  }

  @Override
  public void agreed(String family, long upTo) {
    unlessCut(() -> {
      kept.agreed(family, upTo);
      return family;
    });
  }
}
