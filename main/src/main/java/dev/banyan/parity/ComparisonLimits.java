package dev.banyan.parity;

/// How far comparing goes.
///
/// @param depth levels of JSON nesting; a body nested deeper is compared as text
/// @param body bytes of one body once its compression is undone; a longer one is not compared and
///   the exchange counts as skipped
/// @param differences of one exchange that are told apart; the rest are counted in one note
public record ComparisonLimits(int depth, int body, int differences) {

  public static final ComparisonLimits STANDARD = new ComparisonLimits(512, 16 << 20, 64);

  public ComparisonLimits {
    if (depth < 1 || depth > 2_000 || body < 1 || differences < 1) {
      throw new IllegalArgumentException(
          "depth must be 1 to 2000, body and differences at least 1: "
              + depth
              + ", "
              + body
              + ", "
              + differences);
    }
  }
}
