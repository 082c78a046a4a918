package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// How ranges lie beside each other.
final class Ranges {
  /// Lower bounds: none is the least.
  static final Comparator<Optional<Key>> FROM =
      (a, b) ->
          a.isEmpty() || b.isEmpty()
              ? Boolean.compare(a.isPresent(), b.isPresent())
              : a.get().compareTo(b.get());

  private Ranges() {}

  static Range join(Range first, Range second) {
    return new Range(first.after(), second.upTo());
  }

  /// What lies between ranges that are sorted and do not overlap. Only bounds that are equal are
  /// taken for the same, so that an order that the client does not know does no harm where the
  /// ranges follow each other.
  static List<Range> gaps(List<Range> sorted) {
    List<Range> gaps = new ArrayList<>();
    Optional<Key> from = Optional.empty();
    for (Range each : sorted) {
      if (!each.after().equals(from)) {
        gaps.add(new Range(from, each.after()));
      }
      if (each.upTo().isEmpty()) {
        return gaps;
      }
      from = each.upTo();
    }
    gaps.add(new Range(from, Optional.empty()));
    return gaps;
  }
}
