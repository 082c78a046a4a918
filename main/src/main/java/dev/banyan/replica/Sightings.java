package dev.banyan.replica;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/// Who lives: each replica's last word, and when this process saw it change. Guarded by its own
/// monitor.
///
/// A replica counts as gone once looking again and again for longer than its lease has shown no
/// change. While nobody looks, nobody dies: a process that is cut off itself learns nothing of the
/// others.
final class Sightings {
  /// For how long a row may stay as it is before nobody waits for its replica.
  static final Duration GONE = Lease.LENGTH.plus(Lease.MARGIN);

  private static final long MOST_WAIT_MILLIS = 100;

  /// @param changed when it was seen to change, likewise `looked`
  private record Sighting(Presence last, long changed, long looked) {
    boolean gone() {
      return last.hasLeft() || looked - changed > GONE.toNanos();
    }
  }

  private final Map<String, Sighting> seen = new TreeMap<>();
  private final Map<String, Long> acknowledged = new HashMap<>();

  /// Takes note of the list.
  ///
  /// @param asked when it was asked for
  synchronized void look(List<Presence> list, long asked) {
    Map<String, Presence> present =
        list.stream().collect(Collectors.toMap(Presence::replica, each -> each));
    present.forEach((name, now) -> seen.merge(name, new Sighting(now, asked, asked), this::merged));
    seen.replaceAll((name, last) ->
        present.containsKey(name) ? last : new Sighting(last.last(), last.changed(), asked));
    // One that has left, or was forgotten, and is not coming back within its lease.
    seen.entrySet().removeIf(each -> !present.containsKey(each.getKey()) && each.getValue().gone());
    acknowledged.keySet().retainAll(seen.keySet());
    notifyAll();
  }

  private Sighting merged(Sighting before, Sighting now) {
    if (before.looked() - now.looked() > 0) {
      return before; // two threads asked, and the later answer came first
    }
    boolean same =
        before.last().beats() == now.last().beats()
            && before.last().instance().equals(now.last().instance());
    return new Sighting(now.last(), same ? before.changed() : now.changed(), now.looked());
  }

  synchronized void acknowledged(Wire.Ack ack) {
    acknowledged.merge(ack.replica(), ack.applied(), Math::max);
    notifyAll();
  }

  /// The store has gone back: entries of these numbers are others now.
  synchronized void forgetAcknowledged() {
    acknowledged.clear();
    seen.replaceAll((_, each) ->
        new Sighting(each.last().withApplied(Changes.NOTHING), each.changed(), each.looked()));
  }

  /// Up to which entry everything is in force there, as far as is known.
  private long applied(Presence replica) {
    return Math.max(
        replica.applied(), acknowledged.getOrDefault(replica.replica(), Changes.NOTHING));
  }

  /// Whether a name's row has not changed for as long as a lease lasts.
  synchronized boolean isGone(String name) {
    Sighting sighting = seen.get(name);
    return sighting == null || sighting.gone();
  }

  synchronized Set<String> live() {
    return seen.entrySet().stream()
        .filter(each -> !each.getValue().gone())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  synchronized Set<String> gone() {
    return seen.entrySet().stream()
        .filter(each -> each.getValue().gone())
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /// How many of these have put an entry in force.
  synchronized int acknowledged(Set<String> of, long seq) {
    return (int) of.stream().filter(name -> has(name, seq)).count();
  }

  /// Whether each of these has put an entry in force, or is gone.
  synchronized boolean everywhere(Set<String> of, long seq) {
    return of.stream().allMatch(name -> has(name, seq) || isGone(name));
  }

  private boolean has(String name, long seq) {
    Sighting sighting = seen.get(name);
    return sighting != null && applied(sighting.last()) >= seq;
  }

  /// @param head the last ledger entry that is known of
  synchronized List<Fleet.Member> members(String self, long head) {
    List<Fleet.Member> members = new ArrayList<>();
    seen.forEach((name, sighting) -> {
      Presence last = sighting.last();
      members.add(
          new Fleet.Member(
              name,
              last.address(),
              last.started(),
              last.seen(),
              !sighting.gone(),
              Math.max(0, head - Math.max(0, applied(last))),
              last.denied(),
              name.equals(self)));
    });
    return members;
  }

  /// Waits until all of these have put an entry in force or are gone.
  ///
  /// @param end when to stop waiting, on the monotonic clock
  /// @return false where that was not reached in time, or the thread was interrupted, which it
  ///   still is then
  synchronized boolean awaitEverywhere(Set<String> of, long seq, LongSupplier nanos, long end) {
    while (!everywhere(of, seq)) {
      long left = end - nanos.getAsLong();
      if (left <= 0) {
        return false;
      }
      try {
        wait(Math.clamp(left / 1_000_000, 1, MOST_WAIT_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
