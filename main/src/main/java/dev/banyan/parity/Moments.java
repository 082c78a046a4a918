package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Takes the moments for the same that two services noted when each carried out the same write, one
/// a little after the other: dates of one form, or numbers of seconds or milliseconds since 1970,
/// that lie no further apart than a copy may come late. Nobody can ask the legacy twice for a
/// write, so such fields can not be learned as noise.
///
/// What the client wrote in its request is no such moment. Never changes; may be used from any
/// thread.
public final class Moments implements Tolerance {
  /// How much later a copy may be carried out.
  public static final Duration LATE = Duration.ofMinutes(2);

  /// Numbers are taken for moments only if they are of late.
  private static final Duration OF_LATE = Duration.ofDays(30);

  private static final Pattern SINCE_1970 = Pattern.compile("1\\d{9}|1\\d{12}");

  private final String written;
  private final Instant now;

  /// @param request the write; its body is read here and not kept
  public Moments(Request request, Instant now) {
    this.written =
        request.target() + "\n" + new String(request.body().toByteArray(), StandardCharsets.UTF_8);
    this.now = now;
  }

  @Override
  public boolean tolerates(Difference difference) {
    String legacy = difference.legacy();
    String candidate = difference.candidate();
    if (difference.kind() != Kind.VALUE || legacy == null || candidate == null) {
      return false;
    }
    String left = unquoted(legacy);
    String right = unquoted(candidate);
    OptionalLong apart = apart(left, right);
    return apart.isPresent()
        && apart.getAsLong() <= LATE.toSeconds()
        && legacy.startsWith("\"") == candidate.startsWith("\"")
        && !written.contains(left);
  }

  private OptionalLong apart(String left, String right) {
    if (SINCE_1970.matcher(left).matches()
        && SINCE_1970.matcher(right).matches()
        && left.length() == right.length()) {
      long unit = left.length() == 13 ? 1_000 : 1;
      long first = Long.parseLong(left) / unit;
      long second = Long.parseLong(right) / unit;
      boolean recent = Math.abs(now.getEpochSecond() - first) <= OF_LATE.toSeconds();
      return recent ? OptionalLong.of(Math.abs(first - second)) : OptionalLong.empty();
    }
    OptionalLong http = HttpDate.seconds(left);
    if (http.isPresent()) {
      OptionalLong other = HttpDate.seconds(right);
      return other.isPresent()
          ? OptionalLong.of(Math.abs(http.getAsLong() - other.getAsLong()))
          : other;
    }
    return VolatileClass.of(left) instanceof VolatileClass.Time form && form.fits(right)
        ? Timestamp.apart(left, right)
        : OptionalLong.empty();
  }

  private static String unquoted(String value) {
    return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }
}
