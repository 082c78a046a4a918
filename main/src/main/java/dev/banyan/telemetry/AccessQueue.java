package dev.banyan.telemetry;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Lines on their way from the event loops to whoever writes them: a ring of a fixed size. When it
/// is full a line is dropped and counted, and nobody waits.
///
/// [#offer] is for any thread and takes no lock; [#poll] is for one thread.
///
/// A producer first claims a place by moving the tail, then fills it; the reader takes a place once
/// it is filled, empties it and only then moves the head, so that no place is claimed before it is
/// empty.
public final class AccessQueue {
  private final AtomicReferenceArray<@Nullable AccessLine> ring;
  private final AtomicLong tail = new AtomicLong();
  private final AtomicLong head = new AtomicLong();
  private final LongAdder dropped = new LongAdder();

  /// @param capacity lines that may wait
  public AccessQueue(int capacity) {
    this.ring = new AtomicReferenceArray<>(capacity);
  }

  /// @return whether there was room
  public boolean offer(AccessLine line) {
    long place = tail.get();
    while (true) {
      if (place - head.get() >= ring.length()) {
        dropped.increment();
        return false;
      }
      long seen = tail.compareAndExchange(place, place + 1);
      if (seen == place) {
        ring.setRelease((int) (place % ring.length()), line);
        return true;
      }
      place = seen;
    }
  }

  /// The oldest line, or null while there is none.
  public @Nullable AccessLine poll() {
    long place = head.get();
    int at = (int) (place % ring.length());
    AccessLine line = ring.getAcquire(at);
    if (line != null) {
      ring.setRelease(at, null);
      head.set(place + 1);
    }
    return line;
  }

  /// Lines that found no room, since the start.
  public long dropped() {
    return dropped.sum();
  }
}
