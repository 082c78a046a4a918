package dev.banyan.app;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// So many a second over time, and so many at once after a rest. Any thread may take; one short
/// lock.
final class Allowance {
  private final long each;
  private final long most;
  private final LongSupplier nanos;

  // Both guarded by this.
  private long saved;
  private long last;

  /// @param atOnce what may be taken at once when nothing was taken for long, as at the start
  Allowance(int perSecond, int atOnce, LongSupplier nanos) {
    this.each = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.most = each * atOnce;
    this.nanos = nanos;
    this.saved = most;
    this.last = nanos.getAsLong();
  }

  synchronized boolean take() {
    if (!has()) {
      return false;
    }
    saved -= each;
    return true;
  }

  /// Whether there is one to be taken.
  synchronized boolean has() {
    long now = nanos.getAsLong();
    saved = Math.min(most, saved + Math.max(0, now - last));
    last = now;
    return saved >= each;
  }
}
