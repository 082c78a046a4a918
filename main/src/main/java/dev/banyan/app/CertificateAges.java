package dev.banyan.app;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How old the latest certificate of each transfer is. It may be of a former life of this process,
/// or of another one, so that its age is told by the wall clock when it is first seen; from then on
/// it grows by the monotonic clock, so that no clock that is set makes an old one young again.
///
/// Safe to use from any thread.
final class CertificateAges {
  private final LongSupplier nanos;
  private final Map<String, Seen> latest = new ConcurrentHashMap<>();

  /// @param age when it was seen first, at `at`
  private record Seen(Instant from, Duration age, long at) {}

  /// @param nanos the monotonic clock
  CertificateAges(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// @param from when the certificate was made, by the wall clock
  /// @param wall the same clock now
  Duration of(String transfer, Instant from, Instant wall) {
    long now = nanos.getAsLong();
    Seen seen =
        latest.compute(
            transfer,
            (_, known) ->
                known != null && known.from().equals(from)
                    ? known
                    : new Seen(from, positive(Duration.between(from, wall)), now));
    return seen.age().plusNanos(now - seen.at());
  }

  /// What was made in the future, by a clock that was ahead, was made just now at the latest.
  private static Duration positive(Duration age) {
    return age.isNegative() ? Duration.ZERO : age;
  }
}
