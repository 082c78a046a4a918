package dev.banyan.app;

import dev.banyan.cutover.Cutover;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.proxy.Freshness;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What waits until the side that follows the owner's rows has what the owner had.
///
/// One thread asks the change streams; any thread may wait. What waits holds memory of the shadow's
/// budget, so there is a bound to how many do, and to how long.
final class RowsBehind implements Judging.Rows {
  private static final Logger LOG = LoggerFactory.getLogger(RowsBehind.class);

  static final Duration PATIENCE = Duration.ofSeconds(10);
  static final int MOST = 256;
  private static final Duration LOOK = Duration.ofMillis(50);

  private final Freshness freshness;
  private final Function<String, Side> owner;
  private final LongSupplier nanos;

  // Guarded by itself.
  private final Queue<Waiting> waiting = new ArrayDeque<>();

  /// Of each family whose rows did not come in time the one that waited in vain, until they have.
  private final Map<String, Waiting> stuck = new ConcurrentHashMap<>();

  /// @param owner of a family's rows
  /// @param nanos a monotonic clock
  RowsBehind(Freshness freshness, Function<String, Side> owner, LongSupplier nanos) {
    this.freshness = freshness;
    this.owner = owner;
    this.nanos = nanos;
  }

  /// Has differences of families whose rows follow wait from now on.
  static void begin(Freshness freshness, Cutover cutover, Judging judging, Clockwork clockwork) {
    Function<String, Side> owner =
        family ->
            cutover
                .state(family)
                .filter(state -> !state.phase().name().before(Phase.Name.WRITES))
                .map(_ -> Side.CANDIDATE)
                .orElse(Side.LEGACY);
    RowsBehind rows = new RowsBehind(freshness, owner, System::nanoTime);
    clockwork.loop(
        "banyan-rows-behind",
        () -> {
          rows.look();
          return LOOK;
        });
    judging.await(rows);
  }

  /// @param position in the owner's log; null until that is known
  private record Waiting(
      String family, Side side, long since, @Nullable Long position, Runnable now, Runnable late) {
    Waiting at(long known) {
      return new Waiting(family, side, since, known, now, late);
    }
  }

  @Override
  public @Nullable Side behind(String family) {
    return freshness.follows(family) ? owner.apply(family).other() : null;
  }

  @Override
  public void await(String family, Side side, Runnable now, Runnable late) {
    synchronized (waiting) {
      if (waiting.size() < MOST) {
        waiting.add(new Waiting(family, side, nanos.getAsLong(), null, now, late));
        return;
      }
    }
    late.run();
  }

  @Override
  public boolean come(String family) {
    synchronized (waiting) {
      return waiting.size() < MOST && !stuck.containsKey(family);
    }
  }

  /// Asks how far the rows are, and lets go what need not or may not wait any longer. May wait.
  void look() {
    List<Waiting> all;
    synchronized (waiting) {
      all = List.copyOf(waiting);
    }
    Map<String, Long> positions = new HashMap<>();
    List<Waiting> left = new ArrayList<>();
    List<Runnable> over = new ArrayList<>();
    for (Waiting each : all) {
      Waiting asked = asked(each, positions);
      if (isLate(asked)) {
        over.add(asked.late());
        stuck.putIfAbsent(asked.family(), asked);
      } else if (has(asked)) {
        over.add(asked.now());
      } else {
        left.add(asked);
      }
    }
    stuck.replaceAll((_, each) -> asked(each, positions));
    stuck.values().removeIf(each -> each.side() != behind(each.family()) || has(each));
    synchronized (waiting) {
      for (int i = 0; i < all.size(); i++) {
        waiting.remove();
      }
      waiting.addAll(left);
    }
    over.forEach(RowsBehind::run);
  }

  /// Whatever the owner had at that moment is at or before where it is now.
  private Waiting asked(Waiting each, Map<String, Long> positions) {
    if (each.position() != null) {
      return each;
    }
    long now = positions.computeIfAbsent(each.family(), freshness::positionAfter);
    return now == Long.MAX_VALUE ? each : each.at(now);
  }

  /// A position says nothing once another side owns the rows.
  private boolean isLate(Waiting each) {
    return each.side() != behind(each.family())
        || nanos.getAsLong() - each.since() >= PATIENCE.toNanos();
  }

  private boolean has(Waiting each) {
    Long position = each.position();
    return position != null && freshness.passed(each.family(), position);
  }

  private static void run(Runnable next) {
    try {
      next.run();
    } catch (RuntimeException e) {
      LOG.error("what waited for rows could not go on", e);
    }
  }
}
