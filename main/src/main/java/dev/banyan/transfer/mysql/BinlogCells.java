package dev.banyan.transfer.mysql;

import com.github.shyiko.mysql.binlog.event.deserialization.json.JsonBinary;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/// Reads one column's cells as the binary log writes them, to the same values as [CellReader] reads
/// from a query.
///
/// @param wire the protocol's number of the column's type
/// @param meta what goes with it
/// @param charset of text; of anything else it is not used
/// @param labels of an enum or a set
record BinlogCells(
    String column, Type type, int wire, int meta, Charset charset, List<String> labels) {
  private static final int[] DECIMAL_BYTES = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};
  private static final int DECIMAL_DIGITS = 9;

  Object read(Bytes in) throws SQLException {
    return switch (wire) {
      case 1 -> whole(in, 1);
      case 2 -> whole(in, 2);
      case 9 -> whole(in, 3);
      case 3 -> whole(in, 4);
      case 8 -> whole(in, 8);
      case 13 -> year(in.unsigned());
      case 4 -> Float.intBitsToFloat((int) in.little(4));
      case 5 -> Double.longBitsToDouble(in.little(8));
      case 246 -> decimal(in, meta >> 8, meta & 0xff);
      case 10, 14 -> date((int) in.little(3));
      case 17 -> timestamp(in);
      case 18 -> moment(in);
      case 19 -> time(in);
      case 7 -> instant(in.little(4), 0);
      case 15, 253 -> value(in, in.little(meta > 255 ? 2 : 1));
      case 252, 255 -> value(in, in.little(meta));
      case 16 -> CellReader.bits(in.take(((meta >> 8) * 8 + (meta & 0xff) + 7) / 8), type.length());
      case 245 -> json(in);
      case TableMap.STRING, TableMap.ENUM, TableMap.SET -> string(in);
      default ->
          throw new SQLException(
              "column %s: the log holds it in a form (%d) that this program can not read"
                  .formatted(column, wire));
    };
  }

  private static Object year(int since1900) {
    return since1900 == 0 ? 0L : 1900L + since1900;
  }

  private Object whole(Bytes in, int bytes) {
    long value = in.little(bytes);
    if (Types.unsigned(type.declared())) {
      return type.kind() == Type.Kind.UNSIGNED
          ? new BigInteger(Long.toUnsignedString(value))
          : (Object) value;
    }
    int shift = 64 - 8 * bytes;
    return value << shift >> shift;
  }

  private static BigDecimal decimal(Bytes in, int precision, int scale) {
    int whole = precision - scale;
    int size =
        whole / DECIMAL_DIGITS * 4
            + DECIMAL_BYTES[whole % DECIMAL_DIGITS]
            + scale / DECIMAL_DIGITS * 4
            + DECIMAL_BYTES[scale % DECIMAL_DIGITS];
    byte[] bytes = in.take(size);
    boolean negative = (bytes[0] & 0x80) == 0;
    bytes[0] ^= (byte) 0x80;
    if (negative) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) ~bytes[i];
      }
    }
    Bytes digits = new Bytes(bytes);
    StringBuilder text = new StringBuilder(negative ? "-" : "").append('0');
    group(text, digits, whole % DECIMAL_DIGITS);
    groups(text, digits, whole / DECIMAL_DIGITS);
    text.append(scale > 0 ? "." : "");
    groups(text, digits, scale / DECIMAL_DIGITS);
    group(text, digits, scale % DECIMAL_DIGITS);
    return new BigDecimal(text.toString());
  }

  private static void groups(StringBuilder text, Bytes digits, int count) {
    for (int i = 0; i < count; i++) {
      group(text, digits, DECIMAL_DIGITS);
    }
  }

  private static void group(StringBuilder text, Bytes digits, int count) {
    if (count > 0) {
      String number = Long.toString(digits.big(DECIMAL_BYTES[count]));
      text.repeat("0", count - number.length()).append(number);
    }
  }

  private Object date(int packed) throws SQLException {
    return CellReader.date(packed >> 9, packed >> 5 & 15, packed & 31, column);
  }

  private Object timestamp(Bytes in) {
    long seconds = in.big(4);
    return instant(seconds, fraction(in, meta));
  }

  private static Object instant(long seconds, int micros) {
    return seconds == 0 && micros == 0
        ? Special.ZERO_DATE
        : Instant.ofEpochSecond(seconds, micros * 1000L);
  }

  /// Microseconds.
  private static int fraction(Bytes in, int digits) {
    return switch ((digits + 1) / 2) {
      case 1 -> (int) in.big(1) * 10_000;
      case 2 -> (int) in.big(2) * 100;
      case 3 -> (int) in.big(3);
      default -> 0;
    };
  }

  private Object moment(Bytes in) throws SQLException {
    long packed = in.big(5) - 0x80_0000_0000L;
    int micros = fraction(in, meta);
    long day = packed >> 17;
    long month = day >> 5;
    Object date = CellReader.date((int) (month / 13), (int) (month % 13), (int) (day & 31), column);
    if (!(date instanceof LocalDate known)) {
      return Special.ZERO_DATE;
    }
    return LocalDateTime.of(
        known,
        java.time.LocalTime.of(
            (int) (packed >> 12 & 31),
            (int) (packed >> 6 & 63),
            (int) (packed & 63),
            micros * 1000));
  }

  private Object time(Bytes in) {
    long packed =
        switch ((meta + 1) / 2) {
          case 0 -> (in.big(3) - 0x80_0000L) << 24;
          case 1 -> scaled(in.big(4) - 0x8000_0000L, 8, 10_000);
          case 2 -> scaled(in.big(5) - 0x80_0000_0000L, 16, 100);
          default -> in.big(6) - 0x8000_0000_0000L;
        };
    long size = Math.abs(packed);
    long clock = size >> 24;
    Duration time =
        Duration.ofSeconds(
            (clock >> 12 & 1023) * 3600 + (clock >> 6 & 63) * 60 + (clock & 63),
            (size & 0xff_ffff) * 1000);
    return CellReader.time(packed < 0 ? time.negated() : time);
  }

  /// The whole number is signed and its fraction goes with it, so that one sign is for both.
  private static long scaled(long packed, int bits, int micros) {
    long size = Math.abs(packed);
    long scaled = (size >> bits << 24) + (size & (1L << bits) - 1) * micros;
    return packed < 0 ? -scaled : scaled;
  }

  private Object value(Bytes in, long length) {
    int count = Math.toIntExact(length);
    return switch (type.kind()) {
      case BYTES -> in.take(count);
      case OTHER ->
          Types.geometric(type)
              ? HexFormat.of().formatHex(in.take(count))
              : in.text(count, charset);
      default -> in.text(count, charset);
    };
  }

  private Object json(Bytes in) throws SQLException {
    try {
      return JsonBinary.parseAsString(in.take(Math.toIntExact(in.little(meta))));
    } catch (IOException e) {
      throw new SQLException("column " + column + ": its JSON can not be read from the log", e);
    }
  }

  /// The first byte of the meta is the real type, but for two bits of the length.
  private Object string(Bytes in) {
    int real = meta >> 8;
    int length = meta & 0xff;
    if ((real & 0x30) != 0x30) {
      length |= ((real & 0x30) ^ 0x30) << 4;
      real |= 0x30;
    }
    return switch (real) {
      case TableMap.ENUM -> label((int) in.little(length));
      case TableMap.SET -> labelled(in.little(length));
      default -> fixed(in, (int) in.little(length > 255 ? 2 : 1));
    };
  }

  private Object label(int number) {
    return number == 0 ? "" : labels.get(number - 1);
  }

  private Object labelled(long bits) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      if ((bits >> i & 1) == 1) {
        text.append(text.isEmpty() ? "" : ",").append(labels.get(i));
      }
    }
    return text.toString();
  }

  /// The log leaves out the blanks of a char and the zeros of a binary, at their ends.
  private Object fixed(Bytes in, int count) {
    return switch (type.kind()) {
      case BYTES -> Arrays.copyOf(in.take(count), type.length());
      case UUID -> uuid(Arrays.copyOf(in.take(count), 16));
      case OTHER -> inet(Arrays.copyOf(in.take(count), type.declared().equals("inet4") ? 4 : 16));
      default -> in.text(count, charset);
    };
  }

  private static UUID uuid(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new UUID(buffer.getLong(), buffer.getLong());
  }

  private Object inet(byte[] address) {
    return Inet.text(address);
  }
}
