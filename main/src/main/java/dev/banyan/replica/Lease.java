package dev.banyan.replica;

import java.time.Duration;

/// For how long this process may take itself for what it was when the store last answered.
///
/// It runs from when the question was *sent*, so that it never ends later than others believe.
/// Written by one thread, read by any.
public final class Lease {
  /// How long an answer of the store lasts.
  public static final Duration LENGTH = Duration.ofSeconds(2);

  /// How much longer others wait, for clocks do not all run alike.
  public static final Duration MARGIN = Duration.ofMillis(500);

  private volatile long until;

  /// One that has run out.
  Lease(long now) {
    until = now;
  }

  /// @param sent when the question was sent that has been answered
  void renew(long sent) {
    until = sent + LENGTH.toNanos();
  }

  void end(long now) {
    until = now;
  }

  /// The moment it runs out, on the monotonic clock in nanoseconds.
  public long validUntil() {
    return until;
  }

  public boolean holds(long now) {
    return until - now > 0;
  }
}
