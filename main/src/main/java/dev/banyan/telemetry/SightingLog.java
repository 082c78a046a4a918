package dev.banyan.telemetry;

import dev.banyan.statistics.Sightings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/// Sightings of sticky units on their way from the event loops to whoever looks at them, in the
/// order in which they came.
///
/// A ring that any thread adds to and one thread at a time takes from. Adding takes no lock and
/// allocates nothing. A place is claimed first and filled then; the second number of an entry says
/// that it is filled, so what is still being filled is taken with the next look, and what comes
/// after it too. Where there is no room, a sighting is lost and counted.
final class SightingLog {
  /// Entries between two looks: of two for each request, enough for 327,000 requests a second with
  /// ten looks a second.
  static final int CAPACITY = 65_536;

  private static final int MASK = CAPACITY - 1;

  /// A unit and what was seen of it, plus one: 0 is an entry that is not filled.
  private final AtomicLongArray entries = new AtomicLongArray(2 * CAPACITY);

  private final AtomicLong claimed = new AtomicLong();
  private final LongAdder lost = new LongAdder();

  /// Written by the taker alone.
  private volatile long taken;

  // Of the taker.
  private long lostTold;

  /// Adds one.
  ///
  /// @param what as [Sightings#routed] or [Sightings#ended] give it
  /// @return whether there was room
  boolean add(long unit, long what) {
    long at;
    do {
      at = claimed.get();
      if (at - taken >= CAPACITY) {
        lost.increment();
        return false;
      }
    } while (!claimed.weakCompareAndSetVolatile(at, at + 1));
    int place = (int) (at & MASK) << 1;
    entries.setPlain(place, unit);
    entries.setRelease(place + 1, what + 1);
    return true;
  }

  /// Takes what has come since this was last called. One thread at a time.
  Sightings take() {
    long from = taken;
    int most = (int) (claimed.get() - from);
    long[] pairs = new long[2 * most];
    int length = 0;
    while (length < pairs.length) {
      int place = (int) (from + (length >> 1) & MASK) << 1;
      long what = entries.getAcquire(place + 1);
      if (what == 0) {
        break; // claimed, and to be filled at any moment
      }
      pairs[length++] = entries.getPlain(place);
      pairs[length++] = what - 1;
      entries.setPlain(place + 1, 0);
    }
    taken = from + (length >> 1); // the emptied places are seen before they are claimed again
    long all = lost.sum();
    long more = all - lostTold;
    lostTold = all;
    return Sightings.of(pairs, length, more);
  }
}
