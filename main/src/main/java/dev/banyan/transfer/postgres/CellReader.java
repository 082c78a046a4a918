package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads cells in PostgreSQL's binary form, as its `…_send` functions write them.
final class CellReader {
  /// From 1970 to 2000, which PostgreSQL counts from.
  static final long EPOCH_DAYS = 10_957;

  static final long EPOCH_SECONDS = EPOCH_DAYS * 86_400;
  static final long DAY_MICROS = 86_400_000_000L;

  private static final int[] TENS = {1, 10, 100, 1_000};

  private CellReader() {}

  /// Whether the binary form is read here; what is not is asked for as text.
  static boolean knows(Type type) {
    return switch (type.kind()) {
      case OTHER, UNSIGNED -> false;
      case ARRAY -> knows(type.element().orElseThrow());
      default -> true;
    };
  }

  static Object read(Type type, byte[] from, int at, int length) {
    return switch (type.kind()) {
      case BOOLEAN -> from[at] != 0;
      case INTEGER -> integer(from, at, length);
      case DECIMAL -> Numeric.read(from, at);
      case REAL -> Float.intBitsToFloat(i32(from, at));
      case DOUBLE -> Double.longBitsToDouble(i64(from, at));
      case TEXT, ENUM, OTHER, UNSIGNED -> text(from, at, length);
      case CHAR -> padded(from, at, length);
      case BYTES -> Arrays.copyOfRange(from, at, at + length);
      case DATE -> date(i32(from, at));
      case TIME -> time(i64(from, at));
      case TIME_TZ -> timeTz(i64(from, at), i32(from, at + 8));
      case TIMESTAMP -> timestamp(i64(from, at));
      case TIMESTAMP_TZ -> instant(i64(from, at));
      case UUID -> new UUID(i64(from, at), i64(from, at + 8));
      case JSON -> json(from, at, length);
      case BITS -> bits(from, at);
      case ARRAY -> array(type.element().orElseThrow(), from, at);
    };
  }

  static int i16(byte[] from, int at) {
    return (short) Growing.SHORT.get(from, at);
  }

  static int i32(byte[] from, int at) {
    return (int) Growing.INT.get(from, at);
  }

  static long i64(byte[] from, int at) {
    return (long) Growing.LONG.get(from, at);
  }

  private static Long integer(byte[] from, int at, int length) {
    return switch (length) {
      case 2 -> (long) i16(from, at);
      case 4 -> (long) i32(from, at);
      default -> i64(from, at);
    };
  }

  private static String text(byte[] from, int at, int length) {
    return new String(from, at, length, StandardCharsets.UTF_8);
  }

  private static String padded(byte[] from, int at, int length) {
    int end = at + length;
    while (end > at && from[end - 1] == ' ') {
      end--;
    }
    return text(from, at, end - at);
  }

  private static Object date(int days) {
    return switch (days) {
      case Integer.MAX_VALUE -> Special.INFINITY;
      case Integer.MIN_VALUE -> Special.MINUS_INFINITY;
      default -> LocalDate.ofEpochDay(days + EPOCH_DAYS);
    };
  }

  /// PostgreSQL knows 24:00, which Java does not.
  static Object time(long micros) {
    return micros == DAY_MICROS ? Duration.ofDays(1) : LocalTime.ofNanoOfDay(micros * 1_000);
  }

  private static Object timeTz(long micros, int secondsWest) {
    ZoneOffset zone = ZoneOffset.ofTotalSeconds(-secondsWest);
    return micros == DAY_MICROS
        ? "24:00:00" + (zone.getTotalSeconds() == 0 ? "+00:00" : zone.getId())
        : OffsetTime.of(LocalTime.ofNanoOfDay(micros * 1_000), zone);
  }

  private static Object timestamp(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? Special.INFINITY : Special.MINUS_INFINITY;
    }
    long second = Math.floorDiv(micros, 1_000_000L);
    int nanos = (int) (micros - second * 1_000_000L) * 1_000;
    return LocalDateTime.ofEpochSecond(second + EPOCH_SECONDS, nanos, ZoneOffset.UTC);
  }

  private static Object instant(long micros) {
    if (micros == Long.MAX_VALUE || micros == Long.MIN_VALUE) {
      return micros > 0 ? Special.INFINITY : Special.MINUS_INFINITY;
    }
    return moment(micros);
  }

  static Instant moment(long micros) {
    long second = Math.floorDiv(micros, 1_000_000L);
    return Instant.ofEpochSecond(second + EPOCH_SECONDS, (micros - second * 1_000_000L) * 1_000);
  }

  /// `jsonb` has its version ahead, and no JSON text begins with that byte.
  private static String json(byte[] from, int at, int length) {
    return length > 0 && from[at] == 1 ? text(from, at + 1, length - 1) : text(from, at, length);
  }

  private static String bits(byte[] from, int at) {
    int count = i32(from, at);
    char[] bits = new char[count];
    for (int i = 0; i < count; i++) {
      bits[i] = (from[at + 4 + (i >> 3)] >> (7 - (i & 7)) & 1) == 1 ? '1' : '0';
    }
    return new String(bits);
  }

  private static List<@Nullable Object> array(Type element, byte[] from, int at) {
    int dimensions = i32(from, at);
    if (dimensions == 0) {
      return List.of();
    }
    int[] lengths = new int[dimensions];
    int[] bounds = new int[dimensions];
    for (int i = 0; i < dimensions; i++) {
      lengths[i] = i32(from, at + 12 + i * 8);
      bounds[i] = i32(from, at + 16 + i * 8);
    }
    int[] place = {at + 12 + dimensions * 8};
    return Shifted.of(level(element, from, place, lengths, 0), bounds);
  }

  private static List<@Nullable Object> level(
      Type element, byte[] from, int[] place, int[] lengths, int dimension) {
    @Nullable Object[] cells = new @Nullable Object[lengths[dimension]];
    for (int i = 0; i < cells.length; i++) {
      if (dimension + 1 < lengths.length) {
        cells[i] = level(element, from, place, lengths, dimension + 1);
      } else {
        int length = i32(from, place[0]);
        cells[i] = length < 0 ? null : read(element, from, place[0] + 4, length);
        place[0] += 4 + Math.max(length, 0);
      }
    }
    return Collections.unmodifiableList(Arrays.asList(cells));
  }

  /// PostgreSQL's numbers of any size: groups of four decimal digits.
  static final class Numeric {
    static final int NEGATIVE = 0x4000;
    static final int NAN = 0xC000;
    static final int INFINITY = 0xD000;
    static final int MINUS_INFINITY = 0xF000;

    private Numeric() {}

    static Object read(byte[] from, int at) {
      int groups = i16(from, at);
      int weight = i16(from, at + 2);
      int sign = i16(from, at + 4) & 0xffff;
      int scale = i16(from, at + 6) & 0xffff;
      return switch (sign) {
        case NAN -> Special.NAN;
        case INFINITY -> Special.INFINITY;
        case MINUS_INFINITY -> Special.MINUS_INFINITY;
        default -> finite(from, at + 8, groups, weight, sign == NEGATIVE, scale);
      };
    }

    private static BigDecimal finite(
        byte[] from, int at, int groups, int weight, boolean negative, int scale) {
      if (groups == 0) {
        return BigDecimal.valueOf(0, scale);
      }
      int exponent = (groups - 1 - weight) * 4;
      if (groups <= 4) {
        long digits = 0;
        for (int i = 0; i < groups; i++) {
          digits = digits * 10_000 + i16(from, at + i * 2);
        }
        if (exponent > scale && exponent - scale < TENS.length) {
          digits /= TENS[exponent - scale];
          exponent = scale;
        }
        BigDecimal read = BigDecimal.valueOf(negative ? -digits : digits, exponent);
        return exponent == scale ? read : read.setScale(scale);
      }
      char[] digits = new char[groups * 4];
      for (int i = 0; i < groups; i++) {
        int group = i16(from, at + i * 2);
        digits[i * 4] = (char) ('0' + group / 1_000);
        digits[i * 4 + 1] = (char) ('0' + group / 100 % 10);
        digits[i * 4 + 2] = (char) ('0' + group / 10 % 10);
        digits[i * 4 + 3] = (char) ('0' + group % 10);
      }
      BigInteger whole = new BigInteger(new String(digits));
      return new BigDecimal(negative ? whole.negate() : whole, exponent).setScale(scale);
    }
  }
}
