package dev.banyan.proxy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/// How many requests to one service may be sent once more: at most one in [#SHARE] of those of the
/// last [#WINDOW] seconds, and [#FLOOR] a second on top of that, so that a quiet service is not
/// left without any.
///
/// Without it, a service that begins to fail under load would get up to as much load again. Safe to
/// use from any thread; no locks. Threads that ask at the same instant may each be given the last
/// retry, so the bound can be passed by one for each event loop.
///
/// Counts are kept by the second. Each count shares a `long` with the second that it is of, so that
/// whoever comes first in a new second begins it anew by the same compare-and-set that counts.
public final class RetryBudget {
  static final int WINDOW = 10;
  static final int SHARE = 5;
  static final int FLOOR = 3;

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long COUNT = 0xffff_ffffL;

  private final AtomicLongArray requests = new AtomicLongArray(WINDOW);
  private final AtomicLongArray retries = new AtomicLongArray(WINDOW);

  /// A request has come, which is sent for the first time.
  public void request(long nanos) {
    add(requests, Math.floorDiv(nanos, SECOND));
  }

  /// Asks for one retry, and takes it.
  public boolean take(long nanos) {
    long second = Math.floorDiv(nanos, SECOND);
    if (sum(retries, second) >= sum(requests, second) / SHARE + (long) FLOOR * WINDOW) {
      return false;
    }
    add(retries, second);
    return true;
  }

  private static void add(AtomicLongArray counts, long second) {
    int slot = Math.floorMod(second, WINDOW);
    long mark = second << Integer.SIZE;
    while (true) {
      long old = counts.get(slot);
      long next = (old & ~COUNT) == mark ? old + 1 : mark + 1;
      if (counts.compareAndSet(slot, old, next)) {
        return;
      }
    }
  }

  private static long sum(AtomicLongArray counts, long second) {
    long sum = 0;
    for (int slot = 0; slot < WINDOW; slot++) {
      long count = counts.get(slot);
      int age =
          (int) second - (int) (count >> Integer.SIZE); // both cut alike, so the rest is exact
      if (age >= 0 && age < WINDOW) {
        sum += count & COUNT;
      }
    }
    return sum;
  }
}
