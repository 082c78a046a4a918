package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Compares two texts line by line, by the shortest edit script ([LineScript]).
///
/// In prose, which is plain text, HTML and XML, runs of white space are one space, so that text
/// which is only laid out otherwise is the same. In any other text every character counts. Used by
/// one thread.
final class TextComparison {
  private static final Pattern WHITE = Pattern.compile("\\s+");
  private static final Pattern LINE_BREAK = Pattern.compile("\n");

  /// Characters shown on each side of the first one that differs.
  private static final int CONTEXT = Content.EXCERPT / 2;

  /// A body of nothing but line ends would take a hundred times its size as lines.
  private static final int MOST_LINES = 100_000;

  /// A line and its number, from 1.
  record Line(int number, String text) {}

  private final Differences differences;
  private final String where;
  private final boolean prose;

  TextComparison(Differences differences, String where, boolean prose) {
    this.differences = differences;
    this.where = where;
    this.prose = prose;
  }

  void compare(String legacy, String candidate) {
    if (legacy.equals(candidate)) {
      return;
    }
    if (prose && folded(legacy).equals(folded(candidate))) {
      differences.add(
          where, Kind.SPELLING, Severity.COSMETIC, Content.cut(legacy), Content.cut(candidate));
      return;
    }
    if (tooMany(legacy) || tooMany(candidate)) {
      atFirst(legacy, candidate);
      return;
    }
    List<Line> left = lines(legacy);
    List<Line> right = lines(candidate);
    for (LineScript.Hunk hunk : LineScript.of(left, right)) {
      report(
          left.subList(hunk.leftFrom(), hunk.leftTo()),
          right.subList(hunk.rightFrom(), hunk.rightTo()));
    }
  }

  private static boolean tooMany(String text) {
    return text.chars().filter(c -> c == '\n').limit(MOST_LINES).count() == MOST_LINES;
  }

  /// Only the first character that differs, and its line.
  private void atFirst(String legacy, String candidate) {
    int at = 0;
    int number = 1;
    int start = 0;
    int shorter = Math.min(legacy.length(), candidate.length());
    while (at < shorter && legacy.charAt(at) == candidate.charAt(at)) {
      if (legacy.charAt(at++) == '\n') {
        number++;
        start = at;
      }
    }
    add(
        Kind.VALUE,
        shown(new Line(number, lineFrom(legacy, start)), at - start),
        shown(new Line(number, lineFrom(candidate, start)), at - start));
  }

  private static String lineFrom(String text, int start) {
    int end = text.indexOf('\n', start);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  private static String folded(String text) {
    return WHITE.matcher(text).replaceAll(" ").strip();
  }

  private List<Line> lines(String text) {
    String[] written = LINE_BREAK.split(text, -1);
    List<Line> lines = new ArrayList<>(written.length);
    for (int i = 0; i < written.length; i++) {
      String line = prose ? folded(written[i]) : written[i];
      if (!prose || !line.isEmpty()) {
        lines.add(new Line(i + 1, line));
      }
    }
    return lines;
  }

  private void report(List<Line> legacy, List<Line> candidate) {
    if (candidate.isEmpty()) {
      add(Kind.MISSING, shown(legacy.getFirst(), 0), null);
    } else if (legacy.isEmpty()) {
      add(Kind.EXTRA, null, shown(candidate.getFirst(), 0));
    } else {
      String left = legacy.getFirst().text();
      String right = candidate.getFirst().text();
      int at = 0;
      while (at < Math.min(left.length(), right.length()) && left.charAt(at) == right.charAt(at)) {
        at++;
      }
      add(Kind.VALUE, shown(legacy.getFirst(), at), shown(candidate.getFirst(), at));
    }
  }

  private void add(Kind kind, @Nullable String legacy, @Nullable String candidate) {
    differences.add(where, kind, Severity.BREAKING, legacy, candidate);
  }

  /// The line around a position, cut to a readable length.
  private static String shown(Line line, int at) {
    int from = Math.max(0, at - CONTEXT);
    int to = Math.min(line.text().length(), at + CONTEXT);
    return "[line " + line.number() + "] " + line.text().substring(from, to);
  }
}
