package dev.banyan.transfer;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How fast a table is copied and how large its chunks should be. Guarded by itself.
final class Meter {
  private static final Duration SPAN = Duration.ofSeconds(10);

  /// So many rows were there by then.
  private record Mark(Instant at, long rows) {}

  private final Options options;
  private long size;
  private long rows;

  // The rate is of the time since `from`, which is at least one span and at most two ago.
  private @Nullable Mark first;
  private @Nullable Mark from;
  private @Nullable Mark next;
  private @Nullable Mark last;
  private String says = "";

  Meter(Options options) {
    this.options = options;
    this.size = options.chunkRows();
  }

  synchronized long size() {
    return size;
  }

  /// A chunk was written: the next is as large as would have taken the time it should take, but no
  /// more than four times as large as this one.
  synchronized void copied(long number, Duration took, Instant at) {
    if (from == null || next == null) {
      first = new Mark(at.minus(took), rows);
      from = first;
      next = first;
    }
    rows += number;
    last = new Mark(at, rows);
    if (next.at().plus(SPAN).isBefore(at)) {
      from = next;
      next = last;
    }
    says = "";
    double seconds = Math.max(took.toNanos(), 1_000) / 1e9;
    if (number > 0) {
      double rate = number / seconds;
      double wanted = rate * (options.chunk().toNanos() / 1e9);
      size = bounded(Math.min(wanted, number * 4.0));
    }
  }

  /// A chunk was given up.
  synchronized void tooLarge() {
    size = bounded(size / 2.0);
  }

  private long bounded(double wanted) {
    return Math.clamp((long) wanted, 1, options.mostChunkRows());
  }

  synchronized void says(String what) {
    says = what;
  }

  synchronized String says() {
    return says;
  }

  /// When the first chunk was begun.
  synchronized Optional<Instant> began() {
    return Optional.ofNullable(first).map(Mark::at);
  }

  /// When the last chunk was written.
  synchronized Optional<Instant> ended() {
    return Optional.ofNullable(last).map(Mark::at);
  }

  synchronized long rows() {
    return rows;
  }

  /// Of its last chunks, with the rests between them, and with the time since while it goes on.
  synchronized double perSecond(boolean over, Instant now) {
    if (from == null || last == null) {
      return 0;
    }
    Duration took = Duration.between(from.at(), over ? last.at() : now);
    return took.isPositive() ? (last.rows() - from.rows()) * 1e9 / took.toNanos() : 0;
  }
}
