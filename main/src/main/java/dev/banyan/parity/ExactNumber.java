package dev.banyan.parity;

import org.jspecify.annotations.Nullable;

/// The value of a JSON number, exactly: sign, significant digits, and the power of ten.
///
/// Digits are kept as text, so that a number of any length costs no more than its own length and
/// `1e999999999` no memory at all. Equal records are equal numbers.
///
/// @param digits without zeros at either end; empty for zero
/// @param exponent the number is 0.digits × 10^exponent; 0 for zero
record ExactNumber(boolean negative, String digits, long exponent) {

  /// Exponents with more digits than this are held to differ from every other spelling.
  private static final int EXPONENT_DIGITS = 17;

  private static final int LONGEST_PLAIN = 40;

  /// Whether two JSON numbers are the same number, `1` and `1.0` and `10e-1` for example.
  static boolean equal(String left, String right) {
    if (left.equals(right)) {
      return true;
    }
    // written alike and yet not the same: most pairs end here, without another look
    if (left.length() == right.length()
        && left.indexOf('.') == right.indexOf('.')
        && exponentMark(left) < 0
        && exponentMark(right) < 0) {
      return false;
    }
    ExactNumber leftNumber = of(left);
    ExactNumber rightNumber = of(right);
    return leftNumber != null && leftNumber.equals(rightNumber);
  }

  /// A whole number in its shortest form, `7` for `7.0` and `70e-1`; any other text as it stands.
  static String plain(String lexeme) {
    if (exponentMark(lexeme) < 0 && lexeme.indexOf('.') < 0) {
      return lexeme;
    }
    ExactNumber number = of(lexeme);
    if (number == null
        || number.exponent < number.digits.length()
        || number.exponent > LONGEST_PLAIN) {
      return lexeme;
    }
    String zeros = "0".repeat((int) number.exponent - number.digits.length());
    return (number.negative ? "-" : "") + number.digits + zeros;
  }

  private static int exponentMark(String lexeme) {
    return Math.max(lexeme.indexOf('e'), lexeme.indexOf('E'));
  }

  /// Reads a JSON number; null where its exponent is beyond all use.
  private static @Nullable ExactNumber of(String lexeme) {
    int mark = exponentMark(lexeme);
    String mantissa = mark < 0 ? lexeme : lexeme.substring(0, mark);
    boolean negative = mantissa.startsWith("-");
    int point = mantissa.indexOf('.');
    int from = negative ? 1 : 0;
    String whole = point < 0 ? mantissa.substring(from) : mantissa.substring(from, point);
    String all = point < 0 ? whole : whole + mantissa.substring(point + 1);
    int first = 0;
    while (first < all.length() && all.charAt(first) == '0') {
      first++;
    }
    int last = all.length();
    while (last > first && all.charAt(last - 1) == '0') {
      last--;
    }
    if (first == last) {
      return new ExactNumber(false, "", 0);
    }
    String exponent = mark < 0 ? "0" : lexeme.substring(mark + 1);
    if (exponent.replaceFirst("^[+-]?0*", "").length() > EXPONENT_DIGITS) {
      return null;
    }
    return new ExactNumber(
        negative, all.substring(first, last), whole.length() - first + Long.parseLong(exponent));
  }
}
