package dev.banyan.cutover;

import java.time.Duration;

/// How often the program has tried by itself, in one epoch of a family, to give its writes back to
/// the legacy. What did not come to be is tried again, later each time, and then left to a person.
/// Guarded by itself.
final class HandBacks {
  /// The most tries in one epoch.
  static final int MOST = 3;

  /// Before the second try; twice as long before the third.
  static final Duration PAUSE = Duration.ofSeconds(10);

  private long epoch = -1;
  private int tries;
  private boolean underWay;
  private long next;

  /// Whether it may be tried now, and that it is.
  synchronized boolean begin(long inEpoch, long now) {
    if (epoch != inEpoch) {
      epoch = inEpoch;
      tries = 0;
      next = now;
    }
    if (underWay || tries == MOST || now - next < 0) {
      return false;
    }
    underWay = true;
    tries++;
    return true;
  }

  /// It has come to its end.
  ///
  /// @return how long until it may be tried again; nothing where it was the last try
  synchronized Duration ended(long now) {
    underWay = false;
    if (tries == MOST) {
      return Duration.ZERO;
    }
    Duration pause = PAUSE.multipliedBy(tries);
    next = now + pause.toNanos();
    return pause;
  }
}
