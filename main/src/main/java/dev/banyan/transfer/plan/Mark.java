package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// What is remembered of one table.
///
/// @param cleared its rows on the target were deleted before the first chunk, where chunks can not
/// @param done sorted by key
/// @param own up to where its changes are durable, where that is another position than the plan's
/// @param stopped why, for people; empty where it goes on
record Mark(boolean cleared, List<Done> done, Optional<Position> own, String stopped) {
  static final Mark NEW = new Mark(false, List.of(), Optional.empty(), "");

  Mark {
    done = List.copyOf(done);
  }

  Mark at(Optional<Position> position) {
    return new Mark(cleared, done, position, stopped);
  }

  Mark with(List<Done> ranges) {
    return new Mark(cleared, ranges, own, stopped);
  }

  Mark plus(Done range) {
    List<Done> ranges = new ArrayList<>(done);
    ranges.add(range);
    ranges.sort(Comparator.comparing(each -> each.range().after(), Ranges.FROM));
    return with(ranges);
  }

  Mark stop(String why) {
    return new Mark(cleared, done, own, why);
  }

  /// Forgets snapshots that have nothing more to say, and joins ranges that only they kept apart.
  Mark settle(Predicate<Seen> settled) {
    if (done.stream().allMatch(each -> each.seen().isEmpty()) && done.size() < 2) {
      return this;
    }
    List<Done> joined = new ArrayList<>();
    for (Done each : done) {
      Done now = new Done(each.range(), each.seen().filter(seen -> !settled.test(seen)));
      if (!joined.isEmpty() && joins(joined.getLast(), now)) {
        Done before = joined.removeLast();
        now = new Done(Ranges.join(before.range(), now.range()), Optional.empty());
      }
      joined.add(now);
    }
    return joined.equals(done) ? this : with(joined);
  }

  private static boolean joins(Done before, Done next) {
    return before.seen().isEmpty()
        && next.seen().isEmpty()
        && before.range().upTo().isPresent()
        && before.range().upTo().equals(next.range().after());
  }

  /// For a backfill that begins anew: nothing is done any more.
  Mark forget(String why) {
    return new Mark(false, List.of(), Optional.empty(), why);
  }
}
