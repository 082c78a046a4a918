package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks two JSON texts side by side and reports every place where they differ.
///
/// Begins at [#compare]; values that mean the same are passed over whole, so that only the way to a
/// difference is walked. A member that the candidate lost breaks clients, and so does null where
/// there was nothing; any other added member is risky only, because most clients pass over what
/// they do not know. Used by one thread.
final class JsonComparison {

  /// Of a value that is shown in a difference, in bytes.
  private static final int EXCERPT = 256;

  private final JsonTape left;
  private final JsonTape right;
  private final JsonEquality equality;
  private final Differences differences;

  JsonComparison(JsonTape legacy, JsonTape candidate, Differences differences) {
    this.left = legacy;
    this.right = candidate;
    this.equality = new JsonEquality(legacy, candidate);
    this.differences = differences;
  }

  /// Compares the whole texts.
  void compare(JsonPath root) {
    if (!equality.same(0, 0)) {
      unequal(root, 0, 0);
    }
  }

  private void unequal(JsonPath path, int legacy, int candidate) {
    if (left.isObject(legacy) && right.isObject(candidate)) {
      if (equality.sameKeys(legacy, candidate)) {
        inPlace(path, legacy, candidate);
      } else {
        objects(path, legacy, candidate);
      }
    } else if (left.isArray(legacy) && right.isArray(candidate)) {
      arrays(path, legacy, candidate);
    } else if (left.isString(legacy) && right.isString(candidate)) {
      strings(path, legacy, candidate);
    } else if (left.isNumber(legacy) && right.isNumber(candidate)) {
      boolean equal = ExactNumber.equal(left.lexeme(legacy), right.lexeme(candidate));
      report(
          path,
          equal ? Kind.SPELLING : Kind.VALUE,
          equal ? Severity.RISKY : Severity.BREAKING,
          legacy,
          candidate);
    } else {
      Kind kind = left.type(legacy).equals(right.type(candidate)) ? Kind.VALUE : Kind.TYPE;
      report(path, kind, Severity.BREAKING, legacy, candidate);
    }
  }

  /// Two objects with the same keys in the same order.
  private void inPlace(JsonPath path, int legacy, int candidate) {
    int b = candidate + 1;
    for (int a = legacy + 1; a < left.after(legacy); a = left.after(a + 1)) {
      if (!equality.same(a + 1, b + 1)) {
        unequal(path.key(left.text(a)), a + 1, b + 1);
      }
      b = right.after(b + 1);
    }
  }

  private void objects(JsonPath path, int legacy, int candidate) {
    Map<String, List<Integer>> ours = JsonEquality.byKey(left, legacy);
    Map<String, List<Integer>> theirs = JsonEquality.byKey(right, candidate);
    Set<String> keys = new LinkedHashSet<>(ours.keySet());
    keys.addAll(theirs.keySet());
    boolean sameCounts = true;
    for (String key : keys) {
      List<Integer> a = ours.getOrDefault(key, List.of());
      List<Integer> b = theirs.getOrDefault(key, List.of());
      sameCounts &= a.size() == b.size();
      members(path.key(key), a, b);
    }
    if (sameCounts) {
      // the keys are the same ones, and not in the same order, or this would be done in place
      report(path, Kind.ORDER, Severity.COSMETIC, legacy, candidate);
    }
  }

  /// The members of one key on both sides. The last ones meet first, because most parsers keep the
  /// last; those that are then left over were only seen by the others.
  private void members(JsonPath path, List<Integer> legacy, List<Integer> candidate) {
    int a = legacy.size() - 1;
    int b = candidate.size() - 1;
    for (; a >= 0 && b >= 0; a--, b--) {
      if (!equality.same(legacy.get(a) + 1, candidate.get(b) + 1)) {
        unequal(path, legacy.get(a) + 1, candidate.get(b) + 1);
      }
    }
    boolean duplicate = !legacy.isEmpty() && !candidate.isEmpty();
    for (; a >= 0; a--) {
      report(
          path,
          Kind.MISSING,
          duplicate ? Severity.RISKY : Severity.BREAKING,
          legacy.get(a) + 1,
          -1);
    }
    for (; b >= 0; b--) {
      int value = candidate.get(b) + 1;
      boolean nullForAbsent = !duplicate && right.isNull(value);
      report(path, Kind.EXTRA, nullForAbsent ? Severity.BREAKING : Severity.RISKY, -1, value);
    }
  }

  private void arrays(JsonPath path, int legacy, int candidate) {
    JsonPath element = path.element();
    ArrayAlignment alignment =
        ArrayAlignment.of(
            equality,
            legacy,
            candidate,
            (key, id) ->
                differences.partner("body:" + (key.isEmpty() ? element : element.key(key)), id));
    for (ArrayAlignment.Pair pair : alignment.pairs()) {
      if (!equality.same(pair.legacy(), pair.candidate())) {
        unequal(element, pair.legacy(), pair.candidate());
      }
    }
    for (int lost : alignment.missing()) {
      report(element, Kind.MISSING, Severity.BREAKING, lost, -1);
    }
    for (int added : alignment.extra()) {
      report(element, Kind.EXTRA, Severity.BREAKING, -1, added);
    }
    if (alignment.reordered()) {
      report(path, Kind.ORDER, Severity.RISKY, legacy, candidate);
    }
  }

  private void strings(JsonPath path, int legacy, int candidate) {
    switch (Timestamp.relate(left.text(legacy), right.text(candidate))) {
      case SAME -> report(path, Kind.SPELLING, Severity.RISKY, legacy, candidate);
      case PRECISION -> report(path, Kind.VALUE, Severity.RISKY, legacy, candidate);
      case OTHER -> report(path, Kind.VALUE, Severity.BREAKING, legacy, candidate);
    }
  }

  /// A node of -1 stands for a value that is not there.
  private void report(JsonPath path, Kind kind, Severity severity, int legacy, int candidate) {
    String where = "body:" + path;
    if (!differences.has(where, kind, severity)) {
      differences.add(where, kind, severity, shown(left, legacy), shown(right, candidate));
    }
  }

  private static @Nullable String shown(JsonTape tape, int node) {
    return node < 0 ? null : tape.excerpt(node, EXCERPT);
  }
}
