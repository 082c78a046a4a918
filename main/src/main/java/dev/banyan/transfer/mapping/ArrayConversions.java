package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Arrays element by element, and as JSON where the target has no arrays.
final class ArrayConversions {
  private static final Type TEXT = new Type(Kind.TEXT, 0, -1, "text");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private ArrayConversions() {}

  /// @return null where it is not about arrays
  static @Nullable Found find(Type from, Type to, Hints hints) {
    if (from.kind() != Kind.ARRAY) {
      return null;
    }
    Type element = from.element().orElse(TEXT);
    if (to.kind() == Kind.ARRAY) {
      Found each = Conversions.find(element, to.element().orElse(TEXT), hints);
      return each instanceof Conversion conversion && !conversion.copies()
          ? new Conversion(
              "array of " + conversion.name(),
              mapped(conversion.forward()),
              mapped(conversion.back()),
              conversion.loss(),
              false)
          : each;
    }
    if (Conversions.isText(to.kind())) {
      Found each = Conversions.find(element, TEXT, hints);
      return each instanceof Conversion conversion
          ? Conversion.tried(
              "array as JSON, " + conversion.name(),
              cell -> written(cell, conversion.forward()),
              cell -> read((String) cell, conversion.back()))
          : each;
    }
    return null;
  }

  private static UnaryOperator<Object> mapped(UnaryOperator<Object> each) {
    return cell -> mapped((List<?>) cell, each);
  }

  private static Object mapped(List<?> list, UnaryOperator<Object> each) {
    List<@Nullable Object> mapped = new ArrayList<>(list.size());
    for (Object element : list) {
      mapped.add(
          element == null
              ? null
              : element instanceof List<?> inner ? mapped(inner, each) : each.apply(element));
    }
    return Collections.unmodifiableList(mapped);
  }

  /// Numbers and truth values as JSON has them, everything else as text.
  private static String written(Object cell, UnaryOperator<Object> asText) {
    StringBuilder json = new StringBuilder();
    write(cell, asText, json);
    return json.toString();
  }

  private static void write(
      @Nullable Object cell, UnaryOperator<Object> asText, StringBuilder json) {
    switch (cell) {
      case null -> json.append("null");
      case List<?> list -> {
        json.append('[');
        for (int i = 0; i < list.size(); i++) {
          json.append(i == 0 ? "" : ",");
          write(list.get(i), asText, json);
        }
        json.append(']');
      }
      case Long number -> json.append(number);
      case java.math.BigDecimal number -> json.append(number.toPlainString());
      case Boolean truth -> json.append(truth);
      default -> json.append(JSON.writeValueAsString(asText.apply(cell)));
    }
  }

  private static Object read(String json, UnaryOperator<Object> ofText) {
    try {
      JsonNode tree = JSON.readTree(json);
      if (!tree.isArray()) {
        throw new CellRefused("JSON that is no array");
      }
      return list(tree, ofText);
    } catch (JacksonException e) {
      throw new CellRefused("not JSON");
    }
  }

  private static List<@Nullable Object> list(JsonNode array, UnaryOperator<Object> ofText) {
    List<@Nullable Object> list = new ArrayList<>(array.size());
    for (JsonNode element : array) {
      list.add(
          element.isNull()
              ? null
              : element.isArray() ? list(element, ofText) : ofText.apply(text(element)));
    }
    return Collections.unmodifiableList(list);
  }

  private static String text(JsonNode scalar) {
    return scalar.isNumber() ? scalar.decimalValue().toPlainString() : scalar.asString();
  }
}
