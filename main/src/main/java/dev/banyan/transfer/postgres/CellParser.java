package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads cells in PostgreSQL's text form, as our sessions ask for it: ISO dates, UTC, bytes in hex.
/// The cells are the same that [CellReader] reads from the binary form.
final class CellParser {
  private CellParser() {}

  static Object parse(Type type, byte[] from, int at, int length) {
    return switch (type.kind()) {
      case INTEGER -> integer(from, at, length);
      case BYTES -> bytes(from, at, length);
      default -> parse(type, new String(from, at, length, StandardCharsets.UTF_8));
    };
  }

  static Object parse(Type type, String text) {
    return switch (type.kind()) {
      case BOOLEAN -> text.startsWith("t");
      case INTEGER -> Long.valueOf(text);
      case DECIMAL -> decimal(text);
      case REAL -> Float.valueOf(text);
      case DOUBLE -> Double.valueOf(text);
      case TEXT, ENUM, OTHER, UNSIGNED, JSON, BITS -> text;
      case CHAR -> trimmed(text);
      case BYTES -> HexFormat.of().parseHex(text, 2, text.length());
      case DATE -> date(text);
      case TIME -> time(text);
      case TIME_TZ -> timeTz(text);
      case TIMESTAMP -> timestamp(text);
      case TIMESTAMP_TZ -> instant(text);
      case UUID -> UUID.fromString(text);
      case ARRAY -> new Arrays(type, text).read();
    };
  }

  private static Long integer(byte[] from, int at, int length) {
    long value = 0;
    boolean negative = from[at] == '-';
    for (int i = at + (negative ? 1 : 0); i < at + length; i++) {
      value = value * 10 - (from[i] - '0'); // below zero, where there is one more
    }
    return negative ? value : -value;
  }

  private static byte[] bytes(byte[] from, int at, int length) {
    byte[] read = new byte[(length - 2) / 2];
    for (int i = 0; i < read.length; i++) {
      int digit = at + 2 + i * 2;
      read[i] =
          (byte) (Character.digit(from[digit], 16) << 4 | Character.digit(from[digit + 1], 16));
    }
    return read;
  }

  private static String trimmed(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    return text.substring(0, end);
  }

  private static Object decimal(String text) {
    return switch (text) {
      case "NaN" -> Special.NAN;
      case "Infinity" -> Special.INFINITY;
      case "-Infinity" -> Special.MINUS_INFINITY;
      default -> new BigDecimal(text);
    };
  }

  private static @Nullable Special infinity(String text) {
    return switch (text) {
      case "infinity" -> Special.INFINITY;
      case "-infinity" -> Special.MINUS_INFINITY;
      default -> null;
    };
  }

  private static Object date(String text) {
    Special special = infinity(text);
    return special != null ? special : day(text, text.endsWith(" BC"));
  }

  /// A day as `2024-02-29` or `10000-01-01`, and anything after it.
  private static LocalDate day(String text, boolean beforeChrist) {
    int year = text.indexOf('-');
    int written = Integer.parseInt(text, 0, year, 10);
    return LocalDate.of(
        beforeChrist ? 1 - written : written,
        Integer.parseInt(text, year + 1, year + 3, 10),
        Integer.parseInt(text, year + 4, year + 6, 10));
  }

  private static Object time(String text) {
    return text.startsWith("24:") ? Duration.ofDays(1) : clock(text, 0, text.length());
  }

  /// `12:34:56.789`
  private static LocalTime clock(String text, int from, int to) {
    int nanos = 0;
    for (int i = from + 9, unit = 100_000_000; i < to; i++, unit /= 10) {
      nanos += (text.charAt(i) - '0') * unit;
    }
    return LocalTime.of(
        Integer.parseInt(text, from, from + 2, 10),
        Integer.parseInt(text, from + 3, from + 5, 10),
        Integer.parseInt(text, from + 6, from + 8, 10),
        nanos);
  }

  private static Object timeTz(String text) {
    int sign = zone(text, 8);
    ZoneOffset zone = offset(text, sign, text.length());
    return text.startsWith("24:")
        ? "24:00:00" + (zone.getTotalSeconds() == 0 ? "+00:00" : zone.getId())
        : OffsetTime.of(clock(text, 0, sign), zone);
  }

  private static int zone(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '+' && text.charAt(at) != '-') {
      at++;
    }
    return at;
  }

  /// `+02`, `-03:30` or `+01:02:03`
  private static ZoneOffset offset(String text, int from, int to) {
    int seconds = 0;
    for (int i = from + 1, unit = 3_600; i < to; i += 3, unit /= 60) {
      seconds += Integer.parseInt(text, i, i + 2, 10) * unit;
    }
    return ZoneOffset.ofTotalSeconds(text.charAt(from) == '-' ? -seconds : seconds);
  }

  private static Object timestamp(String text) {
    Special special = infinity(text);
    if (special != null) {
      return special;
    }
    boolean beforeChrist = text.endsWith(" BC");
    int space = text.indexOf(' ');
    int end = beforeChrist ? text.length() - 3 : text.length();
    return LocalDateTime.of(day(text, beforeChrist), clock(text, space + 1, end));
  }

  private static Object instant(String text) {
    Special special = infinity(text);
    if (special != null) {
      return special;
    }
    boolean beforeChrist = text.endsWith(" BC");
    int end = beforeChrist ? text.length() - 3 : text.length();
    int space = text.indexOf(' ');
    int sign = zone(text, space + 9);
    LocalDateTime local = LocalDateTime.of(day(text, beforeChrist), clock(text, space + 1, sign));
    return local.toInstant(offset(text, sign, end));
  }

  /// An array's text: `{1,NULL,"a \"b\""}`, `{{1,2},{3,4}}`, `[0:1]={a,b}`.
  private static final class Arrays {
    private final Type element;
    private final String text;
    private final char between;
    private int at;

    Arrays(Type type, String text) {
      this.element = type.element().orElseThrow();
      this.text = text;
      this.between = Declared.between(type);
    }

    List<@Nullable Object> read() {
      int[] bounds = {};
      if (text.startsWith("[")) {
        at = text.indexOf('=') + 1;
        String[] spans = text.substring(1, at - 2).split("]\\[", -1);
        bounds = new int[spans.length];
        for (int i = 0; i < spans.length; i++) {
          bounds[i] = Integer.parseInt(spans[i], 0, spans[i].indexOf(':'), 10);
        }
      }
      return Shifted.of(level(), bounds);
    }

    private List<@Nullable Object> level() {
      List<@Nullable Object> cells = new ArrayList<>();
      at++;
      while (text.charAt(at) != '}') {
        cells.add(
            switch (text.charAt(at)) {
              case '{' -> level();
              case '"' -> parse(element, quoted());
              default -> plain();
            });
        if (text.charAt(at) == between) {
          at++;
        }
      }
      at++;
      return Collections.unmodifiableList(cells);
    }

    private String quoted() {
      StringBuilder read = new StringBuilder();
      for (at++; text.charAt(at) != '"'; at++) {
        if (text.charAt(at) == '\\') {
          at++;
        }
        read.append(text.charAt(at));
      }
      at++;
      return read.toString();
    }

    private @Nullable Object plain() {
      int start = at;
      while (text.charAt(at) != between && text.charAt(at) != '}') {
        at++;
      }
      String read = text.substring(start, at);
      return read.equals("NULL") ? null : parse(element, read);
    }
  }
}
