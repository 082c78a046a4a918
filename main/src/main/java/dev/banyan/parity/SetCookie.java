package dev.banyan.parity;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// One `Set-Cookie` line by its parts (RFC 6265 section 4.1). The cookie's value is not kept: it is
/// a session's secret, and two systems never hand out the same one.
///
/// @param attributes by lower-case name; `expires` without its date, which moves with the clock
record SetCookie(String name, Map<String, String> attributes) {

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
    return new SetCookie(name, attributes);
  }

  private static String plain(String name, String value) {
    return switch (name) {
      case "expires" -> "";
      case "samesite", "domain" -> value.toLowerCase(Locale.ROOT);
      default -> value;
    };
  }

  /// The attributes alone, in one order.
  String shown() {
    StringBuilder shown = new StringBuilder();
    new TreeMap<>(attributes)
        .forEach((name, value) ->
            shown
                .append(shown.isEmpty() ? "" : "; ")
                .append(name)
                .append(value.isEmpty() ? "" : "=" + value));
    return shown.isEmpty() ? "no attributes" : shown.toString();
  }
}
