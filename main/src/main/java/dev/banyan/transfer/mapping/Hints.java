package dev.banyan.transfer.mapping;

import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What `convert:` adds to what two types imply, as a list with commas: `zone Europe/Berlin, round
/// half_up`.
///
/// @param zone in which a time without a zone is meant
/// @param rounding how digits that do not fit are rounded
/// @param exact rows with digits that do not fit are refused
/// @param epoch how many parts of a second a number counts since 1970; 0 where it counts none
/// @param encoding how bytes are written as text
/// @param zeroDates what stands for a date of zeros, as text; empty for NULL
/// @param values one text for another
record Hints(
    @Nullable ZoneId zone,
    @Nullable RoundingMode rounding,
    boolean exact,
    long epoch,
    @Nullable Encoding encoding,
    @Nullable String zeroDates,
    Map<String, String> values) {

  static final Hints NONE = new Hints(null, null, false, 0, null, null, Map.of());

  enum Encoding {
    HEX,
    BASE64,
    UTF8
  }

  static final String WORDS =
      "`zone Europe/Berlin`, `round half_up` (half_even, down, up, floor, ceiling), `exact`,"
          + " `epoch seconds` (millis, micros), `hex`, `base64`, `utf8`, `zero-dates null` (or a"
          + " date), `values a=b|c=d`, `uuid`";

  /// @throws IllegalArgumentException where a word is not one of [#WORDS]
  static Hints parse(@Nullable String text) {
    Hints hints = NONE;
    if (text == null || text.isBlank()) {
      return hints;
    }
    for (String part : text.split(",", -1)) {
      hints = hints.with(part.strip());
    }
    return hints;
  }

  private Hints with(String part) {
    int blank = part.indexOf(' ');
    String word = (blank < 0 ? part : part.substring(0, blank)).toLowerCase(Locale.ROOT);
    String rest = blank < 0 ? "" : part.substring(blank + 1).strip();
    return switch (word) {
      case "zone" -> new Hints(zone(rest), rounding, exact, epoch, encoding, zeroDates, values);
      case "round" -> new Hints(zone, rounding(rest), exact, epoch, encoding, zeroDates, values);
      case "exact" -> new Hints(zone, rounding, true, epoch, encoding, zeroDates, values);
      case "epoch" -> new Hints(zone, rounding, exact, unit(rest), encoding, zeroDates, values);
      case "hex", "base64", "utf8" ->
          new Hints(
              zone,
              rounding,
              exact,
              epoch,
              Encoding.valueOf(word.toUpperCase(Locale.ROOT)),
              zeroDates,
              values);
      case "zero-dates" ->
          new Hints(
              zone, rounding, exact, epoch, encoding, rest.equals("null") ? "" : rest, values);
      case "values" -> new Hints(zone, rounding, exact, epoch, encoding, zeroDates, pairs(rest));
      case "uuid" -> this;
      default -> throw new IllegalArgumentException("`" + part + "` is none of " + WORDS);
    };
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "`" + name + "` is not a time zone such as UTC or Europe/Berlin", e);
    }
  }

  private static RoundingMode rounding(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "half_up" -> RoundingMode.HALF_UP;
      case "half_even" -> RoundingMode.HALF_EVEN;
      case "down" -> RoundingMode.DOWN;
      case "up" -> RoundingMode.UP;
      case "floor" -> RoundingMode.FLOOR;
      case "ceiling" -> RoundingMode.CEILING;
      default ->
          throw new IllegalArgumentException(
              "`" + name + "` is none of half_up, half_even, down, up, floor, ceiling");
    };
  }

  private static long unit(String name) {
    return switch (name) {
      case "seconds" -> 1;
      case "millis" -> 1_000;
      case "micros" -> 1_000_000;
      default ->
          throw new IllegalArgumentException("`" + name + "` is none of seconds, millis, micros");
    };
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : text.split("\\|", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("`values` needs pairs such as a=b|c=d");
      }
      String left = pair.substring(0, equals).strip();
      String right = pair.substring(equals + 1).strip();
      if (pairs.containsKey(left) || pairs.containsValue(right)) {
        throw new IllegalArgumentException("`values` are one to one, and one stands twice");
      }
      pairs.put(left, right);
    }
    return pairs;
  }
}
