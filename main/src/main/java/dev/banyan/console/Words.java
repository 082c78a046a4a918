package dev.banyan.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// Numbers as people read them. A rounded number never looks better than the true one.
final class Words {
  private Words() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// For shares of good things: 0.99999 is `99.99%`, not `100%`.
  static String shareRoundedDown(double share) {
    return share(share, RoundingMode.DOWN);
  }

  /// For shares of bad things: 0.00001 is `0.01%`, not `0%`.
  static String shareRoundedUp(double share) {
    return share(share, RoundingMode.UP);
  }

  private static String share(double share, RoundingMode mode) {
    // Through the shortest decimal of the double, so that 0.9991 stays 99.91.
    BigDecimal percent = BigDecimal.valueOf(share).movePointRight(2).setScale(2, mode);
    return percent.stripTrailingZeros().toPlainString() + "%";
  }

  static String time(Duration duration) {
    double millis = duration.toNanos() / 1e6;
    if (millis < 10) {
      return String.format(Locale.ROOT, "%.1f ms", millis);
    }
    return millis < 10_000
        ? String.format(Locale.ROOT, "%,.0f ms", millis)
        : String.format(Locale.ROOT, "%,.1f s", millis / 1000);
  }

  static String moment(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", " UTC");
  }
}
