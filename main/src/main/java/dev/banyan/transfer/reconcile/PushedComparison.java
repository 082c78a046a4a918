package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.engine.Checksum;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.mapping.TableMapping.Copied;
import dev.banyan.transfer.reconcile.RangeComparison.Outcome;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/// Compares one range of one table in one cut by checksums that the databases make themselves, so
/// that only rows near one that differs are sent.
///
/// A range whose checksums differ is cut at quantiles of its rows, until what differs is small;
/// those rows are read and compared by [RangeComparison].
final class PushedComparison {
  /// Fewer rows than this are read rather than counted again.
  private static final long SMALL = 4_000;

  /// Parts that a range is cut into: each costs a question to either side.
  private static final int PARTS = 16;

  private final TableMapping mapping;
  private final AlignedCut.Cut cut;
  private final Executor executor;
  private final List<String> sourceColumns;
  private final List<String> targetColumns;

  PushedComparison(TableMapping mapping, AlignedCut.Cut cut, Executor executor) {
    this.mapping = mapping;
    this.cut = cut;
    this.executor = executor;
    this.sourceColumns = mapping.copied().stream().map(Copied::source).toList();
    this.targetColumns = mapping.copied().stream().map(Copied::target).toList();
  }

  /// A range and what each side says of it.
  ///
  /// @param shrinks it is clearly smaller than the one that it was cut out of, so that going on
  ///   comes to an end
  private record Part(Range range, Checksum source, Checksum target, boolean shrinks) {
    boolean differs() {
      return !source.equals(target);
    }

    long rows() {
      return Math.max(source.rows(), target.rows());
    }
  }

  /// @param mostHeld rows of the source that may be held at one time to be looked at, and rows that
  ///   differ
  /// @return empty where the rows must be read, for the databases can not hash them alike
  Optional<Outcome> run(Range range, int mostHeld)
      throws SQLException, InterruptedException, RowRefused {
    if (sourceColumns.isEmpty()) {
      return Optional.empty();
    }
    Optional<Part> whole = part(range, Long.MAX_VALUE);
    if (whole.isEmpty()) {
      return Optional.empty();
    }
    Optional<List<Range>> differing = differing(whole.get());
    if (differing.isEmpty()) {
      return Optional.empty();
    }
    List<Suspect> suspects = new ArrayList<>();
    boolean complete = true;
    for (Range each : differing.get()) {
      if (suspects.size() >= mostHeld) {
        complete = false;
        break;
      }
      Outcome read = new RangeComparison(mapping, cut, each, executor).decoded(mostHeld);
      suspects.addAll(read.suspects());
      complete &= read.complete();
    }
    return Optional.of(new Outcome(digest(whole.get().source()), suspects, complete));
  }

  private static Digest digest(Checksum sums) {
    return new Digest(sums.rows(), sums.high().longValue(), sums.low().longValue(), 0, 0);
  }

  /// Asks both sides at once.
  ///
  /// @param of how many rows the range has that it was cut out of
  private Optional<Part> part(Range range, long of)
      throws SQLException, InterruptedException, RowRefused {
    Range there = mapping.range(range).orElse(Range.ALL);
    Both<Optional<Checksum>> both =
        Both.of(
            executor,
            () ->
                cut.source()
                    .checksum(mapping.source(), sourceColumns, range, mapping.sourceWhere()),
            () -> cut.target().checksum(mapping.target(), targetColumns, there, mapping.where()));
    if (both.source().isEmpty() || both.target().isEmpty()) {
      return Optional.empty();
    }
    Checksum source = both.source().get();
    Checksum target = both.target().get();
    boolean shrinks = Math.max(source.rows(), target.rows()) <= of / 2;
    return Optional.of(new Part(range, source, target, shrinks));
  }

  /// What has to be read, in the keys' order; neighbours are one range.
  private Optional<List<Range>> differing(Part whole)
      throws SQLException, InterruptedException, RowRefused {
    Deque<Part> open = new ArrayDeque<>(List.of(whole));
    Deque<Range> found = new ArrayDeque<>();
    while (!open.isEmpty()) {
      Part part = open.removeFirst();
      if (!part.differs()) {
        continue;
      }
      if (part.rows() <= SMALL || !part.shrinks() || !mapping.sameOrder()) {
        boolean touches =
            !found.isEmpty()
                && found.getLast().upTo().isPresent()
                && found.getLast().upTo().equals(part.range().after());
        Optional<Key> after = touches ? found.removeLast().after() : part.range().after();
        found.addLast(new Range(after, part.range().upTo()));
        continue;
      }
      Optional<List<Part>> parts = parts(part);
      if (parts.isEmpty()) {
        return Optional.empty();
      }
      parts.get().reversed().forEach(open::addFirst);
    }
    return Optional.of(List.copyOf(found));
  }

  private Optional<List<Part>> parts(Part whole)
      throws SQLException, InterruptedException, RowRefused {
    List<Part> parts = new ArrayList<>();
    Optional<Key> after = whole.range().after();
    for (Key key : quantiles(whole)) {
      Optional<Part> part = part(new Range(after, Optional.of(key)), whole.rows());
      part.ifPresent(parts::add);
      if (part.isEmpty()) {
        return Optional.empty();
      }
      after = Optional.of(key);
    }
    Optional<Part> last = part(new Range(after, whole.range().upTo()), whole.rows());
    last.ifPresent(parts::add);
    return last.map(_ -> parts);
  }

  /// The source's keys that cut a range into parts of as many rows, counted on the side that has
  /// more.
  private List<Key> quantiles(Part whole) throws SQLException {
    boolean here = whole.source().rows() >= whole.target().rows();
    Snapshot side = here ? cut.source() : cut.target();
    Table table = here ? mapping.source() : mapping.target();
    long step = whole.rows() / PARTS;
    List<Key> keys = new ArrayList<>();
    Optional<Key> after = whole.range().after();
    while (keys.size() < PARTS - 1) {
      Optional<Key> there = here ? after : after.map(mapping::key);
      Optional<Key> next = side.boundary(table, there, step);
      if (next.isEmpty()) {
        break;
      }
      after = here ? next : next.map(mapping::backKey);
      after.ifPresent(keys::add);
    }
    return keys;
  }
}
