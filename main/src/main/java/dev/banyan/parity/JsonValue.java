package dev.banyan.parity;

import java.util.List;

/// A JSON value that remembers how it was written: nothing is rounded, merged, sorted or unescaped.
sealed interface JsonValue {

  /// The whole value as it stood.
  Lexeme lexeme();

  /// Equal for values that mean the same apart from the order of keys and the way of escaping.
  /// Equal hashes prove nothing: [JsonEquality] does.
  long hash();

  /// The value's type as people call it.
  default String type() {
    return switch (this) {
      case JsonObject _ -> "object";
      case JsonArray _ -> "array";
      case JsonString _ -> "string";
      case JsonNumber _ -> "number";
      case JsonBoolean _ -> "boolean";
      case JsonNull _ -> "null";
    };
  }

  /// Members in the order of the text, those with equal keys included.
  record JsonObject(Lexeme lexeme, List<Member> members, long hash) implements JsonValue {
    public JsonObject {
      members = List.copyOf(members);
    }
  }

  /// One key and its value.
  record Member(JsonString key, JsonValue value) {}

  record JsonArray(Lexeme lexeme, List<JsonValue> elements, long hash) implements JsonValue {
    public JsonArray {
      elements = List.copyOf(elements);
    }
  }

  record JsonString(Lexeme lexeme, boolean escaped, long hash) implements JsonValue {
    /// What the string says once its escapes are undone.
    String text() {
      return escaped ? JsonParser.unescape(lexeme) : lexeme.inner().toString();
    }

    /// Whether two strings say the same, however they are written.
    boolean saysTheSame(JsonString other) {
      if (!escaped && !other.escaped) {
        return lexeme.sameBytes(other.lexeme);
      }
      return text().equals(other.text());
    }
  }

  record JsonNumber(Lexeme lexeme, long hash) implements JsonValue {}

  record JsonBoolean(Lexeme lexeme, long hash) implements JsonValue {}

  record JsonNull(Lexeme lexeme, long hash) implements JsonValue {}
}
