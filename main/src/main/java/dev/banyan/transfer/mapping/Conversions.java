package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Finds how cells of one type become cells of another, or says why they do not.
final class Conversions {
  private static final String NO_WAY =
      "; declare a target column of a type that holds it, or leave the column behind with `drop`";

  private Conversions() {}

  static Found find(Type from, Type to, Hints hints) {
    if (!hints.values().isEmpty()) {
      return values(from, to, hints.values());
    }
    Found found = byKind(from, to, hints);
    return found instanceof Conversion conversion && conversion.loss() == Conversion.Loss.CERTAIN
        ? hints.exact() ? conversion.onlyExact() : conversion
        : found;
  }

  private static Found byKind(Type from, Type to, Hints hints) {
    @Nullable Found found = NumberConversions.find(from, to, hints);
    if (found == null) {
      found = TimeConversions.find(from, to, hints);
    }
    if (found == null) {
      found = TextConversions.find(from, to, hints);
    }
    if (found == null) {
      found = ArrayConversions.find(from, to, hints);
    }
    if (found == null && from.kind() == to.kind()) {
      found = Conversion.COPY;
    }
    return found != null ? found : none(from, to);
  }

  static Found.None none(Type from, Type to) {
    return new Found.None(spelled(from) + " has no counterpart in " + spelled(to) + NO_WAY);
  }

  static String spelled(Type type) {
    return type.declared().isEmpty() ? type.kind().name() : type.declared();
  }

  static boolean isText(Kind kind) {
    return switch (kind) {
      case TEXT, CHAR, ENUM, OTHER, JSON -> true;
      default -> false;
    };
  }

  /// One word for another: through text, where a side is not text itself.
  private static Found values(Type from, Type to, Map<String, String> values) {
    Type text = new Type(Kind.TEXT, 0, -1, "text");
    Map<String, String> inverse = new HashMap<>();
    values.forEach((left, right) -> inverse.put(right, left));
    UnaryOperator<Object> forward = cell -> looked(values, (String) cell);
    UnaryOperator<Object> back = cell -> looked(inverse, (String) cell);
    Conversion look = Conversion.exact("values " + values, forward, back);
    Found before = byKind(from, text, Hints.NONE);
    Found after = byKind(text, to, Hints.NONE);
    if (before instanceof Conversion first && after instanceof Conversion last) {
      return first.then(look).then(last);
    }
    return none(from, to);
  }

  private static Object looked(Map<String, String> values, String text) {
    String found = values.get(text);
    if (found == null) {
      throw new CellRefused("the value is none of `values`: add it");
    }
    return found;
  }
}
