package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Type;
import java.math.BigDecimal;
import java.util.Optional;

/// Whether values fit a column that is narrower than where they come from. A value is never cut.
///
/// @param says how wide the column is, for people
@SuppressWarnings("UnusedVariable")
record Fit(Type type, String says) {

  /// @return empty where everything fits
  static Optional<Fit> narrower(Type from, Type to) {
    return switch (to.kind()) {
      case TEXT, CHAR, ENUM -> bounded(from, to, "characters");
      case BYTES -> bounded(from, to, "bytes");
      case INTEGER -> size(from) > size(to) ? fit(to, size(to) + " bytes") : Optional.empty();
      case DECIMAL ->
          digits(from) > digits(to)
              ? fit(to, digits(to) + " digits before the point")
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static Optional<Fit> bounded(Type from, Type to, String unit) {
    boolean narrower =
        to.length() > 0
            && switch (from.kind()) {
              case TEXT, CHAR, BYTES -> from.length() == 0 || from.length() > to.length();
              case UUID -> to.length() < (to.kind() == Type.Kind.BYTES ? 16 : 36);
              case BOOLEAN -> to.length() < 5;
              default -> true;
            };
    return narrower ? fit(to, to.length() + " " + unit) : Optional.empty();
  }

  private static Optional<Fit> fit(Type to, String says) {
    return Optional.of(new Fit(to, says));
  }

  private static int size(Type type) {
    return switch (type.kind()) {
      case INTEGER -> type.length() == 0 ? 8 : type.length();
      case BOOLEAN -> 1;
      default -> 9;
    };
  }

  /// Digits before the point; the most where there is no bound.
  private static int digits(Type type) {
    return switch (type.kind()) {
      case INTEGER ->
          switch (type.length()) {
            case 1 -> 3;
            case 2 -> 5;
            case 3 -> 8;
            case 4 -> 10;
            default -> 19;
          };
      case UNSIGNED -> 20;
      case DECIMAL ->
          type.length() == 0 ? Integer.MAX_VALUE : type.length() - Math.max(0, type.scale());
      default -> Integer.MAX_VALUE;
    };
  }

  void check(Object cell) {
    boolean fits =
        switch (cell) {
          case String text ->
              text.length() <= type.length()
                  || text.codePointCount(0, text.length()) <= type.length();
          case byte[] bytes -> bytes.length <= type.length();
          case Long number -> inRange(number, size(type));
          case BigDecimal number ->
              number.precision() - number.scale() <= digits(type) || number.signum() == 0;
          default -> true;
        };
    if (!fits) {
      throw new CellRefused("the value does not fit the target, which has " + says);
    }
  }

  private static boolean inRange(long number, int bytes) {
    int spare = 64 - 8 * bytes;
    return spare <= 0 || number << spare >> spare == number;
  }
}
