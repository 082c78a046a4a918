package dev.banyan.parity;

import dev.banyan.parity.JsonValue.JsonArray;
import dev.banyan.parity.JsonValue.JsonBoolean;
import dev.banyan.parity.JsonValue.JsonNull;
import dev.banyan.parity.JsonValue.JsonNumber;
import dev.banyan.parity.JsonValue.JsonObject;
import dev.banyan.parity.JsonValue.JsonString;
import dev.banyan.parity.JsonValue.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whether two values are equal to any client: apart from white space, the order of keys and the
/// way of escaping, nothing may differ. `1` and `1.0` are not equal here.
final class JsonEquality {
  private JsonEquality() {}

  static boolean same(JsonValue left, JsonValue right) {
    if (left.hash() != right.hash()) {
      return false;
    }
    if (left.lexeme().sameBytes(right.lexeme())) {
      return true;
    }
    return switch (left) {
      case JsonObject object -> right instanceof JsonObject other && sameMembers(object, other);
      case JsonArray array ->
          right instanceof JsonArray other && sameElements(array.elements(), other.elements());
      case JsonString string -> right instanceof JsonString other && string.saysTheSame(other);
      case JsonNumber _, JsonBoolean _, JsonNull _ -> false;
    };
  }

  private static boolean sameElements(List<JsonValue> left, List<JsonValue> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!same(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMembers(JsonObject left, JsonObject right) {
    if (left.members().size() != right.members().size()) {
      return false;
    }
    Map<String, List<Member>> others = byKey(right);
    for (Map.Entry<String, List<Member>> entry : byKey(left).entrySet()) {
      List<Member> theirs = others.get(entry.getKey());
      if (theirs == null
          || !sameElements(
              entry.getValue().stream().map(Member::value).toList(),
              theirs.stream().map(Member::value).toList())) {
        return false;
      }
    }
    return true;
  }

  /// Members by what their key says; those with equal keys in the order of the text.
  static Map<String, List<Member>> byKey(JsonObject object) {
    Map<String, List<Member>> members = HashMap.newHashMap(object.members().size());
    for (Member member : object.members()) {
      members.computeIfAbsent(member.key().text(), _ -> new ArrayList<>(1)).add(member);
    }
    return members;
  }
}
