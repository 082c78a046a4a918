package dev.banyan.parity;

import dev.banyan.parity.JsonValue.JsonNumber;
import dev.banyan.parity.JsonValue.JsonObject;
import dev.banyan.parity.JsonValue.JsonString;
import dev.banyan.parity.JsonValue.Member;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which elements of two arrays belong together.
///
/// By a key, where every element on both sides is an object with an id-like member that is unique
/// on its side and at least half of the shorter side's keys are found on the other. Otherwise equal
/// elements are paired first, as in multisets, and those left over in the order in which they
/// stand. Time and memory grow linearly with the arrays.
///
/// @param pairs elements to be compared with each other
/// @param missing elements that only the legacy has
/// @param extra elements that only the candidate has
/// @param reordered whether elements that are surely the same stand in another order
record ArrayAlignment(
    List<Pair> pairs, List<JsonValue> missing, List<JsonValue> extra, boolean reordered) {

  record Pair(JsonValue legacy, JsonValue candidate) {}

  /// Members that are tried as keys, best first.
  private static final List<String> KEYS =
      List.of("id", "_id", "ID", "Id", "uuid", "guid", "key", "code", "sku", "slug", "name");

  static ArrayAlignment of(List<JsonValue> legacy, List<JsonValue> candidate) {
    for (String key : KEYS) {
      Map<String, JsonValue> left = byKey(legacy, key);
      Map<String, JsonValue> right = left == null ? null : byKey(candidate, key);
      if (left != null && right != null && overlap(left, right)) {
        return keyed(left, right);
      }
    }
    return multiset(legacy, candidate);
  }

  /// Elements by key, or null where they have no such key, or not a unique one.
  private static @Nullable Map<String, JsonValue> byKey(List<JsonValue> elements, String key) {
    Map<String, JsonValue> found = LinkedHashMap.newLinkedHashMap(elements.size());
    for (JsonValue element : elements) {
      String id = element instanceof JsonObject object ? id(object, key) : null;
      if (id == null || found.put(id, element) != null) {
        return null;
      }
    }
    return found;
  }

  /// The key's value without its type, so that `7` and `"7"` are still the same thing.
  private static @Nullable String id(JsonObject object, String key) {
    for (Member member : object.members()) {
      if (member.key().text().equals(key)) {
        return switch (member.value()) {
          case JsonString string -> string.text();
          case JsonNumber number -> number.lexeme().toString();
          case JsonValue _ -> null;
        };
      }
    }
    return null;
  }

  private static boolean overlap(Map<String, JsonValue> left, Map<String, JsonValue> right) {
    int shorter = Math.min(left.size(), right.size());
    long common = left.keySet().stream().filter(right::containsKey).count();
    return common > 0 && common * 2 >= shorter;
  }

  private static ArrayAlignment keyed(Map<String, JsonValue> left, Map<String, JsonValue> right) {
    List<Pair> pairs = new ArrayList<>();
    List<JsonValue> missing = new ArrayList<>();
    List<String> leftOrder = new ArrayList<>();
    left.forEach((id, element) -> {
      JsonValue other = right.get(id);
      if (other == null) {
        missing.add(element);
      } else {
        leftOrder.add(id);
        pairs.add(new Pair(element, other));
      }
    });
    List<JsonValue> extra = new ArrayList<>();
    List<String> rightOrder = new ArrayList<>();
    right.forEach((id, element) -> {
      if (left.containsKey(id)) {
        rightOrder.add(id);
      } else {
        extra.add(element);
      }
    });
    return new ArrayAlignment(pairs, missing, extra, !leftOrder.equals(rightOrder));
  }

  /// Equal ends are set aside first: an element put in at the front is then no new order.
  private static ArrayAlignment multiset(List<JsonValue> legacy, List<JsonValue> candidate) {
    int shorter = Math.min(legacy.size(), candidate.size());
    int head = 0;
    while (head < shorter && JsonEquality.same(legacy.get(head), candidate.get(head))) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && JsonEquality.same(
            legacy.get(legacy.size() - 1 - tail), candidate.get(candidate.size() - 1 - tail))) {
      tail++;
    }
    return middle(
        legacy.subList(head, legacy.size() - tail),
        candidate.subList(head, candidate.size() - tail));
  }

  private static ArrayAlignment middle(List<JsonValue> legacy, List<JsonValue> candidate) {
    Map<Long, Deque<Integer>> places = HashMap.newHashMap(candidate.size());
    for (int i = 0; i < candidate.size(); i++) {
      places.computeIfAbsent(candidate.get(i).hash(), _ -> new ArrayDeque<>(1)).add(i);
    }
    BitSet taken = new BitSet(candidate.size());
    List<JsonValue> left = new ArrayList<>();
    boolean reordered = false;
    int last = -1;
    for (JsonValue element : legacy) {
      Deque<Integer> same = places.get(element.hash());
      Integer at = same == null ? null : same.peekFirst();
      // two values with one hash only cost a pairing here: what is left over is compared in full
      if (same == null || at == null || !JsonEquality.same(element, candidate.get(at))) {
        left.add(element);
        continue;
      }
      same.removeFirst();
      taken.set(at);
      reordered |= at < last;
      last = at;
    }
    List<JsonValue> right = new ArrayList<>();
    for (int i = taken.nextClearBit(0); i < candidate.size(); i = taken.nextClearBit(i + 1)) {
      right.add(candidate.get(i));
    }
    return inOrder(left, right, reordered);
  }

  private static ArrayAlignment inOrder(
      List<JsonValue> left, List<JsonValue> right, boolean reordered) {
    int both = Math.min(left.size(), right.size());
    List<Pair> pairs = new ArrayList<>(both);
    for (int i = 0; i < both; i++) {
      pairs.add(new Pair(left.get(i), right.get(i)));
    }
    return new ArrayAlignment(
        pairs, left.subList(both, left.size()), right.subList(both, right.size()), reordered);
  }
}
