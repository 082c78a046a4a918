package dev.banyan.shadow;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that all that is held for comparison may take together: never more, at no moment. Any
/// thread may take and give back.
final class MemoryBudget {
  private final long limit;
  private final AtomicLong taken = new AtomicLong();

  MemoryBudget(long limit) {
    this.limit = limit;
  }

  boolean take(long bytes) {
    long before;
    do {
      before = taken.get();
      if (bytes > limit - before) {
        return false;
      }
    } while (!taken.compareAndSet(before, before + bytes));
    return true;
  }

  void giveBack(long bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
