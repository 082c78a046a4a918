package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Names, values and conditions as the server reads them.
///
/// Values stand in the statements themselves, because statements of thousands of rows are faster so
/// than with parameters. [Sessions] holds every connection to UTF-8 and to backslash escapes, on
/// which [#text] relies.
final class Sql {
  private Sql() {}

  static String name(String identifier) {
    return '`' + identifier.replace("`", "``") + '`';
  }

  static String name(TableName table) {
    return name(table.schema()) + '.' + name(table.name());
  }

  static String names(List<String> columns) {
    return columns.stream().map(Sql::name).collect(Collectors.joining(", "));
  }

  static String text(String value) {
    StringBuilder quoted = new StringBuilder(value.length() + 8);
    quoted(quoted, value);
    return quoted.toString();
  }

  private static void quoted(StringBuilder to, String value) {
    to.append('\'');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\'' -> to.append("''");
        case '\\' -> to.append("\\\\");
        case 0 -> to.append("\\0");
        default -> to.append(c);
      }
    }
    to.append('\'');
  }

  /// Appends a cell as a literal of a column's type.
  ///
  /// @throws IllegalArgumentException for a value that the engine does not have
  static void literal(StringBuilder to, @Nullable Object cell, Type type) {
    switch (cell) {
      case null -> to.append("NULL");
      case Long year when type.declared().startsWith("year") && year < 100 ->
          to.append(String.format(Locale.ROOT, "'%04d'", year));
      case Long number -> to.append(number.longValue());
      case String bits when type.kind() == Type.Kind.BITS ->
          to.append("b'").append(bits).append('\'');
      case String hex when Types.geometric(type) -> to.append("x'").append(hex).append('\'');
      case byte[] bytes -> to.append("x'").append(HexFormat.of().formatHex(bytes)).append('\'');
      case UUID uuid when type.kind() == Type.Kind.BYTES ->
          to.append("x'").append(uuid.toString().replace("-", "")).append('\'');
      case Boolean truth -> to.append(truth ? '1' : '0');
      // An exponent makes it a double: a decimal has no -0, and is rounded once more on its way.
      case Float single -> to.append(floating(plain(single, type)));
      case Double number -> to.append(floating(plain(number, type)));
      case Number number -> to.append(plain(number, type));
      default -> quoted(to, plain(cell, type));
    }
  }

  private static String floating(String text) {
    return text.indexOf('E') < 0 ? text + "e0" : text;
  }

  /// A cell as text, as both a literal and a file of rows hold it between their quotes.
  ///
  /// @throws IllegalArgumentException for a value that the engine does not have
  static String plain(Object cell, Type type) {
    return switch (cell) {
      case String text -> text;
      case BigDecimal exact -> exact.toPlainString();
      case BigInteger whole -> whole.toString();
      // A float's shortest text, read as a double, need not be the same float's double.
      case Float single when Float.isFinite(single) -> Double.toString(single);
      case Double number when Double.isFinite(number) -> Double.toString(number);
      case Long number -> Long.toString(number);
      case Integer number -> Integer.toString(number);
      case Boolean truth -> truth ? "1" : "0";
      case UUID uuid -> uuid.toString();
      case LocalDate date when inEra(date) -> date.toString();
      case LocalDateTime moment when inEra(moment.toLocalDate()) -> moment(moment, type);
      case Instant instant -> plain(instant.atOffset(ZoneOffset.UTC).toLocalDateTime(), type);
      case LocalTime time -> time(Duration.ofNanos(time.toNanoOfDay()), type);
      case Duration time -> time(time, type);
      case Special special when special == Special.ZERO_DATE -> zero(type);
      default ->
          throw new IllegalArgumentException(
              type.declared() + " has no value for " + shown(cell) + ": map it to another");
    };
  }

  private static boolean inEra(LocalDate date) {
    return date.getYear() >= 0 && date.getYear() <= 9999;
  }

  private static String shown(Object cell) {
    return cell.getClass().getSimpleName() + " " + cell;
  }

  private static String zero(Type type) {
    return switch (type.kind()) {
      case DATE, TIMESTAMP, TIMESTAMP_TZ -> "0000-00-00";
      default -> throw new IllegalArgumentException(type.declared() + " has no zero date");
    };
  }

  private static String moment(LocalDateTime moment, Type type) {
    LocalTime time = moment.toLocalTime();
    return moment.toLocalDate() + " " + time(Duration.ofNanos(time.toNanoOfDay()), type);
  }

  /// The server cuts off digits that the column does not have, and says nothing.
  private static String time(Duration time, Type type) {
    int digits = type.scale() < 0 ? 6 : type.scale();
    long unit = BigInteger.TEN.pow(9 - digits).longValue();
    Duration size = time.abs();
    int nanos = size.toNanosPart();
    if (nanos % unit != 0) {
      throw new IllegalArgumentException(
          type.declared() + " keeps fewer digits of a second than " + time + " has");
    }
    String whole =
        String.format(
            Locale.ROOT,
            "%s%02d:%02d:%02d",
            time.isNegative() ? "-" : "",
            size.toHours(),
            size.toMinutesPart(),
            size.toSecondsPart());
    return nanos == 0 ? whole : whole + String.format(Locale.ROOT, ".%06d", nanos / 1000);
  }

  static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  /// The condition for a range and a further condition; `true` where there is neither.
  ///
  /// Several columns are spelled out, because neither server finds its way into an index by `(a, b)
  /// > (1, 2)`.
  static String within(Table table, Range range, String where) {
    StringBuilder sql = new StringBuilder("true");
    range.after().ifPresent(key -> sql.append(" and ").append(beyond(table, key, " > ", " > ")));
    range.upTo().ifPresent(key -> sql.append(" and ").append(beyond(table, key, " < ", " <= ")));
    return where.isBlank() ? sql.toString() : sql + " and (" + where + ")";
  }

  private static String beyond(Table table, Key key, String strict, String last) {
    int columns = key.cells().size();
    StringBuilder sql = new StringBuilder();
    if (columns > 1) {
      sql.append(one(table, key, 0, strict.strip() + "= ")).append(" and ");
    }
    sql.append('(');
    for (int i = 0; i < columns; i++) {
      sql.append(i == 0 ? "(" : " or (");
      for (int before = 0; before < i; before++) {
        sql.append(one(table, key, before, " = ")).append(" and ");
      }
      sql.append(one(table, key, i, i == columns - 1 ? last : strict)).append(')');
    }
    return sql.append(')').toString();
  }

  private static String one(Table table, Key key, int column, String operator) {
    String name = table.key().get(column);
    StringBuilder sql = new StringBuilder(name(name)).append(' ').append(operator);
    literal(sql, key.cells().get(column), table.column(name).type());
    return sql.toString();
  }

  static String is(Table table, Key key) {
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < key.cells().size(); i++) {
      sql.append(i == 0 ? "" : " and ").append(one(table, key, i, "= "));
    }
    return sql.toString();
  }

  /// The condition for any of these keys.
  static String anyOf(Table table, Collection<Key> keys) {
    if (table.key().size() > 1) {
      return keys.stream()
          .map(key -> "(" + is(table, key) + ")")
          .collect(Collectors.joining(" or "));
    }
    String column = table.key().getFirst();
    StringBuilder sql = new StringBuilder(name(column)).append(" in (");
    String comma = "";
    for (Key key : keys) {
      sql.append(comma);
      literal(sql, key.cells().getFirst(), table.column(column).type());
      comma = ", ";
    }
    return sql.append(')').toString();
  }
}
