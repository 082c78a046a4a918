package dev.banyan.notification;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// When a notification that was not taken is sent again.
///
/// Fourteen tries, each wait three times the one before up to five minutes: 3 s, 9 s, 27 s, 81 s,
/// 243 s, 300 s …, all within an hour. What comes after it waits no longer than that either. Waits
/// are up to a fifth shorter or longer, so that many that failed together do not come back
/// together.
final class Retries {
  static final int TRIES = 14;
  static final Duration FIRST = Duration.ofSeconds(3);
  static final int FACTOR = 3;

  /// The longest wait, a receiver's own `Retry-After` included.
  static final Duration LONGEST = Duration.ofMinutes(5);

  private static final double SPREAD = 0.2;

  private Retries() {}

  /// The wait after a try.
  ///
  /// @param tries how many there were, from 1
  /// @param asked what the receiver asked for
  /// @param luck from 0 to 1
  static Duration wait(int tries, Optional<Duration> asked, double luck) {
    double grown = (double) FIRST.toNanos() * StrictMath.pow(FACTOR, tries - 1.0);
    double spread = 1 - SPREAD + 2 * SPREAD * luck;
    Duration own = Duration.ofNanos((long) (Math.min(grown, (double) LONGEST.toNanos()) * spread));
    Duration wanted = asked.orElse(Duration.ZERO);
    Duration bounded = wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
    return bounded.compareTo(own) > 0 ? bounded : own;
  }

  /// The wait that a `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
  static Optional<Duration> asked(String header, Instant now) {
    String text = header.strip();
    try {
      if (text.matches("[0-9]{1,9}")) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
      }
      Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, until);
      return wait.isNegative() ? Optional.empty() : Optional.of(wait);
    } catch (DateTimeException e) {
      return Optional.empty(); // what it means nobody knows; the own wait will do
    }
  }
}
