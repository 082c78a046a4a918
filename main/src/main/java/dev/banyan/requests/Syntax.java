package dev.banyan.requests;

import dev.banyan.exchange.Headers;
import dev.banyan.exchange.Headers.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What the parts of a request must look like to be sent again.
final class Syntax {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
  private static final Pattern ABSOLUTE =
      Pattern.compile("(?i)(https?)://([^/?#\\s]+)([/?#].*)?", Pattern.DOTALL);

  /// Of one connection, and of the way a message was framed on it (RFC 9110, section 7.6.1).
  private static final Set<String> OF_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private Syntax() {}

  /// RFC 9110, section 5.6.2: what a method and a header's name may be.
  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /// `https://host:port` in lower case, or null where a URL is not one of HTTP.
  static @Nullable String origin(String url) {
    Matcher match = ABSOLUTE.matcher(url);
    return match.matches()
        ? (match.group(1) + "://" + match.group(2)).toLowerCase(Locale.ROOT)
        : null;
  }

  /// Path and query of a URL or of a request line, or null where there is no path.
  static @Nullable String target(String url) {
    String rest = url;
    Matcher match = ABSOLUTE.matcher(url);
    if (match.matches()) {
      String behind = match.group(3);
      rest = behind == null ? "/" : behind.startsWith("/") ? behind : "/" + behind;
    }
    int fragment = rest.indexOf('#');
    if (fragment >= 0) {
      rest = rest.substring(0, fragment);
    }
    return rest.startsWith("/") ? sendable(rest) : null;
  }

  /// Percent-encodes what can not stand in a request line, and leaves all else as it is.
  private static String sendable(String target) {
    if (target.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      return target;
    }
    StringBuilder encoded = new StringBuilder(target.length() + 16);
    for (byte b : target.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7F) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(hex(b >> 4)).append(hex(b));
      }
    }
    return encoded.toString();
  }

  static char hex(int number) {
    return Character.toUpperCase(Character.forDigit(number & 15, 16));
  }

  /// The fields without those that belong to one connection or to HTTP/2's framing.
  static Headers endToEnd(List<Field> fields) {
    Set<String> named = new HashSet<>();
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase("connection")) {
        for (String name : field.value().split(",", -1)) {
          named.add(name.strip().toLowerCase(Locale.ROOT));
        }
      }
    }
    List<Field> kept = new ArrayList<>();
    for (Field field : fields) {
      String name = field.name().toLowerCase(Locale.ROOT);
      if (!name.startsWith(":") && !OF_CONNECTION.contains(name) && !named.contains(name)) {
        kept.add(field);
      }
    }
    return new Headers(kept);
  }

  /// Whether every field could stand in a head.
  static boolean sendable(Headers headers) {
    return headers.fields().stream()
        .allMatch(field ->
            isToken(field.name())
                && field.value().chars().noneMatch(c -> c == '\r' || c == '\n' || c == 0));
  }

  /// Whether a request asks for a connection of its own instead of an answer.
  static boolean isTunnel(String method, List<Field> fields) {
    return method.equals("CONNECT")
        || fields.stream()
            .anyMatch(field ->
                field.name().equalsIgnoreCase("upgrade")
                    && !field.value().toLowerCase(Locale.ROOT).startsWith("h2c"));
  }

  /// Whether requests with this method have bodies as a rule.
  static boolean usuallyHasBody(String method) {
    return method.equals("POST") || method.equals("PUT") || method.equals("PATCH");
  }
}
