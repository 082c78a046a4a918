package dev.banyan.parity;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which elements of two arrays belong together.
///
/// Equal ends are set aside first: an element put in at the front is then no new order. Of the
/// rest, elements are paired by a key, where every one on both sides is an object with an id-like
/// member that is unique on its side, and at least half of the shorter array has a partner. Ids
/// that the two sides hand out apart are translated before ([Partners]); where any is known, ids by
/// themselves are paired in the same way. Otherwise equal elements are paired first, as in
/// multisets, and those left over by [LeftOver]. Time and memory grow linearly with the arrays.
///
/// @param pairs elements to be compared with each other
/// @param missing elements that only the legacy has
/// @param extra elements that only the candidate has
/// @param reordered whether elements that are surely the same stand in another order
record ArrayAlignment(
    List<Pair> pairs, List<Integer> missing, List<Integer> extra, boolean reordered) {

  /// Two nodes, one of each tape.
  record Pair(int legacy, int candidate) {}

  /// Knows which id of the candidate stands for which of the legacy.
  interface Partners {
    /// @param key the name of the elements' member; empty where the elements are ids themselves
    Optional<String> of(String key, String id);
  }

  private record Key(String name, long hash) {
    boolean isItself() {
      return name.isEmpty();
    }

    static Key of(String name) {
      byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
      return new Key(name, JsonTape.hash(bytes, 0, bytes.length));
    }
  }

  /// Members that are tried as keys, best first.
  private static final List<Key> KEYS =
      List.of(
          Key.of("id"),
          Key.of("_id"),
          Key.of("ID"),
          Key.of("Id"),
          Key.of("uuid"),
          Key.of("guid"),
          Key.of("key"),
          Key.of("code"),
          Key.of("sku"),
          Key.of("slug"),
          Key.of("name"));

  /// The element itself, where it is an id.
  private static final Key ITSELF = Key.of("");

  static ArrayAlignment of(JsonEquality equality, int legacy, int candidate, Partners partners) {
    int[] left = equality.left().elements(legacy);
    int[] right = equality.right().elements(candidate);
    int shorter = Math.min(left.length, right.length);
    int head = 0;
    while (head < shorter && equality.same(left[head], right[head])) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && equality.same(left[left.length - 1 - tail], right[right.length - 1 - tail])) {
      tail++;
    }
    int[] ours = Arrays.copyOfRange(left, head, left.length - tail);
    int[] theirs = Arrays.copyOfRange(right, head, right.length - tail);
    ArrayAlignment keyed = byKey(equality, ours, theirs, head + tail, partners);
    return keyed != null ? keyed : multiset(equality, ours, theirs);
  }

  private static @Nullable ArrayAlignment byKey(
      JsonEquality equality, int[] legacy, int[] candidate, int paired, Partners partners) {
    if (legacy.length == 0 || candidate.length == 0) {
      return null;
    }
    for (Key key : equality.left().isObject(legacy[0]) ? KEYS : List.of(ITSELF)) {
      Optional<Map<String, String>> known = translated(equality.left(), legacy, key, partners);
      if (known.isEmpty()) {
        // no such key, or not on every element
        continue;
      }
      boolean apart = !known.get().isEmpty();
      if (!apart && key.isItself()) {
        return null;
      }
      if (!apart && inPlace(equality, legacy, candidate, key)) {
        return pairs(legacy, candidate);
      }
      Map<String, Integer> left = byKey(equality.left(), legacy, key, known.get());
      Map<String, Integer> right =
          left == null ? null : byKey(equality.right(), candidate, key, Map.of());
      if (left != null && right != null) {
        int common = paired;
        for (String id : left.keySet()) {
          common += right.containsKey(id) ? 1 : 0;
        }
        int shorter = Math.min(legacy.length, candidate.length) + paired;
        if (common > 0 && common * 2 >= shorter) {
          return keyed(left, right);
        }
      }
    }
    return null;
  }

  /// The partners of the elements' ids; empty where not every element has such a key.
  private static Optional<Map<String, String>> translated(
      JsonTape tape, int[] elements, Key key, Partners partners) {
    Map<String, String> translated = new HashMap<>();
    for (int element : elements) {
      int id = idNode(tape, element, key);
      if (id < 0) {
        return Optional.empty();
      }
      String text = text(tape, id);
      partners.of(key.name, text).ifPresent(partner -> translated.put(text, partner));
    }
    return Optional.of(translated);
  }

  /// Whether the keys are the same ones in the same order, which needs no look-up.
  private static boolean inPlace(JsonEquality equality, int[] legacy, int[] candidate, Key key) {
    if (legacy.length != candidate.length) {
      return false;
    }
    for (int i = 0; i < legacy.length; i++) {
      int left = idNode(equality.left(), legacy[i], key);
      int right = idNode(equality.right(), candidate[i], key);
      if (left < 0 || right < 0 || !equality.same(left, right)) {
        return false;
      }
    }
    return true;
  }

  private static ArrayAlignment pairs(int[] legacy, int[] candidate) {
    List<Pair> pairs = new ArrayList<>(legacy.length);
    for (int i = 0; i < legacy.length; i++) {
      pairs.add(new Pair(legacy[i], candidate[i]));
    }
    return new ArrayAlignment(pairs, List.of(), List.of(), false);
  }

  /// Elements by key, or null where they have no such key, or not a unique one.
  private static @Nullable Map<String, Integer> byKey(
      JsonTape tape, int[] elements, Key key, Map<String, String> partners) {
    Map<String, Integer> found = LinkedHashMap.newLinkedHashMap(elements.length);
    for (int element : elements) {
      int id = idNode(tape, element, key);
      if (id < 0) {
        return null;
      }
      String text = text(tape, id);
      if (found.put(partners.getOrDefault(text, text), element) != null) {
        return null;
      }
    }
    return found;
  }

  /// The key's value, a string or a number, or -1.
  private static int idNode(JsonTape tape, int element, Key key) {
    if (key.isItself()) {
      return tape.isString(element) || tape.isNumber(element) ? element : -1;
    }
    if (!tape.isObject(element)) {
      return -1;
    }
    for (int node = element + 1; node < tape.after(element); node = tape.after(node + 1)) {
      if (tape.hash(node) == key.hash && tape.text(node).equals(key.name)) {
        return tape.isString(node + 1) || tape.isNumber(node + 1) ? node + 1 : -1;
      }
    }
    return -1;
  }

  /// `7`, `"7"` and `7.0` are one id.
  private static String text(JsonTape tape, int id) {
    return tape.isNumber(id) ? ExactNumber.plain(tape.lexeme(id)) : tape.text(id);
  }

  private static ArrayAlignment keyed(Map<String, Integer> left, Map<String, Integer> right) {
    List<Pair> pairs = new ArrayList<>();
    List<Integer> missing = new ArrayList<>();
    List<String> leftOrder = new ArrayList<>();
    left.forEach((id, element) -> {
      Integer other = right.get(id);
      if (other == null) {
        missing.add(element);
      } else {
        leftOrder.add(id);
        pairs.add(new Pair(element, other));
      }
    });
    List<Integer> extra = new ArrayList<>();
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

  private static ArrayAlignment multiset(JsonEquality equality, int[] legacy, int[] candidate) {
    Map<Long, Deque<Integer>> places = HashMap.newHashMap(candidate.length);
    for (int i = 0; i < candidate.length; i++) {
      places.computeIfAbsent(equality.right().hash(candidate[i]), _ -> new ArrayDeque<>(1)).add(i);
    }
    BitSet taken = new BitSet(candidate.length);
    List<Integer> left = new ArrayList<>();
    boolean reordered = false;
    int last = -1;
    for (int element : legacy) {
      Deque<Integer> same = places.get(equality.left().hash(element));
      Integer at = same == null ? null : same.peekFirst();
      // two values with one hash only cost a pairing here: what is left over is compared in full
      if (same == null || at == null || !equality.same(element, candidate[at])) {
        left.add(element);
        continue;
      }
      same.removeFirst();
      taken.set(at);
      reordered |= at < last;
      last = at;
    }
    List<Integer> right = new ArrayList<>();
    for (int i = taken.nextClearBit(0); i < candidate.length; i = taken.nextClearBit(i + 1)) {
      right.add(candidate[i]);
    }
    return LeftOver.pair(equality, left, right, reordered);
  }
}
