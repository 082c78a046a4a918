package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import dev.banyan.parity.JsonValue.JsonArray;
import dev.banyan.parity.JsonValue.JsonNumber;
import dev.banyan.parity.JsonValue.JsonObject;
import dev.banyan.parity.JsonValue.JsonString;
import dev.banyan.parity.JsonValue.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Walks two JSON values side by side and reports every place where they differ.
///
/// Begins at [#compare]; equal lexemes end the walk at once. A member that the candidate lost
/// breaks clients, and so does null where there was nothing; any other added member is risky only,
/// because most clients pass over what they do not know. Used by one thread.
final class JsonComparison {

  /// Of a value that is shown in a difference, in bytes.
  private static final int EXCERPT = 256;

  private final Differences differences;

  JsonComparison(Differences differences) {
    this.differences = differences;
  }

  void compare(JsonPath path, JsonValue legacy, JsonValue candidate) {
    if (legacy.lexeme().sameBytes(candidate.lexeme())) {
      return;
    }
    if (legacy instanceof JsonObject left && candidate instanceof JsonObject right) {
      objects(path, left, right);
    } else if (legacy instanceof JsonArray left && candidate instanceof JsonArray right) {
      arrays(path, left, right);
    } else if (legacy instanceof JsonString left && candidate instanceof JsonString right) {
      strings(path, left, right);
    } else if (legacy instanceof JsonNumber && candidate instanceof JsonNumber) {
      numbers(path, legacy, candidate);
    } else {
      Kind kind = legacy.type().equals(candidate.type()) ? Kind.VALUE : Kind.TYPE;
      report(path, kind, Severity.BREAKING, legacy, candidate);
    }
  }

  private void objects(JsonPath path, JsonObject legacy, JsonObject candidate) {
    Map<String, List<Member>> theirs = JsonEquality.byKey(candidate);
    Map<String, List<Member>> ours = JsonEquality.byKey(legacy);
    for (Member member : legacy.members()) {
      String key = member.key().text();
      List<Member> left = ours.remove(key);
      if (left != null) {
        List<Member> right = theirs.remove(key);
        members(path.key(key), left, right == null ? List.of() : right);
      }
    }
    for (Member member : candidate.members()) {
      String key = member.key().text();
      List<Member> right = theirs.remove(key);
      if (right != null) {
        members(path.key(key), List.of(), right);
      }
    }
    keyOrder(path, legacy, candidate);
  }

  /// The members of one key on both sides. The last ones meet first, because most parsers keep the
  /// last; those that are then left over were only seen by the others.
  private void members(JsonPath path, List<Member> legacy, List<Member> candidate) {
    int left = legacy.size() - 1;
    int right = candidate.size() - 1;
    for (; left >= 0 && right >= 0; left--, right--) {
      Lexeme leftKey = legacy.get(left).key().lexeme();
      Lexeme rightKey = candidate.get(right).key().lexeme();
      if (!leftKey.sameBytes(rightKey)) {
        differences.add(
            "body:" + path,
            Kind.SPELLING,
            Severity.COSMETIC,
            leftKey.excerpt(EXCERPT),
            rightKey.excerpt(EXCERPT));
      }
      compare(path, legacy.get(left).value(), candidate.get(right).value());
    }
    boolean duplicate = !legacy.isEmpty() && !candidate.isEmpty();
    for (; left >= 0; left--) {
      Severity severity = duplicate ? Severity.RISKY : Severity.BREAKING;
      report(path, Kind.MISSING, severity, legacy.get(left).value(), null);
    }
    for (; right >= 0; right--) {
      JsonValue value = candidate.get(right).value();
      boolean nullForAbsent = !duplicate && value instanceof JsonValue.JsonNull;
      Severity severity = nullForAbsent ? Severity.BREAKING : Severity.RISKY;
      report(path, Kind.EXTRA, severity, null, value);
    }
  }

  private void keyOrder(JsonPath path, JsonObject legacy, JsonObject candidate) {
    List<String> left = legacy.members().stream().map(member -> member.key().text()).toList();
    List<String> right = candidate.members().stream().map(member -> member.key().text()).toList();
    if (!left.equals(right) && left.size() == right.size() && sorted(left).equals(sorted(right))) {
      report(path, Kind.ORDER, Severity.COSMETIC, legacy, candidate);
    }
  }

  private static List<String> sorted(List<String> keys) {
    List<String> sorted = new ArrayList<>(keys);
    sorted.sort(null);
    return sorted;
  }

  private void arrays(JsonPath path, JsonArray legacy, JsonArray candidate) {
    ArrayAlignment alignment = ArrayAlignment.of(legacy.elements(), candidate.elements());
    JsonPath element = path.element();
    for (ArrayAlignment.Pair pair : alignment.pairs()) {
      compare(element, pair.legacy(), pair.candidate());
    }
    for (JsonValue lost : alignment.missing()) {
      report(element, Kind.MISSING, Severity.BREAKING, lost, null);
    }
    for (JsonValue added : alignment.extra()) {
      report(element, Kind.EXTRA, Severity.BREAKING, null, added);
    }
    if (alignment.reordered()) {
      report(path, Kind.ORDER, Severity.RISKY, legacy, candidate);
    }
  }

  private void strings(JsonPath path, JsonString legacy, JsonString candidate) {
    if (legacy.saysTheSame(candidate)) {
      report(path, Kind.SPELLING, Severity.COSMETIC, legacy, candidate);
      return;
    }
    switch (Timestamp.relate(legacy.text(), candidate.text())) {
      case SAME -> report(path, Kind.SPELLING, Severity.RISKY, legacy, candidate);
      case PRECISION -> report(path, Kind.VALUE, Severity.RISKY, legacy, candidate);
      case OTHER -> report(path, Kind.VALUE, Severity.BREAKING, legacy, candidate);
    }
  }

  private void numbers(JsonPath path, JsonValue legacy, JsonValue candidate) {
    if (ExactNumber.equal(legacy.lexeme().toString(), candidate.lexeme().toString())) {
      report(path, Kind.SPELLING, Severity.RISKY, legacy, candidate);
    } else {
      report(path, Kind.VALUE, Severity.BREAKING, legacy, candidate);
    }
  }

  private void report(
      JsonPath path,
      Kind kind,
      Severity severity,
      @Nullable JsonValue legacy,
      @Nullable JsonValue candidate) {
    differences.add("body:" + path, kind, severity, shown(legacy), shown(candidate));
  }

  private static @Nullable String shown(@Nullable JsonValue value) {
    return value == null ? null : value.lexeme().excerpt(EXCERPT);
  }
}
