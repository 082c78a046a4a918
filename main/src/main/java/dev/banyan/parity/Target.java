package dev.banyan.parity;

import dev.banyan.migration.Severity;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Where a `Location` leads, by the parts of the URL.
///
/// @param origin scheme and authority in lower case, without the scheme's own port; empty where the
///   reference is relative
/// @param path as written, the digits of its escapes in upper case
record Target(String origin, String path, String query, String fragment) {

  /// How bad it is that one answer leads to a place and the other to another one.
  ///
  /// Another origin, path or query leads elsewhere. A slash at the end, the order of parameters, a
  /// fragment, a slash that is escaped, and a full URL for a relative reference to the same place
  /// may all be passed over by clients, or may not.
  static Severity severity(String legacy, String candidate) {
    Target left = read(legacy);
    Target right = read(candidate);
    if (left == null || right == null) {
      return Severity.BREAKING;
    }
    if (left.equals(right)) {
      return Severity.COSMETIC;
    }
    boolean sameOrigin =
        left.origin.equals(right.origin) || left.origin.isEmpty() || right.origin.isEmpty();
    boolean same =
        sameOrigin
            && plain(left.path).equals(plain(right.path))
            && sorted(left.query).equals(sorted(right.query));
    return same ? Severity.RISKY : Severity.BREAKING;
  }

  private static @Nullable Target read(String written) {
    try {
      URI uri = new URI(written.strip());
      if (uri.isOpaque()) {
        return null;
      }
      return new Target(
          origin(uri),
          upperEscapes(Objects.requireNonNullElse(uri.getRawPath(), "")),
          upperEscapes(Objects.requireNonNullElse(uri.getRawQuery(), "")),
          Objects.requireNonNullElse(uri.getRawFragment(), ""));
    } catch (URISyntaxException _) {
      // no URL: then only the same text is the same target
      return null;
    }
  }

  private static String origin(URI uri) {
    if (uri.getRawAuthority() == null) {
      return "";
    }
    String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    String authority = uri.getRawAuthority().toLowerCase(Locale.ROOT);
    String ownPort = scheme.equals("https") ? ":443" : scheme.equals("http") ? ":80" : "";
    boolean needless = !ownPort.isEmpty() && authority.endsWith(ownPort);
    return scheme
        + "://"
        + (needless ? authority.substring(0, authority.length() - ownPort.length()) : authority);
  }

  /// `%2f` and `%2F` are the same octet (RFC 3986 section 6.2.2.1).
  private static String upperEscapes(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder upper = new StringBuilder(text);
    for (int i = text.indexOf('%'); i >= 0; i = text.indexOf('%', i + 1)) {
      for (int j = i + 1; j < Math.min(i + 3, text.length()); j++) {
        upper.setCharAt(j, Character.toUpperCase(text.charAt(j)));
      }
    }
    return upper.toString();
  }

  private static String plain(String path) {
    String slashes = path.replace("%2F", "/");
    return slashes.endsWith("/") ? slashes.substring(0, slashes.length() - 1) : slashes;
  }

  private static String sorted(String query) {
    String[] parameters = query.replace("+", "%20").split("&", -1);
    Arrays.sort(parameters);
    return String.join("&", parameters);
  }
}
