package dev.banyan.parity;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The characters of one kind, any of which may stand for any other: digits, letters of one script
/// and case, the digits of hexadecimal numbers. Never changes.
final class Alphabet {
  static final Alphabet DIGITS = of("0123456789");
  static final Alphabet LOWER = of("abcdefghijklmnopqrstuvwxyz");
  static final Alphabet UPPER = of("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  static final Alphabet HEX = of("0123456789abcdef");
  static final Alphabet UPPER_HEX = of("0123456789ABCDEF");

  /// Of drawn tokens: which of their places are digits or capitals would tell much of them.
  static final Alphabet MIXED =
      of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

  /// RFC 4648 section 5.
  static final Alphabet BASE64_URL =
      of("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

  /// Neighbours among which the like are looked for. The second one is for letters that are alone
  /// of their kind in the first.
  private static final int[] WINDOWS = {0x80, 0x400};

  /// Sorted.
  private final int[] members;

  private Alphabet(int[] members) {
    this.members = members;
  }

  private static Alphabet of(String members) {
    return new Alphabet(members.chars().toArray());
  }

  int size() {
    return members.length;
  }

  int at(int index) {
    return members[index];
  }

  /// Negative where the character is of another kind.
  int index(int character) {
    return Arrays.binarySearch(members, character);
  }

  boolean has(int character) {
    return index(character) >= 0;
  }

  /// The kind of a character, or null for a mark, a space or a control character, which stay.
  ///
  /// Beyond ASCII it is what stands near to it with the same general category in the same script: a
  /// small Greek letter for a small Greek letter, a Han sign for a Han sign, a symbol for a symbol.
  static @Nullable Alphabet of(int character) {
    if (character < 0x80) {
      if (character >= '0' && character <= '9') {
        return DIGITS;
      }
      return character >= 'a' && character <= 'z'
          ? LOWER
          : character >= 'A' && character <= 'Z' ? UPPER : null;
    }
    if (isMark(character) || Character.getType(character) == Character.SURROGATE) {
      return null;
    }
    for (int window : WINDOWS) {
      int[] like = like(character, window);
      if (like.length > 1) {
        return new Alphabet(like);
      }
    }
    return null;
  }

  /// What has a kind but nobody else of it, or is half of a character: it can only be hidden by
  /// something else.
  static boolean isAlone(int character) {
    return character >= 0x80 && !isMark(character) && of(character) == null;
  }

  private static int[] like(int character, int window) {
    int type = Character.getType(character);
    Character.UnicodeScript script = Character.UnicodeScript.of(character);
    int first = character - character % window;
    return IntStream.range(first, first + window)
        .filter(c ->
            Character.isValidCodePoint(c)
                && Character.getType(c) == type
                && Character.UnicodeScript.of(c) == script)
        .toArray();
  }

  private static boolean isMark(int character) {
    return switch (Character.getType(character)) {
      case Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.CONNECTOR_PUNCTUATION,
          Character.OTHER_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.CONTROL ->
          true;
      default -> false;
    };
  }
}
