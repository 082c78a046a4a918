package dev.banyan.proxy.transport;

import dev.banyan.proxy.Limit;
import dev.banyan.routing.Decision;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The writes of one event loop to families whose sides each have data of their own: those that are
/// held back, and how many others are under way, which whoever holds must wait for.
///
/// A write is held before anything of it has been sent, and its client is not read from while it
/// has no whole body. It goes on once the table in force decides it, whatever made that table: a
/// release, a move, a lease that was had again. While any is held the table is looked at every few
/// milliseconds; otherwise this does nothing at all.
///
/// It belongs to its event loop, but for the places, which all loops share.
// What a schedule gives back is not looked at: the loop outlives everything here.
@SuppressWarnings("FutureReturnValueIgnored")
final class Hold {
  /// How often the table is looked at.
  static final long LOOK = TimeUnit.MILLISECONDS.toNanos(5);

  /// How many go on at one look, so that a release does not overrun the queue of their service.
  static final int PACE = 32;

  private record Held(InFlight request, OwnedWrite write, long until) {}

  private final EventLoop loop;
  private final LiveTable table;
  private final LiveOptions options;
  private final LongSupplier nanos;
  private final AtomicInteger places;
  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private final Map<String, Integer> underWay = new HashMap<>();
  private @Nullable RoutingTable seen;
  private boolean looking;
  private boolean closed;

  /// @param places taken by held writes, on all event loops together
  Hold(
      EventLoop loop,
      LiveTable table,
      LiveOptions options,
      LongSupplier nanos,
      AtomicInteger places) {
    this.loop = loop;
    this.table = table;
    this.options = options;
    this.nanos = nanos;
    this.places = places;
  }

  /// Holds a write back.
  ///
  /// @return false when there is no room for it
  boolean take(InFlight request, OwnedWrite write) {
    if (closed) {
      return false;
    }
    if (places.incrementAndGet() > options.current().limits().heldWrites()) {
      places.decrementAndGet();
      return false;
    }
    long holdTime = options.current().limits().holdTime().toNanos();
    held.addLast(new Held(request, write, nanos.getAsLong() + holdTime));
    seen = null;
    lookSoon();
    return true;
  }

  /// The client of a held write has left.
  void leave(OwnedWrite write) {
    if (held.removeIf(each -> each.write().equals(write))) {
      places.decrementAndGet();
    }
  }

  private void lookSoon() {
    if (!looking) {
      looking = true;
      loop.schedule(this::look, LOOK, TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    looking = false;
    long now = nanos.getAsLong();
    RoutingTable current = table.current(now);
    boolean same = isSame(current, seen);
    seen = current;
    int gone = 0;
    // What comes to be held while those before it go on waits for the next look.
    for (int left = held.size(); left > 0 && !held.isEmpty(); left--) {
      Held next = held.removeFirst();
      Decision anew = same || gone == PACE ? null : next.write().decide(current);
      if (anew != null && !anew.isHeld()) {
        gone++;
        places.decrementAndGet();
        next.request().decideAnew(anew, next.write());
      } else if (now - next.until() >= 0) {
        places.decrementAndGet();
        next.request().heldTooLong(Limit.HOLD_TIME);
      } else {
        held.addLast(next);
      }
    }
    if (gone == PACE) {
      seen = null; // there may be more that can go on
    }
    if (!held.isEmpty()) {
      lookSoon();
    }
  }

  /// Whether it is the very table that was looked at last: tables are many and large.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isSame(RoutingTable current, @Nullable RoutingTable before) {
    return current == before;
  }

  /// The gateway is being closed: nobody decides any more.
  void close() {
    closed = true;
    Held next;
    while ((next = held.pollFirst()) != null) {
      places.decrementAndGet();
      next.request().heldTooLong(null);
    }
  }

  void began(String family) {
    underWay.merge(family, 1, Integer::sum);
  }

  void ended(String family) {
    underWay.computeIfPresent(family, (_, count) -> count > 1 ? count - 1 : null);
  }

  /// Writes under way to these families, those that wait for a connection included.
  int underWay(Collection<String> families) {
    int sum = 0;
    for (String family : families) {
      sum += underWay.getOrDefault(family, 0);
    }
    return sum;
  }
}
