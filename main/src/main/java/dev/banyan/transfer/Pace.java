package dev.banyan.transfer;

import java.time.Duration;

/// How fast rows may be copied. Changes are never held back by it. May be asked by many threads.
public interface Pace {
  Pace FULL = (_, _) -> Duration.ZERO;

  /// How long a copier rests after a chunk: to stay under a number of rows a second, because the
  /// source or a replica is slow, or until an off-peak window opens. It is asked again after a
  /// minute at most.
  ///
  /// @param rows that were copied
  /// @param took how long that took
  Duration rest(long rows, Duration took);

  /// @param rows a second, of each copier
  static Pace rowsPerSecond(long rows) {
    return (copied, took) -> {
      Duration due = Duration.ofNanos((long) (copied * 1e9 / rows));
      return due.compareTo(took) > 0 ? due.minus(took) : Duration.ZERO;
    };
  }
}
