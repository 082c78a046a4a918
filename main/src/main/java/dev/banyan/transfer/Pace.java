package dev.banyan.transfer;

import java.time.Duration;
import java.util.Optional;

/// How fast rows may be copied. Changes are never held back by it. May be asked by many threads.
public interface Pace {
  Pace FULL =
      new Pace() {
        @Override
        public Optional<Hold> hold() {
          return Optional.empty();
        }

        @Override
        public Duration rest(long rows, Duration took) {
          return Duration.ZERO;
        }
      };

  /// What copying waits for.
  ///
  /// @param what for people: the source, a replica, a time of day
  /// @param again after which it is asked again
  record Hold(String what, Duration again) {}

  /// Asked before each chunk, and again until nothing holds it: no snapshot is open meanwhile.
  Optional<Hold> hold();

  /// How long a copier rests after a chunk, to stay under a number of rows a second.
  ///
  /// @param rows that were copied
  /// @param took how long that took
  Duration rest(long rows, Duration took);
}
