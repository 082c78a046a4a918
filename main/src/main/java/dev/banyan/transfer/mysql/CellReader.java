package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads the cells of a query's rows. Dates and times are read from their text, so that no driver
/// and no time zone gets between.
final class CellReader {
  private final List<Column> columns;

  CellReader(List<Column> columns) {
    this.columns = columns;
  }

  /// What to select, so that [#read] finds what it expects.
  String selection() {
    return columns.stream().map(CellReader::selected).collect(Collectors.joining(", "));
  }

  static String selected(Column column) {
    String name = Sql.name(column.name());
    return switch (column.type().kind()) {
      // A float's own text has six digits and no more. Times one, for plus nothing makes -0 a 0.
      case REAL -> "(" + name + " * 1e0)";
      case INTEGER -> column.type().declared().startsWith("year") ? name + " + 0" : name;
      default -> name;
    };
  }

  Row read(ResultSet rows) throws SQLException {
    @Nullable Object[] cells = new @Nullable Object[columns.size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cell(rows, i + 1, columns.get(i));
    }
    return new Row(cells);
  }

  private static @Nullable Object cell(ResultSet rows, int i, Column column) throws SQLException {
    return switch (column.type().kind()) {
      case INTEGER -> {
        long number = rows.getLong(i);
        yield number == 0 && rows.wasNull() ? null : (Object) number;
      }
      case DOUBLE -> {
        double number = rows.getDouble(i);
        yield number == 0 && rows.wasNull() ? null : (Object) number;
      }
      case REAL -> {
        double number = rows.getDouble(i);
        yield number == 0 && rows.wasNull() ? null : (Object) (float) number;
      }
      case BYTES -> rows.getBytes(i);
      case BITS -> {
        byte[] bytes = rows.getBytes(i);
        yield bytes == null ? null : bits(bytes, column.type().length());
      }
      case OTHER -> other(rows, i, column);
      default -> {
        String text = rows.getString(i);
        yield text == null ? null : cell(text, column);
      }
    };
  }

  private static @Nullable Object other(ResultSet rows, int i, Column column) throws SQLException {
    if (!Types.geometric(column.type())) {
      return rows.getString(i);
    }
    byte[] bytes = rows.getBytes(i);
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  private static Object cell(String text, Column column) throws SQLException {
    return switch (column.type().kind()) {
      case UNSIGNED -> new BigInteger(text);
      case DECIMAL -> new BigDecimal(text);
      case UUID -> UUID.fromString(text);
      case DATE -> date(text, column);
      case TIME -> time(text);
      case TIMESTAMP -> moment(text, column);
      case TIMESTAMP_TZ ->
          moment(text, column) instanceof LocalDateTime moment
              ? moment.toInstant(ZoneOffset.UTC)
              : Special.ZERO_DATE;
      default -> text;
    };
  }

  /// Without the whole bytes that the server pads to.
  static String bits(byte[] bytes, int length) {
    StringBuilder bits = new StringBuilder(length);
    for (int bit = length - 1; bit >= 0; bit--) {
      int at = bytes.length - 1 - bit / 8;
      bits.append(at >= 0 && (bytes[at] >> bit % 8 & 1) == 1 ? '1' : '0');
    }
    return bits.toString();
  }

  private static Object date(String text, Column column) throws SQLException {
    return date(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10), column.name());
  }

  /// @throws SQLException for a date such as `2024-00-15`, which is none
  static Object date(int year, int month, int day, String column) throws SQLException {
    if (year == 0 && month == 0 && day == 0) {
      return Special.ZERO_DATE;
    }
    try {
      return LocalDate.of(year, month, day);
    } catch (java.time.DateTimeException e) {
      throw new SQLException(
          "column %s holds %04d-%02d-%02d, which is not a date: mend it in the source, or map it"
              .formatted(column, year, month, day),
          e);
    }
  }

  private static Object moment(String text, Column column) throws SQLException {
    if (!(date(text, column) instanceof LocalDate date)) {
      return Special.ZERO_DATE;
    }
    LocalTime time =
        LocalTime.of(
            number(text, 11, 13), number(text, 14, 16), number(text, 17, 19), nanos(text, 19));
    return LocalDateTime.of(date, time);
  }

  private static Object time(String text) {
    boolean negative = text.startsWith("-");
    int from = negative ? 1 : 0;
    int colon = text.indexOf(':');
    Duration size =
        Duration.ofSeconds(
            number(text, from, colon) * 3600L
                + number(text, colon + 1, colon + 3) * 60L
                + number(text, colon + 4, colon + 6),
            nanos(text, colon + 6));
    return time(negative ? size.negated() : size);
  }

  static Object time(Duration time) {
    return time.isNegative() || time.toHours() > 23 ? time : LocalTime.ofNanoOfDay(time.toNanos());
  }

  private static int nanos(String text, int point) {
    if (point >= text.length()) {
      return 0;
    }
    int nanos = 0;
    for (int digit = 1; digit <= 9; digit++) {
      int at = point + digit;
      nanos = nanos * 10 + (at < text.length() ? text.charAt(at) - '0' : 0);
    }
    return nanos;
  }

  private static int number(String text, int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      number = number * 10 + (text.charAt(i) - '0');
    }
    return number;
  }
}
