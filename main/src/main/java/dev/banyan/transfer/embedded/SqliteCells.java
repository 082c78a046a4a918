package dev.banyan.transfer.embedded;

import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/// Cells of SQLite, each of which has a type of its own: NULL, a whole number of 64 bits, a
/// floating one, text or bytes.
final class SqliteCells {
  private SqliteCells() {}

  static @Nullable Object read(ResultSet rows, int at, Type type) throws SQLException {
    Object cell = rows.getObject(at);
    Object stored = cell instanceof Integer small ? (Object) small.longValue() : cell;
    return switch (stored) {
      case null -> null;
      case Long number ->
          switch (type.kind()) {
            case BOOLEAN -> number == 0 || number == 1 ? (Object) (number == 1) : number;
            case DECIMAL -> BigDecimal.valueOf(number);
            case JSON -> number.toString();
            default -> number;
          };
      case Double number ->
          switch (type.kind()) {
            case DECIMAL -> decimal(number, type);
            case JSON -> rows.getString(at);
            default -> number;
          };
      default -> stored;
    };
  }

  /// By the shortest digits that are this number, as it was written. One with more digits than were
  /// declared stays what it is, for the declaration is not true of it.
  private static Object decimal(Double number, Type type) {
    if (!Double.isFinite(number)) {
      return number;
    }
    BigDecimal exact = new BigDecimal(number.toString());
    boolean declared = type.scale() < 0 || exact.stripTrailingZeros().scale() <= type.scale();
    return declared ? exact : (Object) number;
  }

  /// @throws IllegalArgumentException for a value that the column would change
  static void bind(PreparedStatement statement, int at, @Nullable Object cell, Type type)
      throws SQLException {
    switch (cell) {
      case null -> statement.setNull(at, Types.NULL);
      case Long number -> statement.setLong(at, number);
      case BigInteger number -> statement.setLong(at, whole(number, type));
      case BigDecimal number -> decimal(statement, at, number, type);
      case Float number -> statement.setDouble(at, real(number.doubleValue()));
      case Double number -> statement.setDouble(at, real(number));
      case Boolean truth -> statement.setLong(at, truth ? 1 : 0);
      case byte[] bytes -> statement.setBytes(at, bytes);
      case String text -> statement.setString(at, text(text, type));
      default ->
          throw new IllegalArgumentException(
              type.declared()
                  + " has no value for "
                  + cell.getClass().getSimpleName()
                  + " "
                  + cell
                  + ": map it to another");
    }
  }

  private static long whole(BigInteger number, Type type) {
    if (number.bitLength() > 63) {
      throw new IllegalArgumentException(
          type.declared() + " has 64 bits with a sign: declare a column of text for " + number);
    }
    return number.longValue();
  }

  /// A number that is not whole is kept as a floating one, with about 15 digits.
  private static void decimal(PreparedStatement statement, int at, BigDecimal number, Type type)
      throws SQLException {
    BigDecimal plain = number.stripTrailingZeros();
    if (plain.scale() <= 0 && plain.precision() - plain.scale() <= 18) {
      statement.setLong(at, plain.longValueExact());
      return;
    }
    double near = number.doubleValue();
    if (!Double.isFinite(near)
        || plain.precision() > 15
        || new BigDecimal(Double.toString(near)).compareTo(number) != 0) {
      throw new IllegalArgumentException(
          type.declared()
              + " keeps 15 digits of a number that is not whole: declare a column of text");
    }
    statement.setDouble(at, near);
  }

  private static double real(double number) {
    if (Double.isNaN(number)) {
      throw new IllegalArgumentException("NaN, which would become NULL");
    }
    return number;
  }

  private static String text(String text, Type type) {
    if (SqliteCatalog.prefersNumbers(type) && type.kind() != Type.Kind.JSON && looksNumeric(text)) {
      throw new IllegalArgumentException(
          type.declared() + " makes a number of this text: declare a column of text");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw new IllegalArgumentException("half a surrogate pair, which UTF-8 can not write");
      }
    }
    return text;
  }

  private static boolean looksNumeric(String text) {
    try {
      return !text.isBlank() && new BigDecimal(text.strip()).signum() < 2;
    } catch (NumberFormatException _) {
      return false;
    }
  }
}
