package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Writes cells as the text that PostgreSQL reads for a type: for literals, for arrays of
/// parameters, and for `COPY` where a type's binary form is not known here.
final class CellPrinter {
  private CellPrinter() {}

  static String print(Type type, Object cell) {
    return cell instanceof List<?> list ? array(list, Declared.between(type)) : print(cell);
  }

  static String print(Object cell) {
    return switch (cell) {
      case String text -> text;
      case Boolean value -> value ? "t" : "f";
      case BigDecimal exact -> exact.toPlainString();
      case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
      case LocalDate date -> day(date) + era(date);
      case LocalTime time -> clock(time);
      case OffsetTime time -> clock(time.toLocalTime()) + zone(time.getOffset());
      case LocalDateTime time ->
          day(time.toLocalDate()) + " " + clock(time.toLocalTime()) + era(time.toLocalDate());
      case Instant time -> instant(time);
      case Duration span -> span(span);
      case Special special -> special(special);
      case List<?> list -> array(list, ',');
      default -> cell.toString();
    };
  }

  private static String special(Special special) {
    return switch (special) {
      case INFINITY -> "infinity";
      case MINUS_INFINITY -> "-infinity";
      case NAN -> "NaN";
      // Refused by the server, which then names the column.
      case ZERO_DATE -> "0000-00-00";
      case UNCHANGED -> throw new IllegalStateException("a value that the log left out is written");
    };
  }

  private static String day(LocalDate date) {
    int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
    StringBuilder text = new StringBuilder(12);
    if (year < 1_000) {
      text.append(year < 10 ? "000" : year < 100 ? "00" : "0");
    }
    text.append(year);
    two(text.append('-'), date.getMonthValue());
    return two(text.append('-'), date.getDayOfMonth()).toString();
  }

  private static StringBuilder two(StringBuilder to, int number) {
    return to.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static String era(LocalDate date) {
    return date.getYear() > 0 ? "" : " BC";
  }

  private static String clock(LocalTime time) {
    StringBuilder text = new StringBuilder(15);
    two(text, time.getHour());
    two(text.append(':'), time.getMinute());
    two(text.append(':'), time.getSecond());
    int micros = time.getNano() / 1_000;
    if (micros > 0) {
      text.append('.');
      for (int unit = 100_000; unit > 0; unit /= 10) {
        text.append((char) ('0' + micros / unit % 10));
      }
    }
    return text.toString();
  }

  private static String zone(ZoneOffset zone) {
    return zone.getTotalSeconds() == 0 ? "+00" : zone.getId();
  }

  private static String instant(Instant time) {
    LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    return day(utc.toLocalDate()) + " " + clock(utc.toLocalTime()) + "+00" + era(utc.toLocalDate());
  }

  /// A time of more than a day is refused by the server, but for 24:00.
  private static String span(Duration span) {
    Duration size = span.abs();
    return String.format(
        Locale.ROOT,
        "%s%02d:%02d:%02d.%06d",
        span.isNegative() ? "-" : "",
        size.toHours(),
        size.toMinutesPart(),
        size.toSecondsPart(),
        size.toNanosPart() / 1_000);
  }

  private static String array(List<?> list, char between) {
    StringBuilder text = new StringBuilder();
    if (list instanceof Shifted shifted) {
      int[] lengths = Shifted.lengths(list);
      int[] bounds = shifted.bounds();
      for (int i = 0; i < lengths.length; i++) {
        text.append('[').append(bounds[i]).append(':').append(bounds[i] + lengths[i] - 1);
        text.append(']');
      }
      text.append('=');
    }
    level(list, between, text);
    return text.toString();
  }

  private static void level(List<?> list, char between, StringBuilder to) {
    to.append('{');
    boolean first = true;
    for (Object each : list) {
      if (!first) {
        to.append(between);
      }
      first = false;
      switch (each) {
        case null -> to.append("NULL");
        case List<?> inner -> level(inner, between, to);
        default -> element(print(each), to);
      }
    }
    to.append('}');
  }

  /// One element of an array's text, in quotes, which are always right.
  static void element(String text, StringBuilder to) {
    to.append('"');
    boolean plain = text.indexOf('"') < 0 && text.indexOf('\\') < 0;
    if (plain) {
      to.append(text);
    }
    for (int i = 0; !plain && i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '"' || each == '\\') {
        to.append('\\');
      }
      to.append(each);
    }
    to.append('"');
  }
}
