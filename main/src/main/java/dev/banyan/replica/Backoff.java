package dev.banyan.replica;

import java.time.Duration;

/// How long to wait before a store that failed is asked again: twice as long each time, up to a
/// second. For one thread.
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration MOST = Duration.ofSeconds(1);

  private Duration next = FIRST;

  /// Whether it failed when it was last asked.
  boolean fails() {
    return !next.equals(FIRST);
  }

  Duration failed() {
    Duration now = next;
    Duration twice = now.multipliedBy(2);
    next = twice.compareTo(MOST) < 0 ? twice : MOST;
    return now;
  }

  void worked() {
    next = FIRST;
  }
}
