package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Cells of H2. Times are read and written as `java.time` has them, so that no zone of this process
/// gets between.
final class H2Cells {
  private H2Cells() {}

  static @Nullable Object read(ResultSet rows, int at, Type type) throws SQLException {
    return switch (type.kind()) {
      case BOOLEAN -> rows.getObject(at, Boolean.class);
      case INTEGER -> rows.getObject(at, Long.class);
      case DECIMAL -> decimal(rows.getString(at));
      case REAL -> rows.getObject(at, Float.class);
      case DOUBLE -> rows.getObject(at, Double.class);
      case CHAR -> stripped(rows.getString(at));
      case BYTES -> rows.getBytes(at);
      case DATE -> rows.getObject(at, LocalDate.class);
      case TIME -> rows.getObject(at, LocalTime.class);
      case TIME_TZ -> rows.getObject(at, OffsetTime.class);
      case TIMESTAMP -> rows.getObject(at, LocalDateTime.class);
      case TIMESTAMP_TZ -> {
        OffsetDateTime moment = rows.getObject(at, OffsetDateTime.class);
        yield moment == null ? null : moment.toInstant();
      }
      case UUID -> rows.getObject(at, UUID.class);
      case TEXT, JSON, ENUM, OTHER, UNSIGNED, BITS, ARRAY -> rows.getString(at);
    };
  }

  private static @Nullable Object decimal(@Nullable String text) {
    return switch (text) {
      case null -> null;
      case "Infinity" -> Special.INFINITY;
      case "-Infinity" -> Special.MINUS_INFINITY;
      case "NaN" -> Special.NAN;
      default -> new BigDecimal(text);
    };
  }

  private static @Nullable String stripped(@Nullable String text) {
    return text == null ? null : text.replaceFirst(" +$", "");
  }

  /// @throws IllegalArgumentException for a value that the column would change
  static void bind(PreparedStatement statement, int at, @Nullable Object cell, Type type)
      throws SQLException {
    switch (cell) {
      case null -> statement.setNull(at, Types.NULL);
      case Instant moment -> statement.setObject(at, exact(moment.atOffset(ZoneOffset.UTC), type));
      case LocalDateTime moment -> statement.setObject(at, exact(moment, type));
      case LocalTime time -> statement.setObject(at, exact(time, type));
      case OffsetTime time -> statement.setObject(at, exact(time, type));
      case BigInteger number -> statement.setBigDecimal(at, new BigDecimal(number));
      case BigDecimal number
          when type.scale() >= 0 && number.stripTrailingZeros().scale() > type.scale() ->
          throw new IllegalArgumentException(
              type.declared()
                  + " has "
                  + type.scale()
                  + " digits after the point, fewer than this");
      case Special special when type.declared().equals("DECFLOAT") ->
          statement.setString(at, decfloat(special));
      case Special special ->
          throw new IllegalArgumentException(type.declared() + " has no " + special);
      default -> statement.setObject(at, cell);
    }
  }

  private static String decfloat(Special special) {
    return switch (special) {
      case INFINITY -> "Infinity";
      case MINUS_INFINITY -> "-Infinity";
      case NAN -> "NaN";
      case ZERO_DATE, UNCHANGED -> throw new IllegalArgumentException("no number: " + special);
    };
  }

  /// H2 rounds digits that the column does not have, and says nothing.
  private static TemporalAccessor exact(TemporalAccessor time, Type type) {
    int digits = type.scale() < 0 ? 9 : type.scale();
    if (time.get(ChronoField.NANO_OF_SECOND) % BigInteger.TEN.pow(9 - digits).intValue() != 0) {
      throw new IllegalArgumentException(
          type.declared() + " keeps fewer digits of a second than " + time + " has");
    }
    return time;
  }
}
