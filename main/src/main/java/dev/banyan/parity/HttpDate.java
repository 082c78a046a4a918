package dev.banyan.parity;

import java.time.DateTimeException;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// Dates of HTTP in the three forms that a recipient must take (RFC 9110 section 5.6.7).
final class HttpDate {
  private static final int LONGEST = 64;

  private static final List<DateTimeFormatter> FORMS =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
              .appendPattern(" HH:mm:ss z")
              .toFormatter(Locale.ENGLISH),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ENGLISH)
              .withZone(ZoneOffset.UTC));

  private HttpDate() {}

  /// Whether both are dates, and the same instant.
  static boolean same(String legacy, String candidate) {
    OptionalLong left = seconds(legacy);
    return left.isPresent() && left.equals(seconds(candidate));
  }

  static OptionalLong seconds(String text) {
    // most texts are no dates, and a formatter says so by an exception, which is dear
    if (text.length() > LONGEST || text.indexOf(':') < 0 || text.indexOf(' ') < 0) {
      return OptionalLong.empty();
    }
    for (DateTimeFormatter form : FORMS) {
      try {
        return OptionalLong.of(ZonedDateTime.parse(text.strip(), form).toEpochSecond());
      } catch (DateTimeException _) {
        // not in this form: the next one is tried, and without any it is not a date
      }
    }
    return OptionalLong.empty();
  }
}
