package dev.banyan.app;

import dev.banyan.control.Event;
import dev.banyan.control.EventFeed;
import dev.banyan.control.FamilyView;
import dev.banyan.control.Operations;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.migration.FamilyState;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Tells the followers of the event stream what changed: decisions at once, numbers at a steady
/// pace.
///
/// Decisions come from any thread and are only queued there; everything is told by one thread, in
/// order.
final class Announcer implements CutoverListener {
  private final EventFeed feed;
  private final Executor telling;
  private final Map<String, FamilyView> told = new HashMap<>(); // used by the telling thread alone
  private volatile @Nullable Operations operations;

  Announcer(EventFeed feed, Executor telling) {
    this.feed = feed;
    this.telling = telling;
  }

  /// Where families are looked up from now on; until then nothing is told of them.
  void watch(Operations source) {
    operations = source;
  }

  @Override
  public void changed(FamilyState state) {
    telling.execute(() -> {
      Operations source = operations;
      if (source != null) {
        source.family(state.family()).ifPresent(this::tell);
      }
    });
  }

  @Override
  public void entered(LedgerEntry entry) {
    telling.execute(() -> feed.publish(new Event.Recorded(entry)));
  }

  /// Tells of every family whose numbers have moved since they were last told. For the telling
  /// thread.
  void numbers() {
    Operations source = operations;
    if (source != null && feed.followed()) {
      source.status().families().forEach(this::tell);
    }
  }

  private void tell(FamilyView view) {
    if (!view.equals(told.put(view.name(), view))) {
      feed.publish(new Event.FamilyChanged(view));
    }
  }
}
