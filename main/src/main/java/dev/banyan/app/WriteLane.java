package dev.banyan.app;

import dev.banyan.shadow.Drop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// Where one family's writes wait to be copied: one after the other, in the order in which the
/// legacy had answered them.
///
/// Event loops join it, so nothing waits here; any thread may leave. At most [#MOST] are in it.
final class WriteLane {
  static final int MOST = 64;

  /// One that waits. Exactly one of both methods is called, once, and [#leave] afterwards by
  /// whoever waited.
  interface Turn {
    /// It is this one's turn; on a comparing thread.
    void take();

    /// It would be, but nothing is done any more.
    void refused(Drop reason);
  }

  private final Executor hop;
  private final Executor comparing;
  private final Queue<Turn> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();

  /// Turns that are waiting or under way; whoever lifts it from zero starts the first one.
  private final AtomicInteger inLine = new AtomicInteger();

  /// @param hop takes work from an event loop without a lock
  /// @param comparing does it, or refuses
  WriteLane(Executor hop, Executor comparing) {
    this.hop = hop;
    this.comparing = comparing;
  }

  /// @return false when there is no room; then nothing is called
  boolean join(Turn turn) {
    if (size.incrementAndGet() > MOST) {
      size.decrementAndGet();
      return false;
    }
    waiting.add(turn);
    if (inLine.getAndIncrement() == 0) {
      next();
    }
    return true;
  }

  /// The turn that was taken or refused is over.
  void leave() {
    size.decrementAndGet();
    if (inLine.decrementAndGet() > 0) {
      next();
    }
  }

  private void next() {
    Turn turn = waiting.remove();
    try {
      hop.execute(() -> start(turn));
    } catch (RejectedExecutionException e) {
      turn.refused(Drop.SHUTTING_DOWN);
    }
  }

  private void start(Turn turn) {
    try {
      comparing.execute(turn::take);
    } catch (RejectedExecutionException e) {
      turn.refused(Drop.COMPARISON_BACKLOG);
    }
  }

  /// Whether any of those that still wait is of a kind.
  boolean waits(Predicate<Turn> kind) {
    return waiting.stream().anyMatch(kind);
  }
}
