package dev.banyan.acceptance;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One HTTP/1.1 message as it came over the wire.
///
/// @param first the request line or the status line
/// @param headers by lower-case name; fields that came more than once are joined by commas
record Message(String first, Map<String, String> headers, String body) {

  @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  /// A status line's number.
  int status() {
    return Integer.parseInt(first.substring(9, 12));
  }

  /// Who answered: backends name themselves here.
  String server() {
    return headers.getOrDefault("server", "(nobody)");
  }

  /// A request line's method.
  String method() {
    return first.substring(0, first.indexOf(' '));
  }

  /// A request line's target, exactly as it was sent.
  String target() {
    return first.substring(first.indexOf(' ') + 1, first.lastIndexOf(' '));
  }

  static void add(Map<String, String> headers, String line) {
    int colon = line.indexOf(':');
    headers.merge(
        line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
        line.substring(colon + 1).strip(),
        (before, more) -> before + ", " + more);
  }

  static Map<String, String> noFields() {
    return new TreeMap<>();
  }
}
