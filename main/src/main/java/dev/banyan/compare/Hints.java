package dev.banyan.compare;

import dev.banyan.exchange.Difference.Kind;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The usual cause of a difference, as far as its look tells. A table, from exact to vague.
final class Hints {
  private static final Pattern ZONED =
      Pattern.compile("\"?\\d{4}-\\d\\d-\\d\\d[T ].*(Z|[+-]\\d\\d:?\\d\\d)\"?");
  private static final Pattern LOCAL = Pattern.compile("\"?\\d{4}-\\d\\d-\\d\\d[T ][\\d:.]+\"?");
  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

  private static final String LOST_ZONE = "the time zone is lost on one side";

  private Hints() {}

  /// @param where the part, with or without `effect `
  /// @param field the header's name or the path in the body
  static Optional<String> of(
      String where, String field, Kind kind, @Nullable String legacy, @Nullable String candidate) {
    String left = legacy == null ? "" : legacy;
    String right = candidate == null ? "" : candidate;
    if (where.startsWith("effect ")) {
      // what only looks otherwise would look so without the write, too
      String form = where.equals("effect body") ? form(field, kind, left, right) : "";
      return Optional.of(form.isEmpty() ? effect(where, kind) : form);
    }
    String hint =
        switch (where) {
          case "status" -> status(left, right);
          case "header" -> header(field.toLowerCase(Locale.ROOT), kind, left, right);
          case "body" -> body(field, kind, left, right);
          case "id" -> "one row on one side stands for two on the other";
          case "answer" -> "the side broke down, or is slower than the timeout";
          default -> "";
        };
    return hint.isEmpty() ? Optional.empty() : Optional.of(hint);
  }

  private static String effect(String where, Kind kind) {
    return switch (kind) {
      case EXTRA -> "the write left behind what it should have removed, or wrote too much";
      case MISSING -> "the write wiped or never stored what it was not told to change";
      case ORDER -> "the write is stored, and comes back in another order";
      case VALUE, TYPE, SPELLING, UNDECODABLE, FAILED ->
          where.equals("effect status")
              ? "a check of the owner, or the deletion itself, is missing on one side"
              : "the write stored another value, or a reference the wrong way round";
    };
  }

  private static String status(String legacy, String candidate) {
    return switch (legacy + " " + candidate) {
      case "404 405", "405 404" -> "the route exists for other methods on one side only";
      case "200 204", "204 200" -> "an empty answer, with and without a body";
      case "200 201", "201 200" -> "created against plain success";
      case "401 403", "403 401" -> "who is not logged in against who may not";
      case "400 422", "422 400" -> "two names for a request that fails validation";
      case "200 301", "200 302", "200 307", "200 308" ->
          "a redirect, often to add or remove a slash at the end";
      case "302 301", "301 302", "302 303", "303 302", "307 302", "308 301" ->
          "another kind of redirect";
      default -> candidate.startsWith("5") ? "the candidate fails" : "";
    };
  }

  private static String header(String name, Kind kind, String legacy, String candidate) {
    if (name.equals("content-type")) {
      String both = (legacy + candidate).toLowerCase(Locale.ROOT);
      return both.contains("charset")
          ? "the framework's default charset"
          : "the framework's default media type";
    }
    if (name.equals("location")) {
      boolean slash = legacy.equals(candidate + "/") || candidate.equals(legacy + "/");
      return slash
          ? "a slash at the end"
          : candidate.contains("://") == legacy.contains("://")
              ? ""
              : "a full URL against a relative one";
    }
    if (name.startsWith("set-cookie")) {
      return "the framework's defaults for cookies: Path, SameSite, Secure, HttpOnly";
    }
    if (name.startsWith("access-control-")) {
      return "CORS is configured elsewhere, or not at all";
    }
    return kind == Kind.MISSING || kind == Kind.EXTRA
        ? "set by a filter or a proxy of one side"
        : "";
  }

  /// Of an effect: what is another form of the same, and no other effect.
  private static String form(String field, Kind kind, String legacy, String candidate) {
    boolean absentOrNull =
        (kind == Kind.MISSING || kind == Kind.EXTRA)
            && (legacy.isEmpty() ? candidate : legacy).equals("null");
    boolean zone = kind == Kind.VALUE && value(legacy, candidate).equals(LOST_ZONE);
    return absentOrNull || zone || kind == Kind.TYPE || kind == Kind.SPELLING
        ? body(field, kind, legacy, candidate)
        : "";
  }

  private static String body(String field, Kind kind, String legacy, String candidate) {
    return switch (kind) {
      case TYPE -> type(legacy, candidate);
      case SPELLING -> "another serializer, or another precision of numbers or dates";
      case ORDER -> "no ORDER BY, or another one";
      case UNDECODABLE -> "the body is not what its Content-Type says";
      case MISSING, EXTRA -> member(field, legacy.isEmpty() ? candidate : legacy);
      case VALUE -> value(legacy, candidate);
      case FAILED -> "";
    };
  }

  private static String type(String legacy, String candidate) {
    boolean quoted = legacy.startsWith("\"") != candidate.startsWith("\"");
    String one = legacy.replace("\"", "");
    if (quoted && one.equals(candidate.replace("\"", ""))) {
      return NUMBER.matcher(one).matches()
          ? "a number against its string"
          : "quoted on one side only";
    }
    if (legacy.equals("null") || candidate.equals("null")) {
      return "null against a value";
    }
    boolean list = legacy.startsWith("[") && candidate.startsWith("{");
    boolean object = legacy.startsWith("{") && candidate.startsWith("[");
    return list || object ? "a list against an object, such as an envelope around it" : "";
  }

  private static String member(String field, String value) {
    if (value.equals("null")) {
      return "null is left out on one side and written on the other";
    }
    String name = field.substring(field.lastIndexOf('.') + 1);
    boolean snake = name.indexOf('_') > 0;
    boolean camel = name.chars().skip(1).anyMatch(Character::isUpperCase);
    return snake || camel ? "the naming of fields: snake_case against camelCase" : "";
  }

  private static String value(String legacy, String candidate) {
    if (ZONED.matcher(legacy).matches() != ZONED.matcher(candidate).matches()
        && (LOCAL.matcher(legacy).matches() || LOCAL.matcher(candidate).matches())) {
      return LOST_ZONE;
    }
    if (ZONED.matcher(legacy).matches() && ZONED.matcher(candidate).matches()) {
      return "another time zone, or another clock";
    }
    if (legacy.equalsIgnoreCase(candidate)) {
      return "upper and lower case";
    }
    if (NUMBER.matcher(legacy).matches() && NUMBER.matcher(candidate).matches()) {
      return legacy.length() > 15 ? "an integer went through a double" : "";
    }
    return "";
  }
}
