package dev.banyan.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Whether two values are equal to any client: apart from white space, the order of keys and the
/// way of escaping, nothing may differ. `1` and `1.0` are not equal here.
///
/// @param left the tape that the first node of each pair is of
/// @param right the tape of the second
record JsonEquality(JsonTape left, JsonTape right) {

  boolean same(int ours, int theirs) {
    if (left.hash(ours) != right.hash(theirs)) {
      return false;
    }
    if (left.sameBytes(ours, right, theirs)) {
      return true;
    }
    if (left.isObject(ours)) {
      return right.isObject(theirs)
          && (sameKeys(ours, theirs) ? sameInside(ours, theirs) : sameMembers(ours, theirs));
    }
    if (left.isArray(ours)) {
      return right.isArray(theirs) && sameInside(ours, theirs);
    }
    return left.isString(ours) && right.isString(theirs) && left.saysTheSame(ours, right, theirs);
  }

  /// Children in pairs, keys of objects among them.
  private boolean sameInside(int ours, int theirs) {
    int end = left.after(ours);
    int theirEnd = right.after(theirs);
    int a = ours + 1;
    int b = theirs + 1;
    while (a < end && b < theirEnd && same(a, b)) {
      a = left.after(a);
      b = right.after(b);
    }
    return a == end && b == theirEnd;
  }

  /// Whether two objects have the same keys in the same order.
  boolean sameKeys(int ours, int theirs) {
    int end = left.after(ours);
    int theirEnd = right.after(theirs);
    int a = ours + 1;
    int b = theirs + 1;
    while (a < end && b < theirEnd && left.saysTheSame(a, right, b)) {
      a = left.after(a + 1);
      b = right.after(b + 1);
    }
    return a == end && b == theirEnd;
  }

  private boolean sameMembers(int ours, int theirs) {
    Map<String, List<Integer>> members = byKey(left, ours);
    Map<String, List<Integer>> others = byKey(right, theirs);
    if (!members.keySet().equals(others.keySet())) {
      return false;
    }
    for (Map.Entry<String, List<Integer>> entry : members.entrySet()) {
      List<Integer> a = entry.getValue();
      List<Integer> b = others.getOrDefault(entry.getKey(), List.of());
      if (a.size() != b.size()) {
        return false;
      }
      for (int i = 0; i < a.size(); i++) {
        if (!same(a.get(i) + 1, b.get(i) + 1)) {
          return false;
        }
      }
    }
    return true;
  }

  /// The keys' nodes by what they say, in the order of the text. A key's value is the next node.
  static Map<String, List<Integer>> byKey(JsonTape tape, int object) {
    Map<String, List<Integer>> members = new LinkedHashMap<>();
    for (int key = object + 1; key < tape.after(object); key = tape.after(key + 1)) {
      members.computeIfAbsent(tape.text(key), _ -> new ArrayList<>(1)).add(key);
    }
    return members;
  }
}
