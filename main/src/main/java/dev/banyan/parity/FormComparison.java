package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares two forms (`application/x-www-form-urlencoded`) field by field, escapes undone.
///
/// A field that is lost or has another value breaks; one that is new, stands in another order among
/// those of its name, or is repeated more often, is risky. The order of different names says
/// nothing. Used by one thread.
final class FormComparison {
  /// Of one form; one with more is compared as text.
  private static final int MOST_FIELDS = 10_000;

  private final Differences differences;

  FormComparison(Differences differences) {
    this.differences = differences;
  }

  void compare(JsonPath place, String legacy, String candidate) {
    if (tooMany(legacy) || tooMany(candidate)) {
      new TextComparison(differences, place.where(), false).compare(legacy, candidate);
      return;
    }
    Map<String, List<String>> left = fields(legacy);
    Map<String, List<String>> right = fields(candidate);
    Set<String> names = new LinkedHashSet<>(left.keySet());
    names.addAll(right.keySet());
    for (String name : names) {
      List<String> ours = left.getOrDefault(name, List.of());
      List<String> theirs = right.getOrDefault(name, List.of());
      if (!ours.equals(theirs)) {
        values("body:" + place.key(name), ours, theirs);
      }
    }
  }

  private static boolean tooMany(String form) {
    return form.chars().filter(c -> c == '&').limit(MOST_FIELDS).count() == MOST_FIELDS;
  }

  private void values(String where, List<String> legacy, List<String> candidate) {
    List<String> left = new ArrayList<>(legacy);
    List<String> right = new ArrayList<>();
    for (String value : candidate) {
      if (!left.remove(value)) {
        right.add(value);
      }
    }
    if (left.isEmpty() && right.isEmpty()) {
      add(where, Kind.ORDER, Severity.RISKY, legacy.toString(), candidate.toString());
      return;
    }
    int both = Math.min(left.size(), right.size());
    for (int i = 0; i < both; i++) {
      add(where, Kind.VALUE, Severity.BREAKING, left.get(i), right.get(i));
    }
    for (String lost : left.subList(both, left.size())) {
      differences.add(where, Kind.MISSING, Severity.BREAKING, Content.cut(lost), null);
    }
    for (String added : right.subList(both, right.size())) {
      differences.add(where, Kind.EXTRA, Severity.RISKY, null, Content.cut(added));
    }
  }

  private void add(String where, Kind kind, Severity severity, String legacy, String candidate) {
    differences.add(where, kind, severity, Content.cut(legacy), Content.cut(candidate));
  }

  private static Map<String, List<String>> fields(String form) {
    Map<String, List<String>> fields = new LinkedHashMap<>();
    for (String pair : form.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = equals < 0 ? pair : pair.substring(0, equals);
        String value = equals < 0 ? "" : pair.substring(equals + 1);
        fields.computeIfAbsent(decoded(name), _ -> new ArrayList<>(1)).add(decoded(value));
      }
    }
    return fields;
  }

  /// What an escaped text says (WHATWG URL, section 5.1); a percent sign without digits stays.
  private static String decoded(String text) {
    if (text.indexOf('%') < 0) {
      return text.replace('+', ' ');
    }
    byte[] written = text.replace('+', ' ').getBytes(StandardCharsets.UTF_8);
    byte[] said = new byte[written.length];
    int length = 0;
    for (int i = 0; i < written.length; i++) {
      int high = written[i] == '%' && i + 2 < written.length ? hexadecimal(written[i + 1]) : -1;
      int low = high < 0 ? -1 : hexadecimal(written[i + 2]);
      if (low >= 0) {
        said[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        said[length++] = written[i];
      }
    }

    return text(said, length);
  }

  /// As UTF-8, or where it is none as Latin-1: different bytes must stay different text.
  private static String text(byte[] bytes, int length) {
    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    return text.indexOf('\ufffd') < 0
        ? text
        : new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static int hexadecimal(byte b) {
    return b < 0 ? -1 : Character.digit(b, 16);
  }
}
