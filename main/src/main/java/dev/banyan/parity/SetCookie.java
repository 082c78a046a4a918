package dev.banyan.parity;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// One `Set-Cookie` line by its parts (RFC 6265 section 4.1). The cookie's value is not kept: it is
/// a session's secret, and two systems never hand out the same one. Whether there is one is:
/// setting a cookie to nothing, or to end in the past, is how a session is ended.
///
/// @param empty whether the cookie's value is nothing
/// @param attributes by lower-case name; `expires` without its date, which moves with the clock
record SetCookie(String name, boolean empty, Map<String, String> attributes) {

  /// How a date of the last century ends a cookie; no living one has it.
  private static final Pattern PAST = Pattern.compile(".*[ -]19[0-9]{2}\\b.*");

  SetCookie {
    attributes = Map.copyOf(attributes);
  }

  /// Reads a line. One without an equals sign is a cookie without a name, as browsers take it.
  static SetCookie parse(String line) {
    String[] parts = line.split(";", -1);
    int equals = parts[0].indexOf('=');
    Map<String, String> attributes = new TreeMap<>();
    for (int i = 1; i < parts.length; i++) {
      String[] attribute = parts[i].split("=", 2);
      String key = attribute[0].strip().toLowerCase(Locale.ROOT);
      String value = attribute.length > 1 ? attribute[1].strip() : "";
      if (!key.isEmpty()) {
        attributes.put(key, plain(key, value));
      }
    }
    String name = equals < 0 ? "" : parts[0].substring(0, equals).strip();
    boolean empty = parts[0].substring(equals + 1).replace("\"", "").isBlank();
    return new SetCookie(name, empty, attributes);
  }

  private static String plain(String name, String value) {
    return switch (name) {
      case "expires" -> PAST.matcher(value).matches() ? "(past)" : "";
      case "samesite", "domain" -> value.toLowerCase(Locale.ROOT);
      default -> value;
    };
  }

  /// Without the value, in one order.
  String shown() {
    StringBuilder shown = new StringBuilder(empty ? "no value" : "");
    new TreeMap<>(attributes)
        .forEach((name, value) ->
            shown
                .append(shown.isEmpty() ? "" : "; ")
                .append(name)
                .append(value.isEmpty() ? "" : "=" + value));
    return shown.isEmpty() ? "no attributes" : shown.toString();
  }
}
