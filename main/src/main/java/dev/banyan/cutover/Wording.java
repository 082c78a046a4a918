package dev.banyan.cutover;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/// Numbers as the gates' sentences write them.
final class Wording {
  private Wording() {}

  static String percent(double share) {
    String text = String.format(Locale.ROOT, "%.2f", share * 100);
    // 5.00 is 5, 0.10 is 0.1.
    return text.replaceFirst("\\.?0+$", "") + "%";
  }

  static String time(Duration time) {
    double millis = time.toNanos() / 1e6;
    return millis < 1_000
        ? String.format(Locale.ROOT, "%.1f ms", millis)
        : String.format(Locale.ROOT, "%.1f s", millis / 1_000);
  }

  /// A number of things as people write it, thousands apart.
  static String count(double number) {
    return String.format(Locale.ROOT, "%,d", Math.round(number));
  }

  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /// An estimate, in two significant digits.
  static String about(double number) {
    double unit = 1;
    while (number / unit >= 100) {
      unit *= 10;
    }
    return count(Math.round(number / unit) * unit);
  }

  /// An estimated time in the unit that fits it.
  static String span(double seconds) {
    if (seconds < 90) {
      return about(Math.max(1, seconds)) + " s";
    }
    if (seconds < 90 * 60) {
      return about(seconds / 60) + " minutes";
    }
    return seconds < 48 * 3_600
        ? about(seconds / 3_600) + " hours"
        : about(seconds / 86_400) + " days";
  }

  /// A number of times, such as 1.5.
  static String times(double number) {
    return String.format(Locale.ROOT, "%.2f", number).replaceFirst("\\.?0+$", "") + " times";
  }

  /// An e-value from its logarithm.
  static String e(double log) {
    double value = StrictMath.exp(Math.min(log, 20));
    return log > 20
        ? "more than 100,000,000"
        : value >= 100 ? count(value) : String.format(Locale.ROOT, "%.2g", value);
  }

  /// Somebody's words as part of one line: they may not write lines of their own into the log that
  /// vouches for the ledger's head.
  static String line(String words) {
    return words.replaceAll("\\p{Cntrl}", " ");
  }

  /// Somebody's words as every store can keep them: no database takes half a character, and not all
  /// take a NUL. What is in memory and what is read back are then the same.
  static String storable(String words) {
    String whole = new String(words.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    return whole.replace('\0', '\uFFFD');
  }

  static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }
}
