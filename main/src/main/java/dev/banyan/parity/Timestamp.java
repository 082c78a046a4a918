package dev.banyan.parity;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A date and time as RFC 3339 writes it, its fraction kept as text so that no precision is lost.
///
/// @param seconds since 1970 at the offset given, or at no offset where none was given
/// @param fraction digits after the second, without zeros at the end
/// @param zoned whether an offset was given; without one the text names no instant
record Timestamp(long seconds, String fraction, boolean zoned) {

  /// How two timestamps relate.
  enum Relation {
    /// The same instant, written differently.
    SAME,
    /// The same instant, but for digits that one side cut off.
    PRECISION,
    /// Not the same, or not both timestamps.
    OTHER
  }

  private static final Pattern FORM =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{1,30}))?"
              + "(?:([Zz])|([+-]\\d\\d):?(\\d\\d))?");

  static Relation relate(String legacy, String candidate) {
    Timestamp left = read(legacy);
    Timestamp right = left == null ? null : read(candidate);
    if (left == null
        || right == null
        || left.zoned != right.zoned
        || left.seconds != right.seconds) {
      return Relation.OTHER;
    }
    if (left.fraction.equals(right.fraction)) {
      return Relation.SAME;
    }
    boolean cut =
        left.fraction.startsWith(right.fraction) || right.fraction.startsWith(left.fraction);
    return cut ? Relation.PRECISION : Relation.OTHER;
  }

  /// How many seconds lie between two of them, if both are timestamps with a zone, or both without.
  static OptionalLong apart(String legacy, String candidate) {
    Timestamp left = read(legacy);
    Timestamp right = left == null ? null : read(candidate);
    return left == null || right == null || left.zoned != right.zoned
        ? OptionalLong.empty()
        : OptionalLong.of(Math.abs(left.seconds - right.seconds));
  }

  private static @Nullable Timestamp read(String text) {
    if (text.length() > 64) {
      return null;
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return null;
    }
    try {
      LocalDateTime local = LocalDateTime.parse(form.group(1) + "T" + form.group(2));
      String hours = form.group(5);
      String minutes = form.group(6);
      ZoneOffset offset =
          hours == null || minutes == null ? ZoneOffset.UTC : ZoneOffset.of(hours + ":" + minutes);
      String fraction = form.group(3) == null ? "" : form.group(3).replaceFirst("0+$", "");
      return new Timestamp(
          local.toEpochSecond(offset), fraction, form.group(4) != null || hours != null);
    } catch (DateTimeException _) {
      // looks like one, but no calendar has it: then it is an ordinary string
      return null;
    }
  }
}
