package dev.banyan.requests;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Values at and beyond the edges of what a schema allows.
final class Boundaries {
  private static final int LONG_TEXT = 1_000;
  private static final int LONGEST_TEXT = 10_000;
  private static final int MOST_ITEMS = 100;
  private static final int MOST_WORDS = 10;

  private final Tree schema;
  private final boolean json;
  private final List<Edge> edges = new ArrayList<>();

  /// @param name what is special about the value, in a few words
  record Edge(String name, @Nullable Object value) {}

  private Boundaries(Tree schema, boolean json) {
    this.schema = schema;
    this.json = json;
  }

  /// @param schema merged
  /// @param json whether types can be told apart, as in a JSON body, or all is text, as in a query
  /// @param valid a valid value
  static List<Edge> of(Tree schema, boolean json, @Nullable Object valid) {
    Boundaries boundaries = new Boundaries(schema, json);
    if (schema.get("enum").items().isEmpty()) {
      boundaries.byType(valid);
    } else {
      boundaries.words();
    }
    if (json) {
      boundaries.add("null", null);
    }
    return boundaries.edges;
  }

  private void add(String name, @Nullable Object value) {
    edges.add(new Edge(name, value));
  }

  private void words() {
    List<Tree> words = schema.get("enum").items();
    for (Tree word : words.subList(0, Math.min(words.size(), MOST_WORDS))) {
      add("value " + word.text().toLowerCase(Locale.ROOT), word.value());
    }
    add("unknown value", "no-such-value");
  }

  private void byType(@Nullable Object valid) {
    switch (Schemas.type(schema)) {
      case "integer" -> {
        numbers();
        add("fraction", new BigDecimal("1.5"));
      }
      case "number" -> numbers();
      case "boolean" -> {
        add("false", false);
        add("wrong type", "maybe");
      }
      case "array" -> items(valid);
      case "object" -> {
        add("empty object", Collections.emptyMap());
        add("wrong type", "text");
      }
      default -> texts();
    }
  }

  private void numbers() {
    BigDecimal least = Schemas.least(schema);
    BigDecimal most = Schemas.most(schema);
    if (least != null) {
      add("minimum", least);
      add("below minimum", least.subtract(BigDecimal.ONE));
    }
    if (most != null) {
      add("maximum", most);
      add("above maximum", most.add(BigDecimal.ONE));
    }
    add("zero", BigDecimal.ZERO);
    add("negative", BigDecimal.ONE.negate());
    // Beyond what a double holds exactly.
    add("very large", new BigDecimal("9007199254740993"));
    add("wrong type", "abc");
  }

  private void texts() {
    add("empty", "");
    int least = schema.whole("minLength", 0, LONGEST_TEXT);
    if (least > 0) {
      add("shortest", "a".repeat(least));
      add("too short", "a".repeat(least - 1));
    }
    if (schema.has("maxLength")) {
      int most = schema.whole("maxLength", LONG_TEXT, LONGEST_TEXT);
      add("longest", "a".repeat(most));
      add("too long", "a".repeat(most + 1));
    } else {
      add("long", "a".repeat(LONG_TEXT));
    }
    add("not ASCII", "Zoë 木 😀 +%");
    String format = schema.get("format").text();
    if (!format.isEmpty()) {
      add("not a " + format, "not-a-" + format);
    }
    if (json) {
      add("wrong type", BigDecimal.valueOf(12_345));
    }
  }

  private void items(@Nullable Object valid) {
    add("no items", List.of());
    Object item = valid instanceof List<?> list && !list.isEmpty() ? list.getFirst() : "text";
    int least = schema.whole("minItems", 0, MOST_ITEMS);
    if (least > 1) {
      add("too few items", Collections.nCopies(least - 1, item));
    }
    if (schema.has("maxItems")) {
      int most = schema.whole("maxItems", MOST_ITEMS, MOST_ITEMS);
      add("too many items", Collections.nCopies(most + 1, item));
    } else {
      add("two items alike", Collections.nCopies(2, item));
    }
    if (json) {
      add("wrong type", "text");
    }
  }
}
