package dev.banyan.transfer.reconcile;

import static java.time.temporal.ChronoField.NANO_OF_SECOND;

import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Cells in the form in which they are compared. `docs/concepts/reconciliation.md` has the table.
///
/// A cell is written by what it is, as its column's type refines it: a text in a column of
/// integers, as SQLite has them, is a text and equals no number.
final class CanonicalBytes {
  private static final byte NULL = 0;
  private static final byte BOOLEAN = 1;
  private static final byte NUMBER = 2;
  private static final byte LONG_NUMBER = 3;
  private static final byte REAL = 4;
  private static final byte DOUBLE = 5;
  private static final byte TEXT = 6;
  private static final byte BYTES = 7;
  private static final byte UUID_TAG = 8;
  private static final byte DATE = 9;
  private static final byte TIME = 10;
  private static final byte TIME_TZ = 11;
  private static final byte TIMESTAMP = 12;
  private static final byte MOMENT = 13;
  private static final byte SPECIAL = 14;
  private static final byte JSON = 15;
  private static final byte ARRAY = 16;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int FIRST = 1_024;
  private static final int SHORT_TEXT = 64;
  private static final int MICROS = 6;
  private static final long MICROS_A_SECOND = 1_000_000;
  private static final Type ANY = new Type(Type.Kind.OTHER, 0, -1, "");

  private byte[] array = new byte[FIRST];
  private int length;

  void clear() {
    length = 0;
  }

  byte[] array() {
    return array;
  }

  int length() {
    return length;
  }

  void put(Type type, @Nullable Object cell) {
    switch (cell) {
      case null -> tag(NULL);
      case Long number when type.kind() == Type.Kind.DECIMAL ->
          decimal(type, BigDecimal.valueOf(number));
      case Long number -> number(number, 0);
      case String text -> text(type, text);
      case BigDecimal number -> decimal(type, number);
      case Instant at -> time(MOMENT, at.getEpochSecond(), at.getNano(), type);
      case LocalDateTime at ->
          time(TIMESTAMP, at.toEpochSecond(ZoneOffset.UTC), at.get(NANO_OF_SECOND), type);
      case Boolean truth -> {
        tag(BOOLEAN);
        array[length++] = (byte) (truth ? 1 : 0);
      }
      case UUID uuid -> {
        tag(UUID_TAG);
        longBits(uuid.getMostSignificantBits());
        longBits(uuid.getLeastSignificantBits());
      }
      case byte[] bytes -> bytes(BYTES, bytes);
      default -> rare(type, cell);
    }
  }

  private void rare(Type type, Object cell) {
    switch (cell) {
      case BigInteger number -> decimal(ANY, new BigDecimal(number));
      case LocalDate date -> {
        tag(DATE);
        longBits(date.toEpochDay());
      }
      case LocalTime time -> time(TIME, time.toSecondOfDay(), time.get(NANO_OF_SECOND), type);
      case Duration time -> time(TIME, time.getSeconds(), time.getNano(), type);
      case OffsetTime time -> {
        time(TIME_TZ, time.toLocalTime().toSecondOfDay(), time.getNano(), type);
        longBits(time.getOffset().getTotalSeconds());
      }
      // minus zero is zero, and every NaN is one
      case Double number -> {
        tag(DOUBLE);
        longBits(Double.doubleToLongBits(number + 0.0));
      }
      case Float number -> {
        tag(REAL);
        longBits(Float.floatToIntBits(number + 0.0f));
      }
      case Special special -> {
        tag(SPECIAL);
        array[length++] = code(special);
      }
      case List<?> list -> {
        tag(ARRAY);
        size(list.size());
        Type element = type.element().orElse(ANY);
        for (Object each : list) {
          put(each instanceof List<?> ? type : element, each);
        }
      }
      default ->
          throw new IllegalStateException(
              "a cell of " + cell.getClass().getName() + ", which no kind of column has");
    }
  }

  private static byte code(Special special) {
    return switch (special) {
      case INFINITY -> 1;
      case MINUS_INFINITY -> 2;
      case NAN -> 3;
      case ZERO_DATE -> 4;
      case UNCHANGED ->
          throw new IllegalStateException("a cell that was left out can not be compared");
    };
  }

  /// Blanks that pad a CHAR are not of the value; JSON is compared by what it says.
  private void text(Type type, String text) {
    switch (type.kind()) {
      case CHAR -> {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == ' ') {
          end--;
        }
        characters(TEXT, end == text.length() ? text : text.substring(0, end));
      }
      case JSON -> {
        Optional<String> json = CanonicalJson.of(text);
        characters(json.isPresent() ? JSON : TEXT, json.orElse(text));
      }
      default -> characters(TEXT, text);
    }
  }

  private void characters(byte tag, String text) {
    int count = text.length();
    if (count > SHORT_TEXT) {
      bytes(tag, text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    room(2 + count);
    int from = length;
    array[length++] = tag;
    array[length++] = (byte) count;
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        length = from;
        bytes(tag, text.getBytes(StandardCharsets.UTF_8));
        return;
      }
      array[length++] = (byte) c;
    }
  }

  /// At the column's scale; without one, without the zeros at its end.
  private void decimal(Type type, BigDecimal number) {
    BigDecimal scaled = number;
    if (type.scale() >= 0 && number.scale() < type.scale()) {
      scaled = number.setScale(type.scale());
    } else if (type.scale() < 0 || number.scale() > type.scale()) {
      scaled = number.stripTrailingZeros();
      int wanted = Math.max(0, type.scale());
      scaled = scaled.scale() < wanted ? scaled.setScale(wanted) : scaled;
    }
    if (scaled.precision() < 19) {
      number(scaled.unscaledValue().longValue(), scaled.scale());
    } else {
      bytes(LONG_NUMBER, scaled.unscaledValue().toByteArray());
      longBits(scaled.scale());
    }
  }

  private void number(long unscaled, int scale) {
    tag(NUMBER);
    array[length++] = (byte) scale;
    array[length++] = (byte) (scale >> 8);
    longBits(unscaled);
  }

  /// Microseconds, or nanoseconds where the column has them; what it can not hold is cut off.
  private void time(byte tag, long seconds, int nanos, Type type) {
    tag(tag);
    if (type.scale() > MICROS) {
      longBits(seconds);
      longBits(nanos);
    } else {
      longBits(seconds * MICROS_A_SECOND + nanos / 1_000);
    }
  }

  private void bytes(byte tag, byte[] bytes) {
    room(bytes.length + 8);
    array[length++] = tag;
    size(bytes.length);
    room(bytes.length);
    System.arraycopy(bytes, 0, array, length, bytes.length);
    length += bytes.length;
  }

  private void size(int size) {
    room(5);
    int rest = size;
    while (rest >= 0x80) {
      array[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    array[length++] = (byte) rest;
  }

  /// Leaves room for a number behind the tag.
  private void tag(byte tag) {
    room(24);
    array[length++] = tag;
  }

  private void longBits(long bits) {
    room(8);
    LONGS.set(array, length, bits);
    length += 8;
  }

  private void room(int more) {
    if (array.length - length < more) {
      array = Arrays.copyOf(array, Math.max(array.length * 2, length + more));
    }
  }
}
