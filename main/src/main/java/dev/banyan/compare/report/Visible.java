package dev.banyan.compare.report;

import java.util.function.IntPredicate;

/// A stranger's text made fit for a terminal, a page or an XML document.
///
/// Characters that are not seen but act (controls, escapes of terminals, marks that turn the
/// direction of writing) and those that XML does not allow become escapes such as `\u001b`. So two
/// values that differ in such a character alone also look different.
final class Visible {
  private Visible() {}

  /// On one line.
  static String line(String text) {
    return escaped(text, Visible::acts);
  }

  /// Line feeds stay.
  static String block(String text) {
    return escaped(text, c -> c != '\n' && acts(c));
  }

  /// On one line of at most so many characters; what is cut off is marked.
  static String line(String text, int width) {
    String line = line(text);
    if (line.codePointCount(0, line.length()) <= width) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, Math.max(0, width - 1))) + "…";
  }

  private static String escaped(String text, IntPredicate acts) {
    if (text.codePoints().noneMatch(acts)) {
      return text;
    }
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          if (acts.test(c)) {
            append(safe, c);
          } else {
            safe.appendCodePoint(c);
          }
        });
    return safe.toString();
  }

  private static void append(StringBuilder safe, int c) {
    switch (c) {
      case '\n' -> safe.append("\\n");
      case '\r' -> safe.append("\\r");
      case '\t' -> safe.append("\\t");
      default -> {
        for (char unit : Character.toChars(c)) {
          safe.append("\\u").append(hex(unit));
        }
      }
    }
  }

  private static String hex(char unit) {
    return Integer.toHexString(0x1_0000 | unit).substring(1);
  }

  private static boolean acts(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      // U+FFFE and U+FFFF, in every plane, are no characters.
      default -> (c & 0xFFFE) == 0xFFFE;
    };
  }
}
