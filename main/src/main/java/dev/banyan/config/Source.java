package dev.banyan.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The text of one file, for excerpts.
///
/// @param name as the user gave it
/// @param lines without their ends
record Source(String name, List<String> lines) {
  /// What may follow is somebody's password, also where the file could not be understood.
  private static final Pattern PASSWORDS =
      Pattern.compile("(?i)(?:token|secret|passw\\w*)[\"']?\\s*[:=]\\s*(.+)|//([^/\\s@]*)@");

  private static final int WIDTH = 100;

  Source {
    lines = List.copyOf(lines);
  }

  static Source of(String name, String text) {
    return new Source(name, text.lines().toList());
  }

  /// A line's characters with passwords masked; none where there is no such line.
  ///
  /// @param number from 1
  int[] line(int number) {
    if (number < 1 || number > lines.size()) {
      return new int[0];
    }
    String line = lines.get(number - 1);
    StringBuilder masked = new StringBuilder(line);
    for (Matcher match = PASSWORDS.matcher(line); match.find(); ) {
      int group = match.group(1) == null ? 2 : 1;
      for (int i = match.start(group); i < match.end(group); i++) {
        masked.setCharAt(i, '*');
      }
    }
    return masked.codePoints().toArray();
  }

  /// The line with a caret below the place, cut to what fits a terminal.
  static String excerpt(int[] line, Place place) {
    if (line.length == 0 || place.column() < 1) {
      return "";
    }
    int at = Math.min(place.column() - 1, line.length);
    int from = at < WIDTH - 20 ? 0 : at - WIDTH / 2;
    int to = Math.min(line.length, from + WIDTH);
    StringBuilder shown = new StringBuilder("  ");
    for (int i = from; i < to; i++) {
      shown.appendCodePoint(Character.isISOControl(line[i]) ? ' ' : line[i]);
    }
    return shown + "\n  " + " ".repeat(at - from) + "^";
  }
}
