package dev.banyan.routing;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The ways in which servers may read one path.
///
/// Servers agree on most paths and part ways over a few spellings: one resolves `..` and another
/// takes it for a name, one decodes `%2F` before it splits the path and another after it. Each such
/// habit is a function here, applied to a whole path. What any server may make of a path is then
/// what habits make of it, some or all of them, in any order and as often as they still change
/// something: the closure of the path under the habits.
///
/// Whether the closure has to be formed at all is one scan without allocation.
final class PathReadings {
  /// Bounds on the work for one path, in readings and in all their characters. Nothing that a
  /// client sends in good faith comes near: a path in which one habit finds something has two
  /// readings.
  static final int MOST = 64;

  static final int MOST_CHARACTERS = 64 * 1024;

  /// What some servers do to a path before they look at it, and others do not. None of them makes a
  /// path longer, and none undoes another, so that the closure is finite.
  private static final List<UnaryOperator<String>> HABITS =
      List.of(
          // RFC 3986 §5.2.4.
          path -> resolveDots(path, false),
          // The same where decoding comes first (§6.2.2.2): %2e is a dot.
          path -> resolveDots(path, true),
          PathReadings::mergeSlashes,
          // RFC 3986 §3.2: what follows two slashes at the start of a reference is an authority.
          PathReadings::skipAuthority,
          path -> decode(path, "%2f", '/'),
          path -> decode(path, "%5c", '\\'),
          // As the URL standard of browsers does, and servers on Windows.
          path -> path.replace('\\', '/'),
          // RFC 3986 §3.3: some servers hold what follows a semicolon for no part of the name.
          PathReadings::dropParameters,
          // A server behind a server that passes on what it has decoded.
          path -> decode(path, "%25", '%'));

  private PathReadings() {}

  /// Whether all servers read a target's path alike, as far as is known.
  ///
  /// @param end where the path ends and the query begins
  static boolean isPlain(String target, int end) {
    char before = 0;
    for (int i = 0; i < end; i++) {
      char c = target.charAt(i);
      if (c == ';' || c == '\\' || (before == '/' && (c == '/' || c == '.'))) {
        return false;
      }
      if (c == '%' && isTelling(target, i, end)) {
        return false;
      }
      before = c;
    }
    return true;
  }

  /// Whether a percent sign begins the code of a slash, a backslash or a percent sign, or of a
  /// character that needs none (RFC 3986 §2.3): a dot, say.
  private static boolean isTelling(String target, int percent, int end) {
    int high = percent + 2 < end ? Character.digit(target.charAt(percent + 1), 16) : -1;
    int low = high < 0 ? -1 : Character.digit(target.charAt(percent + 2), 16);
    if (low < 0) {
      return false;
    }
    char coded = (char) (high << 4 | low);
    return coded == '/' || coded == '\\' || coded == '%' || isUnreserved(coded);
  }

  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._~".indexOf(c) >= 0;
  }

  /// A reading for servers that look for a handler without decoding: what is decoded when it is
  /// matched is this reading as it is.
  static String undecoded(String reading) {
    return reading.replace("%", "%25");
  }

  /// Every reading of a path, the path itself first; null where there are more than the bounds
  /// allow.
  static @Nullable Set<String> of(String path) {
    Set<String> readings = new LinkedHashSet<>();
    List<String> open = new ArrayList<>();
    readings.add(path);
    open.add(path);
    int characters = path.length();
    while (!open.isEmpty()) {
      String reading = open.removeLast();
      for (UnaryOperator<String> habit : HABITS) {
        String next = habit.apply(reading);
        if (readings.add(next)) {
          characters += next.length();
          if (readings.size() > MOST || characters > MOST_CHARACTERS) {
            return null;
          }
          open.add(next);
        }
      }
    }
    return readings;
  }

  private static String resolveDots(String path, boolean decoded) {
    if (!path.contains("/.") && !(decoded && path.contains("/%"))) {
      return path;
    }
    String[] segments = path.substring(1).split("/", -1);
    List<String> kept = new ArrayList<>(segments.length);
    for (int i = 0; i < segments.length; i++) {
      String segment = decoded ? decode(segments[i], "%2e", '.') : segments[i];
      boolean up = segment.equals("..");
      if (!up && !segment.equals(".")) {
        kept.add(segments[i]);
        continue;
      }
      if (up && !kept.isEmpty()) {
        kept.removeLast();
      }
      if (i == segments.length - 1) {
        kept.add(""); // it names a folder: the slash stays
      }
    }
    return "/" + String.join("/", kept);
  }

  private static String mergeSlashes(String path) {
    if (!path.contains("//")) {
      return path;
    }
    StringBuilder merged = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) != '/' || i == 0 || path.charAt(i - 1) != '/') {
        merged.append(path.charAt(i));
      }
    }
    return merged.toString();
  }

  private static String skipAuthority(String path) {
    if (!path.startsWith("//")) {
      return path;
    }
    int slash = path.indexOf('/', 2);
    return slash < 0 ? "/" : path.substring(slash);
  }

  private static String dropParameters(String path) {
    if (path.indexOf(';') < 0) {
      return path;
    }
    StringBuilder left = new StringBuilder(path.length());
    boolean within = false;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      within = c != '/' && (within || c == ';');
      if (!within) {
        left.append(c);
      }
    }
    return left.toString();
  }

  /// @param code in lower case
  private static String decode(String path, String code, char meaning) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    String lower = path.toLowerCase(Locale.ROOT);
    int found = lower.indexOf(code);
    if (found < 0) {
      return path;
    }
    StringBuilder decoded = new StringBuilder(path.length());
    int from = 0;
    while (found >= 0) {
      decoded.append(path, from, found).append(meaning);
      from = found + code.length();
      found = lower.indexOf(code, from);
    }
    return decoded.append(path, from, path.length()).toString();
  }
}
