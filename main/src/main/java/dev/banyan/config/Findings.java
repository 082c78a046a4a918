package dev.banyan.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// What was found wrong in one file so far, and which parts of it must not be shown.
///
/// Used by one thread.
final class Findings {
  /// More than this nobody reads.
  static final int MOST = 100;

  private record Finding(Place place, String message) {}

  private record Span(Mark from, Mark to) {}

  private static final Pattern USER_INFO = Pattern.compile("//[^/\\s@]*@");
  private static final int LONGEST_MESSAGE = 600;

  private final List<Finding> findings = new ArrayList<>();
  private final List<Span> hidden = new ArrayList<>();
  private int found;

  void add(Place place, String message) {
    found++;
    if (findings.size() < MOST) {
      findings.add(new Finding(place, printable(USER_INFO.matcher(message).replaceAll("//***@"))));
    }
  }

  /// From now on no excerpt shows this part of the file.
  void hide(Node node) {
    node.getStartMark()
        .ifPresent(from -> node.getEndMark().ifPresent(to -> hidden.add(new Span(from, to))));
  }

  boolean any() {
    return found > 0;
  }

  /// All that was found, in the order of the file.
  List<Problem> problems(Source source) {
    List<Problem> problems = new ArrayList<>();
    findings.stream()
        .sorted(
            Comparator.comparingInt((Finding finding) -> finding.place().line())
                .thenComparingInt(finding -> finding.place().column()))
        .forEach(finding -> problems.add(problem(source, finding)));
    if (found > MOST) {
      String more = "and " + (found - MOST) + " more; mend these first";
      problems.add(new Problem(source.name(), 0, 0, "", more, ""));
    }
    return problems;
  }

  private Problem problem(Source source, Finding finding) {
    Place place = finding.place();
    return new Problem(
        source.name(),
        place.line(),
        place.column(),
        printable(place.key()),
        finding.message(),
        excerpt(source, place));
  }

  private String excerpt(Source source, Place place) {
    int[] line = source.line(place.line());
    for (Span span : hidden) {
      mask(line, place.line() - 1, span);
    }
    return Source.excerpt(line, place);
  }

  private static void mask(int[] line, int index, Span span) {
    if (index < span.from().getLine() || index > span.to().getLine()) {
      return;
    }
    int from = index == span.from().getLine() ? span.from().getColumn() : 0;
    int to = index == span.to().getLine() ? span.to().getColumn() : line.length;
    for (int i = from; i < Math.min(to, line.length); i++) {
      line[i] = '*';
    }
  }

  /// A message with what a terminal could take for a command made visible, and with an end.
  private static String printable(String message) {
    StringBuilder clean = new StringBuilder();
    message
        .codePoints()
        .limit(LONGEST_MESSAGE)
        .forEach(c -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            clean.append(String.format("\\u%04x", c));
          } else {
            clean.appendCodePoint(c);
          }
        });
    return message.codePointCount(0, message.length()) > LONGEST_MESSAGE
        ? clean.append(" …").toString()
        : clean.toString();
  }
}
