package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.time.DateTimeException;

/// Values that are declared as text.
final class Literal {
  private static final Type TEXT = new Type(Kind.TEXT, 0, -1, "text");
  private static final Hints HINTS =
      new Hints(null, null, false, 0, Hints.Encoding.HEX, null, java.util.Map.of());

  private Literal() {}

  /// @throws IllegalArgumentException where the text is no such value
  static Object of(String column, Type type, String text) {
    if (type.kind() == Kind.CHAR) {
      return TextConversions.stripped(text);
    }
    if (type.kind() == Kind.BOOLEAN && (text.equals("0") || text.equals("1"))) {
      return text.equals("1");
    }
    Found found = Conversions.find(TEXT, type, HINTS);
    if (found instanceof Conversion conversion) {
      try {
        return conversion.forward().apply(text);
      } catch (CellRefused | DateTimeException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "`" + text + "` is no value of " + column + ", which is " + Conversions.spelled(type),
            e);
      }
    }
    throw new IllegalArgumentException(
        column + " is " + Conversions.spelled(type) + ", of which no value can be declared");
  }

  /// As SQL writes it, which all engines read alike.
  static String sql(Type type, String text) {
    return switch (type.kind()) {
      case INTEGER, UNSIGNED, DECIMAL, BOOLEAN -> text;
      default -> "'" + text.replace("'", "''") + "'";
    };
  }
}
