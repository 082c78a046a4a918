package dev.banyan.shadow;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How much of the sampling is kept up while the event loops come late to their work.
///
/// Everything up to the bound; above it less, in proportion, and nothing at ten times the bound. It
/// falls at once, with the first tick that tells of it, and comes back by a tenth of everything for
/// each [#CALM] in which no loop was late. One loop that is late counts for all of them: the
/// processor that it lacks is the one that second legs and comparisons take.
///
/// Event loops meet here: nothing waits, nothing is allocated.
final class Shedding {
  /// All of the sampling, in thousandths.
  private static final int FULL = 1_000;

  private static final int STEP = FULL / 10;
  private static final long NONE_AT = 10;

  static final Duration CALM = Duration.ofMillis(100);

  private final AtomicInteger kept = new AtomicInteger(FULL);

  /// When a loop was late last, or a step was taken back.
  private final AtomicLong changed = new AtomicLong();

  /// The longest lateness since everything was kept last.
  private final AtomicLong worst = new AtomicLong();

  void late(long late, long bound, long now) {
    if (late > bound) {
      long none = bound * NONE_AT;
      int left = late >= none ? 0 : (int) (FULL * (none - late) / (none - bound));
      changed.set(now);
      worst.accumulateAndGet(late, Math::max);
      kept.accumulateAndGet(left, Math::min);
      return;
    }
    if (kept.get() < FULL) {
      long last = changed.get();
      if (now - last >= CALM.toNanos() && changed.compareAndSet(last, now)) {
        recover();
      }
    }
  }

  private void recover() {
    if (kept.accumulateAndGet(STEP, (is, step) -> Math.min(FULL, is + step)) == FULL) {
      worst.set(0);
    }
  }

  /// The share that is kept, from 0 to 1.
  double kept() {
    return kept.get() / (double) FULL;
  }

  Duration worst() {
    return Duration.ofNanos(worst.get());
  }
}
