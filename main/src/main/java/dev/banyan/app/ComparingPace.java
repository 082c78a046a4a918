package dev.banyan.app;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// What comparing may take of one processor: half of it, and nothing while the event loops are so
/// late that nothing is sampled.
///
/// What waits behind a comparer that rests is bounded by its queue, and dropped beyond it. Used by
/// the one comparing thread.
final class ComparingPace {
  /// The budget is one of CPU time for each such span.
  static final Duration SPAN = Duration.ofMillis(100);

  static final long BUDGET = SPAN.toNanos() / 2;

  /// No single comparison waits longer, so that a gateway which stays late still ends its samples.
  private static final int SPANS = 10;

  private final LongSupplier nanos;
  private final LongSupplier cpu;
  private final BooleanSupplier overrun;
  private final LongConsumer sleep;
  private long began;
  private long usedBefore;

  /// @param cpu the CPU time that the calling thread has used, in nanoseconds
  /// @param overrun whether the event loops are too late for any comparison
  /// @param sleep for so many nanoseconds
  ComparingPace(LongSupplier nanos, LongSupplier cpu, BooleanSupplier overrun, LongConsumer sleep) {
    this.nanos = nanos;
    this.cpu = cpu;
    this.overrun = overrun;
    this.sleep = sleep;
  }

  /// Before a comparison: returns when there is time for it.
  void await() {
    for (int i = 0; i < SPANS && overrun.getAsBoolean(); i++) {
      sleep.accept(SPAN.toNanos());
    }
    long used = cpu.getAsLong();
    long now = nanos.getAsLong();
    long passed = now - began;
    if (passed >= SPAN.toNanos()) {
      began = now;
      usedBefore = used;
    } else if (used - usedBefore >= BUDGET) {
      sleep.accept(SPAN.toNanos() - passed);
      began = nanos.getAsLong();
      usedBefore = used;
    }
  }
}
