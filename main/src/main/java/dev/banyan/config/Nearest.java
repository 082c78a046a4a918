package dev.banyan.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// "Did you mean …?" for words that are nearly right.
final class Nearest {
  private Nearest() {}

  /// ` (did you mean 'sticky'?)`, or nothing where no word is near.
  static String hint(String typed, Collection<String> words) {
    return of(typed, words).map(word -> " (did you mean '" + word + "'?)").orElse("");
  }

  /// The word that is nearest to what was typed, where one is near.
  static Optional<String> of(String typed, Collection<String> words) {
    String lower = typed.toLowerCase(Locale.ROOT);
    int bound = Math.min(3, typed.length() / 3);
    return words.stream()
        .filter(word -> Math.abs(word.length() - typed.length()) <= bound)
        .filter(word -> distance(lower, word.toLowerCase(Locale.ROOT)) <= bound)
        .min(Comparator.comparingInt(word -> distance(lower, word.toLowerCase(Locale.ROOT))));
  }

  /// Levenshtein's distance, with two neighbours changed about counting as one step.
  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int changed = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + changed);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
