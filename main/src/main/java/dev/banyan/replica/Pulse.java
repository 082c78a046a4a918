package dev.banyan.replica;

import java.time.Duration;

/// For how long this process knows what was decided elsewhere.
///
/// Each time it has put in force all that the store holds, its knowledge lasts for half a second
/// from when the store was asked. A process that was stopped, or whose collector paused it, wakes
/// up knowing nothing, before it has decided one request.
public final class Pulse {
  public static final Duration LENGTH = Duration.ofMillis(500);

  private final Lease lease;
  private volatile long until;

  Pulse(Lease lease, long now) {
    this.lease = lease;
    until = now;
  }

  /// Never beyond the lease: who waits for acknowledgements counts on that a replica without one
  /// does nothing.
  ///
  /// @param asked when the store was asked whose every decision is now in force
  /// @return until when that is good
  long extend(long asked) {
    long own = asked + LENGTH.toNanos();
    long most = lease.validUntil();
    until = own - most < 0 ? own : most;
    return until;
  }

  /// The moment it ends, on the monotonic clock in nanoseconds.
  public long validUntil() {
    return until;
  }
}
