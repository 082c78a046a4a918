package dev.banyan.requests;

import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One parameter of an operation, and how its values are written (OpenAPI 3.1, section 4.8.12).
///
/// @param schema merged
/// @param valid a value that fits, or the placeholder of one
/// @param given whether the document itself gives an example
record Parameter(
    String name,
    String in,
    boolean required,
    Tree node,
    Tree schema,
    @Nullable Object valid,
    boolean given) {

  /// Unique in an operation.
  String key() {
    return in + " " + name;
  }

  boolean isPlaceholder() {
    return valid instanceof String text && text.startsWith("{{");
  }

  private boolean exploded() {
    return node.has("explode")
        ? node.get("explode").isTrue()
        : node.get("style").text().isEmpty() || node.get("style").text().equals("form");
  }

  /// As parts of a query: `name=value`, perhaps several.
  List<String> query(@Nullable Object value) {
    if (node.get("content").isMap() && value != null) {
      return List.of(pair(name, new String(Json.bytes(value), StandardCharsets.UTF_8)));
    }
    List<String> pairs = new ArrayList<>();
    if (value instanceof Map<?, ?> map) {
      boolean deep = node.get("style").text().equals("deepObject");
      map.forEach(
          (key, member) -> pairs.add(pair(deep ? name + "[" + key + "]" : "" + key, text(member))));
    } else if (value instanceof List<?> list) {
      if (exploded()) {
        list.forEach(item -> pairs.add(pair(name, text(item))));
      } else {
        String between =
            switch (node.get("style").text()) {
              case "spaceDelimited" -> "%20";
              case "pipeDelimited" -> "%7C";
              default -> ",";
            };
        pairs.add(
            encoded(name)
                + "="
                + list.stream()
                    .map(item -> encoded(text(item)))
                    .collect(Collectors.joining(between)));
      }
    } else {
      pairs.add(pair(name, text(value)));
    }
    return pairs;
  }

  private static String pair(String name, String value) {
    return encoded(name) + "=" + encoded(value);
  }

  /// As a segment of a path; placeholders stay as they are.
  String segment(@Nullable Object value) {
    return value instanceof String text && text.startsWith("{{") ? text : joined(value, true);
  }

  /// As a header's value.
  String line(@Nullable Object value) {
    return joined(value, false);
  }

  private static String joined(@Nullable Object value, boolean encode) {
    List<String> parts = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(item -> parts.add(text(item)));
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((key, member) -> {
        parts.add("" + key);
        parts.add(text(member));
      });
    } else {
      parts.add(text(value));
    }
    return parts.stream()
        .map(part -> encode ? encoded(part) : part)
        .collect(Collectors.joining(","));
  }

  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case BigDecimal number when Math.abs((long) number.scale()) < 400 -> number.toPlainString();
      case Map<?, ?> map -> new String(Json.bytes(map), StandardCharsets.UTF_8);
      case List<?> list -> new String(Json.bytes(list), StandardCharsets.UTF_8);
      default -> value.toString();
    };
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
