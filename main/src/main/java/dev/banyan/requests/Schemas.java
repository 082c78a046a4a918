package dev.banyan.requests;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One valid value for a schema: an example where there is one, else one made from its rules.
final class Schemas {
  /// Below this depth of a value, fields that are not required are left out.
  private static final int OPTIONAL_DEPTH = 3;

  private static final int DEEPEST = 8;

  /// Nodes of one value beyond which only what is required is made.
  private static final int AMPLE = 2_000;

  private static final int LONGEST_TEXT = 10_000;

  private final OpenApiDocument document;

  /// Merged schemas by the ones they were made from.
  private final IdentityHashMap<@Nullable Object, Tree> cache = new IdentityHashMap<>();

  private int made;

  Schemas(OpenApiDocument document) {
    this.document = document;
  }

  /// The schema with references followed, `allOf` put together, and the first possible branch of
  /// `oneOf` and `anyOf` taken.
  Tree merged(Tree schema) {
    Tree known = schema.value() == null ? Tree.NONE : cache.get(schema.value());
    if (known != null) {
      return known;
    }
    int unresolved = document.unresolved();
    Tree merged = new Tree(merged(schema, Collections.newSetFromMap(new IdentityHashMap<>())));
    if (document.unresolved() == unresolved) {
      // Otherwise the next operation that uses the schema is to notice it too.
      cache.put(schema.value(), merged);
    }
    return merged;
  }

  /// @param seen schemas that are part of this one already: a schema may name itself
  private Map<String, @Nullable Object> merged(Tree schema, Set<@Nullable Object> seen) {
    Map<String, @Nullable Object> whole = new LinkedHashMap<>();
    Tree own = document.resolve(schema);
    if (!seen.add(own.value())) {
      return whole;
    }
    own.members().forEach((name, value) -> whole.put(name, value.value()));
    List<Tree> branches = new ArrayList<>(own.get("allOf").items());
    for (String choice : List.of("oneOf", "anyOf")) {
      whole.remove(choice);
      own.get(choice).items().stream()
          .filter(branch -> !document.resolve(branch).get("type").text().equals("null"))
          .findFirst()
          .ifPresent(branches::add);
    }
    whole.remove("allOf");
    for (Tree branch : branches) {
      add(whole, new Tree(merged(branch, seen)));
    }
    return whole;
  }

  private static void add(Map<String, @Nullable Object> whole, Tree branch) {
    branch
        .members()
        .forEach((name, value) -> {
          Tree before = new Tree(whole.get(name));
          if (name.equals("properties") && before.isMap()) {
            Map<String, @Nullable Object> both = new LinkedHashMap<>();
            value.members().forEach((key, property) -> both.put(key, property.value()));
            before.members().forEach((key, property) -> both.put(key, property.value()));
            whole.put(name, both);
          } else if (name.equals("required") && before.value() instanceof List) {
            Set<@Nullable Object> both = new LinkedHashSet<>();
            before.items().forEach(item -> both.add(item.value()));
            value.items().forEach(item -> both.add(item.value()));
            whole.put(name, new ArrayList<>(both));
          } else {
            whole.putIfAbsent(name, value.value());
          }
        });
  }

  /// The other branches of `oneOf` and `anyOf`.
  List<Tree> alternatives(Tree schema) {
    Tree own = document.resolve(schema);
    return List.of("oneOf", "anyOf").stream()
        .flatMap(choice -> own.get(choice).items().stream().skip(1))
        .toList();
  }

  static Set<String> required(Tree merged) {
    return merged.get("required").items().stream().map(Tree::text).collect(Collectors.toSet());
  }

  /// Of a merged schema; OpenAPI 3.1 may list several types.
  static String type(Tree merged) {
    Tree type = merged.get("type");
    for (Tree each : type.items()) {
      if (!each.text().equals("null")) {
        return each.text();
      }
    }
    if (!type.text().isEmpty()) {
      return type.text();
    }
    if (merged.has("properties") || merged.has("additionalProperties")) {
      return "object";
    }
    if (merged.has("items")) {
      return "array";
    }
    return merged.has("minimum") || merged.has("maximum") ? "number" : "string";
  }

  @Nullable Object value(Tree schema) {
    made = 0;
    return value(schema, 0);
  }

  private @Nullable Object value(Tree schema, int depth) {
    Tree merged = merged(schema);
    made++;
    for (String given : List.of("example", "default", "const")) {
      if (merged.has(given)) {
        return merged.get(given).value();
      }
    }
    for (String given : List.of("examples", "enum")) {
      List<Tree> values = merged.get(given).items();
      if (!values.isEmpty()) {
        return values.getFirst().value();
      }
    }
    return switch (type(merged)) {
      case "object" -> object(merged, depth);
      case "array" -> array(merged, depth);
      case "integer", "number" -> number(merged);
      case "boolean" -> true;
      case "null" -> null;
      default -> text(merged);
    };
  }

  private Map<String, @Nullable Object> object(Tree merged, int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    if (depth >= DEEPEST) {
      return object;
    }
    Set<String> required = required(merged);
    merged
        .get("properties")
        .members()
        .forEach((name, property) -> {
          boolean wanted = required.contains(name) || (depth < OPTIONAL_DEPTH && made < AMPLE);
          if (wanted && made < 2 * AMPLE && !merged(property).get("readOnly").isTrue()) {
            object.put(name, value(property, depth + 1));
          }
        });
    return object;
  }

  private List<@Nullable Object> array(Tree merged, int depth) {
    List<@Nullable Object> array = new ArrayList<>();
    int length = Math.max(1, merged.whole("minItems", 1, 10));
    for (int i = 0; i < length && depth < DEEPEST && made < 2 * AMPLE; i++) {
      array.add(value(merged.get("items"), depth + 1));
    }
    return array;
  }

  private static BigDecimal number(Tree merged) {
    BigDecimal step = merged.get("multipleOf").number();
    BigDecimal number = step == null || step.signum() <= 0 ? BigDecimal.ONE : step;
    BigDecimal least = least(merged);
    BigDecimal most = most(merged);
    if (least != null && number.compareTo(least) < 0) {
      number = least;
    }
    return most != null && number.compareTo(most) > 0 ? most : number;
  }

  /// The smallest number allowed, to a whole one where the bound itself is not.
  static @Nullable BigDecimal least(Tree merged) {
    return bound(merged, "minimum", "exclusiveMinimum", BigDecimal.ONE);
  }

  static @Nullable BigDecimal most(Tree merged) {
    return bound(merged, "maximum", "exclusiveMaximum", BigDecimal.ONE.negate());
  }

  /// OpenAPI 3.0 has a flag beside the bound, 3.1 a bound of its own.
  private static @Nullable BigDecimal bound(
      Tree merged, String inclusive, String exclusive, BigDecimal inward) {
    BigDecimal own = merged.get(exclusive).number();
    if (own != null) {
      return sane(own.add(inward));
    }
    BigDecimal bound = merged.get(inclusive).number();
    return bound == null ? null : sane(merged.get(exclusive).isTrue() ? bound.add(inward) : bound);
  }

  /// Null for numbers such as 1e999999999, which would be written out digit by digit.
  private static @Nullable BigDecimal sane(BigDecimal number) {
    return Math.abs((long) number.scale()) + number.precision() > 400 ? null : number;
  }

  private static String text(Tree merged) {
    String text =
        switch (merged.get("format").text()) {
          case "date" -> "2024-02-29";
          case "date-time" -> "2024-02-29T12:30:45Z";
          case "time" -> "12:30:45Z";
          case "uuid" -> "3f2b8c1e-5d47-4a9b-8c6f-1e2d3c4b5a69";
          case "email" -> "ada@example.org";
          case "uri", "url" -> "https://example.org/a";
          case "hostname" -> "example.org";
          case "ipv4" -> "192.0.2.1";
          case "ipv6" -> "2001:db8::1";
          case "byte" -> "YmFueWFu";
          default -> "text";
        };
    int least = merged.whole("minLength", 0, LONGEST_TEXT);
    int most = merged.whole("maxLength", LONGEST_TEXT, LONGEST_TEXT);
    String longEnough = text.length() < least ? text + "a".repeat(least - text.length()) : text;
    return longEnough.length() > most ? longEnough.substring(0, most) : longEnough;
  }
}
