package dev.banyan.requests;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node of a document. One that is absent, null or of another kind answers as an empty one, so
/// that a walk through a document of unknown quality needs no checks.
///
/// @param value maps, lists and scalars
record Tree(@Nullable Object value) {
  static final Tree NONE = new Tree(null);

  boolean isMap() {
    return value instanceof Map;
  }

  boolean has(String name) {
    return value instanceof Map<?, ?> map && map.containsKey(name);
  }

  Tree get(String name) {
    return value instanceof Map<?, ?> map ? new Tree(map.get(name)) : NONE;
  }

  List<Tree> items() {
    List<Tree> items = new ArrayList<>();
    if (value instanceof List<?> list) {
      list.forEach(item -> items.add(new Tree(item)));
    }
    return items;
  }

  Map<String, Tree> members() {
    Map<String, Tree> members = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, member) -> members.put(String.valueOf(key), new Tree(member)));
    }
    return members;
  }

  /// A scalar as text, empty where there is none.
  String text() {
    return value == null || value instanceof Map || value instanceof List
        ? ""
        : String.valueOf(value);
  }

  boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  @Nullable BigDecimal number() {
    return value instanceof BigDecimal decimal
        ? decimal
        : value instanceof Number number ? new BigDecimal(number.toString()) : null;
  }

  /// A number within bounds, such as a length.
  int whole(String name, int otherwise, int most) {
    BigDecimal number = get(name).number();
    return number == null
        ? otherwise
        : number.max(BigDecimal.ZERO).min(BigDecimal.valueOf(most)).intValue();
  }
}
