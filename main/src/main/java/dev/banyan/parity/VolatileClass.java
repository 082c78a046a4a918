package dev.banyan.parity;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What kind of value a field has that is another one in each answer, read off its values. A value
/// of the same class is no difference; one of another form, length or alphabet still is.
public sealed interface VolatileClass {

  /// Whether a value is of this class.
  boolean fits(String value);

  /// The class of both, or null where they have none in common.
  @Nullable VolatileClass merge(VolatileClass other);

  /// Date and time.
  ///
  /// @param form `iso`, `iso-blank`, or `http`
  /// @param shortest digits of the second's fraction
  /// @param longest digits of the second's fraction
  /// @param zone `Z`, `offset` or nothing
  record Time(String form, int shortest, int longest, String zone) implements VolatileClass {
    @Override
    public boolean fits(String value) {
      return of(value) instanceof Time time
          && time.form.equals(form)
          && time.zone.equals(zone)
          && time.shortest >= shortest
          && time.longest <= longest;
    }

    @Override
    public @Nullable VolatileClass merge(VolatileClass other) {
      return other instanceof Time time && time.form.equals(form) && time.zone.equals(zone)
          ? new Time(form, Math.min(shortest, time.shortest), Math.max(longest, time.longest), zone)
          : null;
    }
  }

  /// @param quoted whether it is a JSON string
  record Uuid(boolean quoted, boolean upper) implements VolatileClass {
    @Override
    public boolean fits(String value) {
      return equals(of(value));
    }

    @Override
    public @Nullable VolatileClass merge(VolatileClass other) {
      return equals(other) ? this : null;
    }
  }

  /// Characters without meaning: a session's token, a trace id, a cursor.
  record Token(boolean quoted, Alphabet alphabet, int shortest, int longest)
      implements VolatileClass {

    /// An opaque cursor grows and shrinks with what it encodes; other tokens keep their length.
    public boolean isCursor() {
      return longest - shortest > 2;
    }

    @Override
    public boolean fits(String value) {
      int slack = isCursor() ? longest : 0;
      Token token = of(value) instanceof Token drawn ? drawn : among(value);
      return token != null
          && token.quoted == quoted
          && token.alphabet.compareTo(alphabet) <= 0
          && token.shortest >= shortest - (isCursor() ? shortest / 2 : 0)
          && token.longest <= longest + slack;
    }

    @Override
    public @Nullable VolatileClass merge(VolatileClass other) {
      return other instanceof Token token && token.quoted == quoted
          ? new Token(
              quoted,
              alphabet.compareTo(token.alphabet) > 0 ? alphabet : token.alphabet,
              Math.min(shortest, token.shortest),
              Math.max(longest, token.longest))
          : null;
    }
  }

  /// From narrow to wide, each within the next.
  enum Alphabet {
    HEXADECIMAL,
    ALPHANUMERIC,
    BASE64
  }

  /// A whole number that only grows.
  record Counter() implements VolatileClass {
    @Override
    public boolean fits(String value) {
      return WHOLE.matcher(value).matches();
    }

    @Override
    public @Nullable VolatileClass merge(VolatileClass other) {
      return other instanceof Counter ? this : null;
    }
  }

  Pattern WHOLE = Pattern.compile("\\d{1,18}");
  Pattern UUID = Pattern.compile("[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}");
  Pattern ISO =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)([T ])(\\d\\d:\\d\\d:\\d\\d)(?:\\.(\\d{1,9}))?"
              + "(Z|[+-]\\d\\d:?\\d\\d)?");
  Pattern TOKEN = Pattern.compile("[A-Za-z0-9+/_=.~-]{8,256}");

  /// Reads a value as it stands on the wire, JSON strings with their quotes. Null for what has no
  /// class, such as a word, a sentence or a fraction.
  static @Nullable VolatileClass of(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    String text = quoted ? value.substring(1, value.length() - 1) : value;
    if (UUID.matcher(text).matches()) {
      return new Uuid(quoted, !text.equals(text.toLowerCase(Locale.ROOT)));
    }
    Optional<Time> time = time(text);
    if (time.isPresent()) {
      return time.get();
    }
    if (!quoted && WHOLE.matcher(text).matches()) {
      return new Counter();
    }
    return TOKEN.matcher(text).matches() && isDrawn(text)
        ? new Token(quoted, alphabet(text), text.length(), text.length())
        : null;
  }

  /// One of many tokens that for once looks like a word or two, such as `Psjo_prcdjcj`. Null for
  /// what has a class of its own, for letters of one case, and for what is no token.
  static @Nullable Token among(String value) {
    boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    String text = quoted ? value.substring(1, value.length() - 1) : value;
    boolean plain = text.chars().allMatch(Character::isLetter);
    boolean oneCase =
        plain
            && (text.equals(text.toLowerCase(Locale.ROOT))
                || text.equals(text.toUpperCase(Locale.ROOT)));
    return of(value) == null && TOKEN.matcher(text).matches() && !oneCase
        ? new Token(quoted, alphabet(text), text.length(), text.length())
        : null;
  }

  private static Optional<Time> time(String text) {
    Matcher iso = ISO.matcher(text);
    if (iso.matches()) {
      int digits = iso.group(4) == null ? 0 : iso.group(4).length();
      String zone = iso.group(5) == null ? "" : iso.group(5).equals("Z") ? "Z" : "offset";
      return Optional.of(
          new Time(iso.group(2).equals("T") ? "iso" : "iso-blank", digits, digits, zone));
    }
    if (HttpDate.seconds(text).isPresent()) {
      return Optional.of(new Time("http", 0, 0, "Z"));
    }
    return Optional.empty();
  }

  /// Digits, or letters of both cases: no word of a language.
  private static boolean isDrawn(String text) {
    boolean lower = text.chars().anyMatch(Character::isLowerCase);
    boolean upper = text.chars().skip(1).anyMatch(Character::isUpperCase);
    return text.chars().anyMatch(Character::isDigit) || (lower && upper);
  }

  private static Alphabet alphabet(String text) {
    if (text.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      return Alphabet.HEXADECIMAL;
    }
    return text.chars().allMatch(Character::isLetterOrDigit)
        ? Alphabet.ALPHANUMERIC
        : Alphabet.BASE64;
  }

  /// Whether a value names a moment near to another one: what a clock wrote, and not what a row
  /// says.
  static boolean near(String value, Instant now, Duration skew) {
    String text = value.replace("\"", "");
    Matcher iso = ISO.matcher(text);
    long seconds;
    if (iso.matches()) {
      Optional<Long> local = seconds(iso.group(1) + "T" + iso.group(3));
      if (local.isEmpty()) {
        return false;
      }
      seconds = local.get();
    } else {
      seconds = HttpDate.seconds(text).orElse(Long.MIN_VALUE / 2);
    }
    // an offset of up to fourteen hours leaves the minutes: near means near in some zone
    long apart = Math.abs(seconds - now.getEpochSecond());
    long zone = Math.round(apart / 1800.0) * 1800;
    return zone <= 14 * 3600 && Math.abs(apart - zone) <= skew.toSeconds();
  }

  private static Optional<Long> seconds(String local) {
    try {
      return Optional.of(LocalDateTime.parse(local).toEpochSecond(ZoneOffset.UTC));
    } catch (DateTimeException _) {
      // no calendar has it
      return Optional.empty();
    }
  }
}
