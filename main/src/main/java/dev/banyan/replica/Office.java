package dev.banyan.replica;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// One replica's claim to decide for all. Written by the thread that beats, read by any.
///
/// Only one connection can hold the store's lock, and each holder has a term of its own. A holder
/// that does not beat for its lease is cut off, whatever it is doing: should it wake up, its
/// decisions carry a term that is over, and the store does not take them.
final class Office {
  private final Roster roster;
  private final Lease lease;

  /// The term held, 0 while none is.
  private volatile long term;

  private volatile Roster.@Nullable Office last;

  /// When `last` was seen to change. Only for the thread that beats.
  private long changed;

  Office(Roster roster, long now) {
    this.roster = roster;
    this.lease = new Lease(now);
  }

  /// The term in which this replica decides, empty while it does not.
  OptionalLong term(long now) {
    long held = term;
    return held > 0 && lease.holds(now) ? OptionalLong.of(held) : OptionalLong.empty();
  }

  Roster.@Nullable Office last() {
    return last;
  }

  /// Keeps the office, or takes it if it is free.
  ///
  /// @param seen as the store has it
  /// @param asked when it was read, which is before anything that is done now
  void look(Roster.Office seen, long asked) {
    Roster.Office before = last;
    if (before == null || !before.equals(seen)) {
      last = seen;
      changed = asked;
    }
    if (term > 0) {
      keep(asked);
    } else if (seen.holder() == null || asked - changed > Sightings.GONE.toNanos()) {
      take(seen, asked);
    }
  }

  private void keep(long asked) {
    if (roster.keep(term)) {
      lease.renew(asked);
    } else {
      term = 0;
    }
  }

  private void take(Roster.Office seen, long asked) {
    OptionalLong taken = roster.take(seen.term());
    if (taken.isEmpty() && seen.holder() != null) {
      // Its connection lives and it does not: the next look finds the lock free.
      roster.depose(seen.term());
      taken = roster.take(seen.term());
    }
    if (taken.isPresent()) {
      lease.renew(asked);
      term = taken.getAsLong();
    }
  }

  /// The store did not answer: the lease goes on, but the connection, and the lock with it, is
  /// gone.
  void cut() {
    term = 0;
  }

  /// Gives it back.
  void resign() {
    long held = term;
    term = 0;
    if (held > 0) {
      roster.resign(held);
    }
  }
}
