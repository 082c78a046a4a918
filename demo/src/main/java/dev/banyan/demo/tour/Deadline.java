package dev.banyan.demo.tour;

import java.time.Duration;

/// A moment until which something must have happened.
final class Deadline {
  private final long start = System.nanoTime();
  private final Duration patience;

  Deadline(Duration patience) {
    this.patience = patience;
  }

  boolean over() {
    return System.nanoTime() - start > patience.toNanos();
  }
}
