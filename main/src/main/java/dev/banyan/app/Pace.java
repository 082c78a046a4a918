package dev.banyan.app;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// What one of the shadow's threads may take of one processor: half of it. A candidate whose
/// answers never end, or answers that are dear to compare, would else keep it busy all the time,
/// and it is a processor that clients wait for.
///
/// What waits behind a thread that rests is bounded, and dropped beyond its bound. Each thread has
/// a pace of its own.
final class Pace {
  /// The budget is one of CPU time for each such span.
  static final Duration SPAN = Duration.ofMillis(20);

  static final long BUDGET = SPAN.toNanos() / 2;

  private static final Duration REST = Duration.ofMillis(100);
  private static final int MOST_RESTS = 10;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

  private final LongSupplier nanos;
  private final LongSupplier cpu;
  private final LongConsumer sleep;
  private long began;
  private long usedBefore;

  /// @param cpu the CPU time that the calling thread has used, in nanoseconds
  /// @param sleep for so many nanoseconds, or less
  Pace(LongSupplier nanos, LongSupplier cpu, LongConsumer sleep) {
    this.nanos = nanos;
    this.cpu = cpu;
    this.sleep = sleep;
    this.began = nanos.getAsLong();
  }

  /// For one thread.
  static Pace ofThread() {
    return new Pace(System::nanoTime, CPU::getCurrentThreadCpuTime, LockSupport::parkNanos);
  }

  /// Threads that take half of a processor, and nothing while the event loops are so late that
  /// nothing is sampled; but then not for ever either.
  static Executor comparing(Executor threads, BooleanSupplier overrun) {
    Pace pace = ofThread();
    return work ->
        threads.execute(() -> {
          for (int i = 0; i < MOST_RESTS && overrun.getAsBoolean(); i++) {
            LockSupport.parkNanos(REST.toNanos());
          }
          pace.await();
          work.run();
        });
  }

  /// Before a piece of work: returns when there is time for it.
  ///
  /// A thread that took longer than a span for one piece pays for all of it.
  void await() {
    long used = cpu.getAsLong();
    long over = used - usedBefore - BUDGET;
    long now = nanos.getAsLong();
    if (over < 0) {
      if (now - began >= SPAN.toNanos()) {
        began = now;
        usedBefore = used;
      }
      return;
    }
    rest(began + 2 * (used - usedBefore) - now);
    began = nanos.getAsLong();
    usedBefore = used;
  }

  private void rest(long time) {
    long until = nanos.getAsLong() + Math.min(time, SPAN.toNanos() * 10);
    for (long left = until - nanos.getAsLong(); left > 0; left = until - nanos.getAsLong()) {
      sleep.accept(left);
    }
  }
}
