package dev.banyan.compare.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;

/// Numbers as people read them. A rounded number never looks better than the true one.
final class Words {
  private static final int MILLIS_OF_SECOND = 3;

  private Words() {}

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// `1 endpoint`, `2 endpoints`.
  static String count(long number, String thing) {
    return count(number) + " " + thing + (number == 1 ? "" : "s");
  }

  /// For shares of good things: 0.99999 is `99.99%`, not `100%`.
  static String roundedDown(double share) {
    return percent(share, RoundingMode.DOWN);
  }

  /// For shares of bad things: 0.00001 is `0.01%`, not `0%`.
  static String roundedUp(double share) {
    return percent(share, RoundingMode.UP);
  }

  private static String percent(double share, RoundingMode mode) {
    // Through the shortest decimal of the double, so that 0.9991 stays 99.91.
    BigDecimal percent = BigDecimal.valueOf(share).movePointRight(2).setScale(2, mode);
    return percent.stripTrailingZeros().toPlainString() + "%";
  }

  static BigDecimal seconds(Duration took) {
    return BigDecimal.valueOf(took.toMillis(), MILLIS_OF_SECOND);
  }

  static String time(Duration took) {
    long seconds = took.toSeconds();
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1000.0);
    }
    return took.toMinutes() + " min " + took.toSecondsPart() + " s";
  }
}
