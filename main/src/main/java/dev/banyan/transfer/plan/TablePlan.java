package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// One table.
///
/// @param ordered the client orders its keys as the server does, so that a key tells its range
/// @param mark what is durable of it, or will be with the next write
/// @param inFlight at most one where it is not ordered
record TablePlan(boolean ordered, Mark mark, List<InFlight> inFlight) {
  TablePlan {
    inFlight = List.copyOf(inFlight);
  }

  TablePlan with(Mark next) {
    return new TablePlan(ordered, next, inFlight);
  }

  TablePlan with(List<InFlight> next) {
    return new TablePlan(ordered, mark, next);
  }

  TablePlan replace(InFlight one, Optional<InFlight> by) {
    List<InFlight> next = new ArrayList<>(inFlight);
    next.remove(one);
    by.ifPresent(next::add);
    return with(next);
  }

  boolean stopped() {
    return !mark.stopped().isEmpty();
  }

  /// Its changes are kept from becoming durable, while those of others go on.
  boolean holds() {
    return stopped() || (!ordered && !inFlight.isEmpty());
  }

  /// Up to where its changes are durable.
  Position durable(Position ofAll) {
    return mark.own().orElse(ofAll);
  }

  Optional<InFlight> inFlight(Range range) {
    return inFlight.stream().filter(each -> each.range().equals(range)).findFirst();
  }

  Optional<InFlight> inFlight(Key key) {
    for (InFlight each : inFlight) {
      if (!ordered || each.range().contains(key)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// Of a table that is not ordered, everything counts as done as soon as something is: changes of
  /// rows that were not copied yet do no harm, for they are in the snapshot that copies them.
  Optional<Done> done(Key key) {
    for (Done each : mark.done()) {
      if (!ordered || each.range().contains(key)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /// What is neither done nor in flight, by key.
  List<Range> ahead() {
    List<Range> taken = new ArrayList<>(mark.done().stream().map(Done::range).toList());
    taken.addAll(inFlight.stream().map(InFlight::range).toList());
    if (ordered) {
      taken.sort(Comparator.comparing(Range::after, Ranges.FROM));
    }
    return Ranges.gaps(taken);
  }

  /// Whether everything that its rows hold was delivered in this life.
  boolean level(Position delivered) {
    return mark.own().map(own -> own.compareTo(delivered) <= 0).orElse(true)
        && mark.done().stream()
            .flatMap(each -> each.seen().stream())
            .allMatch(seen -> seen.merged().compareTo(delivered) <= 0);
  }

  /// Whether any of its rows may be newer than what was delivered.
  boolean leads(Position delivered) {
    return mark.done().stream()
        .flatMap(each -> each.seen().stream())
        .anyMatch(seen -> seen.snapshot().upTo().compareTo(delivered) > 0);
  }

  boolean copied() {
    return inFlight.isEmpty() && ahead().isEmpty();
  }
}
