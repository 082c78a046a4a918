package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Headers;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares two answers' headers by what each header means.
///
/// Never compared are headers of the connection, of the hop, of the moment or of the product that
/// answered ([#IGNORED]). Of some, only the presence counts, because their values can not agree
/// between two systems ([#PRESENCE]). Names are compared without case, and the order of different
/// headers does not matter.
final class HeaderComparison {

  static final Set<String> IGNORED =
      withoutCase(
          "age",
          "alt-svc",
          "connection",
          "content-length",
          "date",
          "keep-alive",
          "proxy-connection",
          "report-to",
          "nel",
          "request-id",
          "server",
          "server-timing",
          "te",
          "traceparent",
          "tracestate",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via",
          "warning",
          "x-cache",
          "x-correlation-id",
          "x-powered-by",
          "x-request-id",
          "x-response-time",
          "x-runtime",
          "x-trace-id");

  private static final Set<String> PRESENCE =
      withoutCase(
          "etag",
          "expires",
          "ratelimit-remaining",
          "ratelimit-reset",
          "retry-after",
          "x-ratelimit-remaining",
          "x-ratelimit-reset");

  /// Headers that tell what a refusal means: compared even where the status differs.
  private static final Set<String> OF_STATUS = withoutCase("allow", "location", "www-authenticate");

  /// Lists of names in which neither order nor case matters.
  private static final Set<String> NAME_LISTS =
      withoutCase(
          "access-control-allow-headers",
          "access-control-allow-methods",
          "access-control-expose-headers",
          "allow",
          "cache-control",
          "vary");

  private static final Set<String> BREAKING_WHEN_LOST =
      withoutCase("allow", "content-type", "location", "set-cookie", "vary", "www-authenticate");

  /// Dates that are compared as such.
  private static final Set<String> DATES = Set.of("last-modified", "sunset");

  private static final Set<String> PROTECTIVE = Set.of("private", "no-store", "no-cache");

  private static final Pattern COMMA = Pattern.compile("[ \\t]*,[ \\t]*");

  private final Differences differences;

  HeaderComparison(Differences differences) {
    this.differences = differences;
  }

  /// Whether both have the same compared headers in the same order, to the letter. Allocates
  /// nothing: most exchanges end here.
  static boolean same(Headers legacy, Headers candidate) {
    List<Headers.Field> left = legacy.fields();
    List<Headers.Field> right = candidate.fields();
    int l = 0;
    int r = 0;
    while (l < left.size() || r < right.size()) {
      if (l < left.size()
          && r < right.size()
          && left.get(l).value().equals(right.get(r).value())
          && left.get(l).name().equalsIgnoreCase(right.get(r).name())) {
        l++;
        r++;
      } else if (l < left.size() && IGNORED.contains(left.get(l).name())) {
        l++;
      } else if (r < right.size() && IGNORED.contains(right.get(r).name())) {
        r++;
      } else {
        return false;
      }
    }
    return true;
  }

  void compare(Headers legacy, Headers candidate) {
    compare(grouped(legacy), grouped(candidate));
  }

  /// Only what belongs to the status itself.
  void compareOfStatus(Headers legacy, Headers candidate) {
    Map<String, List<String>> left = grouped(legacy);
    Map<String, List<String>> right = grouped(candidate);
    left.keySet().retainAll(OF_STATUS);
    right.keySet().retainAll(OF_STATUS);
    compare(left, right);
  }

  private static Map<String, List<String>> grouped(Headers headers) {
    Map<String, List<String>> grouped = new LinkedHashMap<>();
    for (Headers.Field field : headers.fields()) {
      if (!IGNORED.contains(field.name())) {
        grouped
            .computeIfAbsent(field.name().toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
            .add(field.value().strip());
      }
    }
    return grouped;
  }

  private void compare(Map<String, List<String>> legacy, Map<String, List<String>> candidate) {
    Set<String> names = new TreeSet<>(legacy.keySet());
    names.addAll(candidate.keySet());
    for (String name : names) {
      List<String> left = legacy.get(name);
      List<String> right = candidate.get(name);
      if (name.equals("set-cookie")) {
        cookies(left == null ? List.of() : left, right == null ? List.of() : right);
      } else if (left == null) {
        add(name, Kind.EXTRA, Severity.RISKY, null, joined(right));
      } else if (right == null) {
        add(name, Kind.MISSING, lost(name, left), joined(left), null);
      } else if (!joined(left).equals(joined(right))) {
        values(name, joined(left), joined(right));
      }
    }
  }

  private static Severity lost(String name, List<String> values) {
    boolean protective =
        name.equals("cache-control")
            && names(joined(values)).stream().anyMatch(PROTECTIVE::contains);
    return protective || BREAKING_WHEN_LOST.contains(name) ? Severity.BREAKING : Severity.RISKY;
  }

  private void values(String name, String legacy, String candidate) {
    if (name.equals("etag")) {
      // the tag itself is its maker's own affair; whether it is strong is a promise
      boolean sameStrength = legacy.startsWith("W/") == candidate.startsWith("W/");
      Severity severity = sameStrength ? Severity.COSMETIC : Severity.RISKY;
      add(name, Kind.VALUE, severity, legacy, candidate);
    } else if (PRESENCE.contains(name)) {
      add(name, Kind.VALUE, Severity.COSMETIC, legacy, candidate);
    } else if (NAME_LISTS.contains(name)) {
      nameLists(name, legacy, candidate);
    } else if (name.equals("content-type")) {
      contentTypes(legacy, candidate);
    } else if (name.equals("location") || name.equals("content-location")) {
      add(name, Kind.VALUE, Target.severity(legacy, candidate), legacy, candidate);
    } else if (DATES.contains(name) && HttpDate.same(legacy, candidate)) {
      add(name, Kind.SPELLING, Severity.COSMETIC, legacy, candidate);
    } else if (name.equals("www-authenticate")) {
      boolean sameSchemes = schemes(legacy).equals(schemes(candidate));
      add(name, Kind.VALUE, sameSchemes ? Severity.RISKY : Severity.BREAKING, legacy, candidate);
    } else {
      add(name, Kind.VALUE, Severity.RISKY, legacy, candidate);
    }
  }

  private void nameLists(String name, String legacy, String candidate) {
    Set<String> left = names(legacy);
    Set<String> right = names(candidate);
    if (left.equals(right)) {
      add(name, Kind.SPELLING, Severity.COSMETIC, legacy, candidate);
      return;
    }
    Set<String> lost = new TreeSet<>(left);
    lost.removeAll(right);
    boolean breaking =
        switch (name) {
          case "vary" -> !lost.isEmpty() && !right.contains("*");
          case "allow" -> !lost.isEmpty();
          // what must not be stored at all is private too
          case "cache-control" ->
              !right.contains("no-store") && lost.stream().anyMatch(PROTECTIVE::contains);
          default -> false;
        };
    add(name, Kind.VALUE, breaking ? Severity.BREAKING : Severity.RISKY, legacy, candidate);
  }

  private void contentTypes(String legacy, String candidate) {
    MediaType left = MediaType.of(legacy);
    MediaType right = MediaType.of(candidate);
    Severity severity;
    if (!left.name().equals(right.name()) || !charset(left).equals(charset(right))) {
      severity = Severity.BREAKING;
    } else if (!left.charset().equals(right.charset())
        || !parameters(left).equals(parameters(right))) {
      severity = Severity.RISKY;
    } else {
      severity = Severity.COSMETIC;
    }
    add("content-type", Kind.VALUE, severity, legacy, candidate);
  }

  /// JSON is UTF-8 whether it says so or not (RFC 8259 section 11).
  private static String charset(MediaType type) {
    boolean needless = type.isJson() && type.charset().equals("utf-8");
    return needless ? "" : type.charset();
  }

  /// Parameters but for the charset; a boundary is drawn anew for every message.
  private static Map<String, String> parameters(MediaType type) {
    Map<String, String> parameters = new TreeMap<>(type.parameters());
    parameters.remove("charset");
    parameters.computeIfPresent("boundary", (_, _) -> "");
    return parameters;
  }

  /// Names of the schemes in a list of challenges: what stands before a space, at the start or
  /// behind a comma.
  private static Set<String> schemes(String challenges) {
    Set<String> schemes = new TreeSet<>();
    for (String part : challenges.split(",", -1)) {
      String first = part.strip().split(" ", 2)[0];
      if (first.indexOf('=') < 0) {
        schemes.add(first.toLowerCase(Locale.ROOT));
      }
    }
    return schemes;
  }

  private void cookies(List<String> legacy, List<String> candidate) {
    Map<String, SetCookie> left = byName(legacy);
    Map<String, SetCookie> right = byName(candidate);
    Set<String> names = new TreeSet<>(left.keySet());
    names.addAll(right.keySet());
    for (String name : names) {
      SetCookie ours = left.get(name);
      SetCookie theirs = right.get(name);
      String plain = name.replaceFirst(" \\d+$", "");
      // what is no name may be a session's or a user's
      String where = "set-cookie[" + (JsonPath.isName(plain) ? name : "*") + "]";
      if (ours == null) {
        add(where, Kind.EXTRA, Severity.RISKY, null, theirs == null ? null : theirs.shown());
      } else if (theirs == null) {
        add(where, Kind.MISSING, Severity.BREAKING, ours.shown(), null);
      } else if (!ours.equals(theirs)) {
        add(where, Kind.VALUE, Severity.BREAKING, ours.shown(), theirs.shown());
      }
    }
  }

  /// Cookies of one name, for two paths for example, are numbered.
  private static Map<String, SetCookie> byName(List<String> lines) {
    Map<String, SetCookie> cookies = new TreeMap<>();
    lines.stream()
        .map(SetCookie::parse)
        .sorted(Comparator.comparing(SetCookie::shown))
        .forEach(cookie -> {
          String name = cookie.name();
          for (int n = 2; cookies.putIfAbsent(name, cookie) != null; n++) {
            name = cookie.name() + " " + n;
          }
        });
    return cookies;
  }

  private void add(
      String name,
      Kind kind,
      Severity severity,
      @Nullable String legacy,
      @Nullable String candidate) {
    boolean named = name.startsWith("set-cookie[") || JsonPath.isName(name);
    differences.add("header:" + (named ? name : "[*]"), kind, severity, legacy, candidate);
  }

  private static Set<String> names(String list) {
    Set<String> names = new TreeSet<>();
    for (String name : list.toLowerCase(Locale.ROOT).split(",", -1)) {
      if (!name.isBlank()) {
        names.add(name.strip());
      }
    }
    return names;
  }

  /// Several lines are one list (RFC 9110 section 5.3), and space around its commas means nothing.
  private static String joined(@Nullable List<String> values) {
    return values == null ? "" : COMMA.matcher(String.join(",", values)).replaceAll(", ");
  }

  private static Set<String> withoutCase(String... names) {
    Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    set.addAll(List.of(names));
    return set;
  }
}
