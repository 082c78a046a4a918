package dev.banyan.control;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/// Hands events to everyone who follows the stream, and never waits for any of them.
///
/// Each follower has a queue of its own with room for [#QUEUED] events; one that does not keep up
/// is cut off, and finds what it missed by connecting anew and reading the status. At most
/// [#FOLLOWERS] follow at a time. A family's event stands for its whole state, so a newer one may
/// be read without the older.
///
/// Safe for use by many threads; nothing here blocks.
public final class EventFeed {
  /// How many clients may follow at a time.
  public static final int FOLLOWERS = 64;

  /// How many events may wait for one client.
  public static final int QUEUED = 256;

  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private boolean closed; // guarded by this

  /// Whether anyone would see an event; asked before the work of making one.
  public boolean followed() {
    return !followers.isEmpty();
  }

  /// Tells every follower, each of them in the order of publishing when one thread publishes.
  public void publish(Event event) {
    for (Follower follower : followers) {
      follower.offer(new Signal.Told(event));
    }
  }

  int followers() {
    return followers.size();
  }

  /// A new follower, or nothing when there are too many already or the feed is closed.
  synchronized Optional<Follower> follow() {
    if (closed || followers.size() >= FOLLOWERS) {
      return Optional.empty();
    }
    Follower follower = new Follower();
    followers.add(follower);
    return Optional.of(follower);
  }

  /// Ends every stream and lets nobody in any more.
  synchronized void close() {
    closed = true;
    new ArrayList<>(followers).forEach(Follower::end);
  }

  /// What a follower's queue holds.
  sealed interface Signal {
    record Told(Event event) implements Signal {}

    record Ended() implements Signal {}
  }

  private synchronized void leave(Follower follower) {
    followers.remove(follower);
  }

  /// One client's place in the feed, made and closed by the thread that writes to the client.
  final class Follower implements AutoCloseable {
    // One place more than events may take, so that the end of the stream always fits.
    private final BlockingQueue<Signal> queue = new ArrayBlockingQueue<>(QUEUED + 1);
    private final Thread writer = Thread.currentThread();
    private boolean ended; // guarded by this

    BlockingQueue<Signal> queue() {
      return queue;
    }

    private synchronized void offer(Signal.Told told) {
      if (ended) {
        return;
      }
      if (queue.size() < QUEUED) {
        queue.add(told);
      } else {
        end();
        // It may be stuck in a write to a client that reads nothing. The interrupt closes the
        // socket of a virtual thread that waits on it.
        writer.interrupt();
      }
    }

    private synchronized void end() {
      if (!ended) {
        ended = true;
        queue.add(new Signal.Ended());
      }
    }

    /// Only now does it no longer count as a follower: until its thread has ended it costs one.
    @Override
    public void close() {
      synchronized (this) {
        ended = true;
      }
      leave(this);
    }
  }
}
