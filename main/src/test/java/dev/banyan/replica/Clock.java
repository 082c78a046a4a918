package dev.banyan.replica;

import java.time.Duration;
import java.util.function.LongSupplier;

/// A monotonic clock that stands still until it is moved. Begins near the end of its range, as one
/// may.
final class Clock implements LongSupplier {
  private long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

  @Override
  public long getAsLong() {
    return now;
  }

  void pass(Duration time) {
    now += time.toNanos();
  }
}
