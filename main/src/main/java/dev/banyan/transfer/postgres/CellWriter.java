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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Writes cells in PostgreSQL's binary form, each with its length ahead, as its `…_recv` functions
/// read them.
final class CellWriter {
  /// What arrays can be made of: in binary form they name their elements' type, and only built-in
  /// types have the same number in every database.
  private static final Map<String, Integer> ELEMENTS =
      Map.ofEntries(
          Map.entry("boolean", 16),
          Map.entry("bytea", 17),
          Map.entry("name", 19),
          Map.entry("bigint", 20),
          Map.entry("smallint", 21),
          Map.entry("integer", 23),
          Map.entry("text", 25),
          Map.entry("json", 114),
          Map.entry("real", 700),
          Map.entry("double precision", 701),
          Map.entry("character", 1042),
          Map.entry("character varying", 1043),
          Map.entry("date", 1082),
          Map.entry("time without time zone", 1083),
          Map.entry("timestamp without time zone", 1114),
          Map.entry("timestamp with time zone", 1184),
          Map.entry("time with time zone", 1266),
          Map.entry("bit", 1560),
          Map.entry("bit varying", 1562),
          Map.entry("numeric", 1700),
          Map.entry("uuid", 2950),
          Map.entry("jsonb", 3802));

  private CellWriter() {}

  /// A cell that the column's type has no place for.
  static final class Unfit extends Exception {
    private static final long serialVersionUID = 1L;

    Unfit(String says) {
      super(says);
    }

    static Unfit of(Type type, Object cell) {
      return new Unfit(
          "a value of "
              + cell.getClass().getSimpleName()
              + (cell instanceof Special special ? " " + special : "")
              + " has no place in "
              + type.declared());
    }
  }

  /// Whether the binary form is written here; rows with other cells are sent as text.
  static boolean knows(Type type) {
    return switch (type.kind()) {
      case OTHER, UNSIGNED -> false;
      case JSON -> type.declared().equals("json") || type.declared().equals("jsonb");
      case ARRAY -> elementOf(type.element().orElseThrow()) != null;
      default -> true;
    };
  }

  private static @Nullable Integer elementOf(Type element) {
    return ELEMENTS.get(plain(element.declared()));
  }

  /// A type's name without its size: `character varying(20)` is `character varying`.
  static String plain(String declared) {
    int open = declared.indexOf('(');
    int close = declared.indexOf(')', open + 1);
    return open < 0 || close < 0
        ? declared
        : declared.substring(0, open).strip() + declared.substring(close + 1);
  }

  static void write(Type type, @Nullable Object cell, Growing to) throws Unfit {
    if (cell == null) {
      to.i32(-1);
      return;
    }
    switch (type.kind()) {
      case BOOLEAN -> {
        to.i32(1);
        to.u8(bool(type, cell) ? 1 : 0);
      }
      case INTEGER -> integer(type, whole(type, cell), to);
      case DECIMAL -> decimal(type, cell, to);
      case REAL -> {
        to.i32(4);
        to.i32(Float.floatToIntBits(number(type, cell).floatValue()));
      }
      case DOUBLE -> {
        to.i32(8);
        to.i64(Double.doubleToLongBits(number(type, cell).doubleValue()));
      }
      case TEXT, CHAR, ENUM -> utf8(text(type, cell), to);
      case JSON -> json(type, text(type, cell), to);
      case BYTES -> bytes(type, cell, to);
      case DATE -> date(type, cell, to);
      case TIME -> {
        to.i32(8);
        to.i64(time(type, cell));
      }
      case TIME_TZ -> timeTz(type, cell, to);
      case TIMESTAMP, TIMESTAMP_TZ -> {
        to.i32(8);
        to.i64(moment(type, cell));
      }
      case UUID -> uuid(type, cell, to);
      case BITS -> bits(text(type, cell), to);
      case ARRAY -> array(type, cell, to);
      case OTHER, UNSIGNED -> throw Unfit.of(type, cell);
    }
  }

  private static boolean bool(Type type, Object cell) throws Unfit {
    return switch (cell) {
      case Boolean value -> value;
      case Long value when value == 0 || value == 1 -> value == 1;
      default -> throw Unfit.of(type, cell);
    };
  }

  private static String text(Type type, Object cell) throws Unfit {
    if (cell instanceof String text) {
      return text;
    }
    throw Unfit.of(type, cell);
  }

  private static Number number(Type type, Object cell) throws Unfit {
    return switch (cell) {
      case Number number -> number;
      case Special special when special == Special.NAN -> Double.NaN;
      case Special special when special == Special.INFINITY -> Double.POSITIVE_INFINITY;
      case Special special when special == Special.MINUS_INFINITY -> Double.NEGATIVE_INFINITY;
      default -> throw Unfit.of(type, cell);
    };
  }

  private static long whole(Type type, Object cell) throws Unfit {
    try {
      return switch (cell) {
        case Long value -> value;
        case Integer value -> value;
        case BigInteger value -> value.longValueExact();
        case BigDecimal value -> value.longValueExact();
        case Boolean value -> value ? 1 : 0;
        default -> throw Unfit.of(type, cell);
      };
    } catch (ArithmeticException e) {
      throw new Unfit(cell + " is out of range for " + type.declared());
    }
  }

  private static void integer(Type type, long value, Growing to) throws Unfit {
    to.i32(type.length());
    switch (type.length()) {
      case 2 -> {
        inRange(type, value, Short.MIN_VALUE, Short.MAX_VALUE);
        to.i16((short) value);
      }
      case 4 -> {
        inRange(type, value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        to.i32((int) value);
      }
      default -> to.i64(value);
    }
  }

  private static void inRange(Type type, long value, long least, long most) throws Unfit {
    if (value < least || value > most) {
      throw new Unfit(value + " is out of range for " + type.declared());
    }
  }

  private static void utf8(String text, Growing to) throws Unfit {
    if (text.indexOf('\0') >= 0) {
      throw new Unfit("the text has a zero character, which PostgreSQL can not hold");
    }
    int since = to.lengthAhead();
    to.utf8(text);
    to.length(since);
  }

  private static void json(Type type, String text, Growing to) {
    int since = to.lengthAhead();
    if (type.declared().equals("jsonb")) {
      to.u8(1);
    }
    to.utf8(text);
    to.length(since);
  }

  private static void bytes(Type type, Object cell, Growing to) throws Unfit {
    if (!(cell instanceof byte[] bytes)) {
      throw Unfit.of(type, cell);
    }
    to.i32(bytes.length);
    to.put(bytes);
  }

  private static void date(Type type, Object cell, Growing to) throws Unfit {
    to.i32(4);
    switch (cell) {
      case LocalDate date -> {
        long days = date.toEpochDay() - CellReader.EPOCH_DAYS;
        inRange(type, days, Integer.MIN_VALUE, Integer.MAX_VALUE);
        to.i32((int) days);
      }
      case Special special when special == Special.INFINITY -> to.i32(Integer.MAX_VALUE);
      case Special special when special == Special.MINUS_INFINITY -> to.i32(Integer.MIN_VALUE);
      default -> throw Unfit.of(type, cell);
    }
  }

  private static long time(Type type, Object cell) throws Unfit {
    return switch (cell) {
      case LocalTime time -> time.toNanoOfDay() / 1_000;
      case Duration span when span.compareTo(Duration.ofDays(1)) <= 0 && !span.isNegative() ->
          span.toNanos() / 1_000;
      default -> throw Unfit.of(type, cell);
    };
  }

  private static void timeTz(Type type, Object cell, Growing to) throws Unfit {
    to.i32(12);
    switch (cell) {
      case OffsetTime time -> {
        to.i64(time.toLocalTime().toNanoOfDay() / 1_000);
        to.i32(-time.getOffset().getTotalSeconds());
      }
      case String midnight when midnight.startsWith("24:00:00") -> {
        to.i64(CellReader.DAY_MICROS);
        to.i32(-ZoneOffset.of(midnight.substring(8)).getTotalSeconds());
      }
      default -> throw Unfit.of(type, cell);
    }
  }

  private static long moment(Type type, Object cell) throws Unfit {
    return switch (cell) {
      case LocalDateTime time -> micros(type, time.toInstant(ZoneOffset.UTC));
      case Instant time -> micros(type, time);
      case Special special when special == Special.INFINITY -> Long.MAX_VALUE;
      case Special special when special == Special.MINUS_INFINITY -> Long.MIN_VALUE;
      default -> throw Unfit.of(type, cell);
    };
  }

  private static long micros(Type type, Instant time) throws Unfit {
    try {
      long whole = Math.multiplyExact(time.getEpochSecond() - CellReader.EPOCH_SECONDS, 1_000_000L);
      return Math.addExact(whole, time.getNano() / 1_000);
    } catch (ArithmeticException e) {
      throw new Unfit("a time is out of range for " + type.declared());
    }
  }

  private static void uuid(Type type, Object cell, Growing to) throws Unfit {
    UUID uuid =
        switch (cell) {
          case UUID value -> value;
          case String text -> parsed(text);
          default -> throw Unfit.of(type, cell);
        };
    to.i32(16);
    to.i64(uuid.getMostSignificantBits());
    to.i64(uuid.getLeastSignificantBits());
  }

  private static UUID parsed(String text) throws Unfit {
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      throw new Unfit("a text is not a UUID");
    }
  }

  private static void bits(String bits, Growing to) {
    int since = to.lengthAhead();
    to.i32(bits.length());
    for (int i = 0; i < bits.length(); i += 8) {
      int octet = 0;
      for (int j = i; j < i + 8; j++) {
        octet = octet << 1 | (j < bits.length() && bits.charAt(j) == '1' ? 1 : 0);
      }
      to.u8(octet);
    }
    to.length(since);
  }

  private static void array(Type type, Object cell, Growing to) throws Unfit {
    Type element = type.element().orElseThrow();
    Integer oid = elementOf(element);
    if (!(cell instanceof List<?> list) || oid == null) {
      throw Unfit.of(type, cell);
    }
    int since = to.lengthAhead();
    int[] lengths = Shifted.lengths(list);
    int[] bounds = Shifted.bounds(list, lengths.length);
    to.i32(lengths.length);
    to.i32(1); // there may be NULLs
    to.i32(oid);
    for (int i = 0; i < lengths.length; i++) {
      to.i32(lengths[i]);
      to.i32(bounds[i]);
    }
    level(element, list, lengths, 0, to);
    to.length(since);
  }

  private static void level(Type element, List<?> list, int[] lengths, int dimension, Growing to)
      throws Unfit {
    if (lengths.length > 0 && list.size() != lengths[dimension]) {
      throw new Unfit("an array is not rectangular");
    }
    for (Object each : list) {
      if (dimension + 1 < lengths.length) {
        if (!(each instanceof List<?> inner)) {
          throw new Unfit("an array is not rectangular");
        }
        level(element, inner, lengths, dimension + 1, to);
      } else {
        write(element, each, to);
      }
    }
  }

  private static void decimal(Type type, Object cell, Growing to) throws Unfit {
    switch (cell) {
      case Special special -> {
        to.i32(8);
        to.i32(0);
        to.i16(
            switch (special) {
              case NAN -> CellReader.Numeric.NAN;
              case INFINITY -> CellReader.Numeric.INFINITY;
              case MINUS_INFINITY -> CellReader.Numeric.MINUS_INFINITY;
              case ZERO_DATE, UNCHANGED -> throw Unfit.of(type, cell);
            });
        to.i16(0);
      }
      case BigDecimal exact -> numeric(exact, to);
      case BigInteger whole -> numeric(new BigDecimal(whole), to);
      case Long whole -> numeric(BigDecimal.valueOf(whole), to);
      default -> numeric(parsedNumber(type, cell), to);
    }
  }

  private static BigDecimal parsedNumber(Type type, Object cell) throws Unfit {
    try {
      if (cell instanceof Number number) {
        return new BigDecimal(number.toString().toUpperCase(Locale.ROOT));
      }
    } catch (NumberFormatException e) {
      throw new Unfit(cell + " is no number of " + type.declared());
    }
    throw Unfit.of(type, cell);
  }

  private static void numeric(BigDecimal given, Growing to) {
    BigDecimal value = given.scale() < 0 ? given.setScale(0) : given;
    int scale = value.scale();
    int padded = scale + (4 - scale % 4) % 4;
    String digits = value.unscaledValue().abs().toString() + "0".repeat(padded - scale);
    byte[] ascii = digits.getBytes(StandardCharsets.US_ASCII);
    int groups = (ascii.length + 3) / 4;
    int first = ascii.length - (groups - 1) * 4;
    int since = to.lengthAhead();
    boolean zero = value.signum() == 0;
    to.i16(zero ? 0 : groups);
    to.i16(zero ? 0 : groups - padded / 4 - 1);
    to.i16(value.signum() < 0 ? CellReader.Numeric.NEGATIVE : 0);
    to.i16(scale);
    for (int i = 0, at = 0; i < groups && !zero; i++) {
      int end = i == 0 ? first : at + 4;
      int group = 0;
      for (; at < end; at++) {
        group = group * 10 + ascii[at] - '0';
      }
      to.i16(group);
    }
    to.length(since);
  }
}
