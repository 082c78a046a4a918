package dev.banyan.shadow;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// Keeps further second legs from a service that answers hardly any.
///
/// What is wrong with it is plain after the first ones, and each more costs a processor that
/// clients wait for: a connection that is reset, an answer without an end, a difference to be
/// written down. It blows when half of the last [#LOOKED_AT] legs have failed. From then on one leg
/// in each [#PAUSE] goes out, so that it is noticed when the service is well again: as soon as
/// [#MENDED_AFTER] in a row have not failed, all go out again.
///
/// Event loops ask, the thread of the second legs tells: nothing waits, nothing is allocated.
final class Fuse {
  /// One bit each.
  static final int LOOKED_AT = Long.SIZE;

  static final int BLOWS_AT = LOOKED_AT / 2;
  static final int MENDED_AFTER = 10;
  static final Duration PAUSE = Duration.ofMillis(100);

  private static final long NEWEST = (1L << MENDED_AFTER) - 1;

  /// A bit for each leg, 1 where it failed; the lowest is the newest.
  private final AtomicLong last = new AtomicLong();

  /// When the next leg may go out while the fuse is blown.
  private final AtomicLong next = new AtomicLong();

  private volatile boolean blown;

  /// Whether a leg may go out now. While the fuse is blown, who is told so has used up the turn.
  ///
  /// @param nanos a monotonic clock, read while the fuse is blown only
  boolean admits(LongSupplier nanos) {
    return !blown || turn(nanos.getAsLong());
  }

  private boolean turn(long now) {
    long due = next.get();
    return now - due >= 0 && next.compareAndSet(due, now + PAUSE.toNanos());
  }

  /// Whether the newest leg failed: what is left out now would most likely have failed as well.
  boolean fails() {
    return (last.get() & 1) == 1;
  }

  /// The service is another one than it was.
  void replace() {
    last.set(0);
    blown = false;
  }

  /// A leg has ended. To be told by one thread.
  ///
  /// @param now of the same clock
  void ended(boolean failed, long now) {
    long bits = last.accumulateAndGet(failed ? 1 : 0, (before, bit) -> before << 1 | bit);
    if (!blown && Long.bitCount(bits) >= BLOWS_AT) {
      next.set(now + PAUSE.toNanos());
      blown = true;
    } else if (blown && (bits & NEWEST) == 0) {
      last.set(0); // what was before would blow it again at once
      blown = false;
    }
  }
}
