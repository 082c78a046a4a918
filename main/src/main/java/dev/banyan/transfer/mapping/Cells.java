package dev.banyan.transfer.mapping;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// When two cells of one column are the same value.
final class Cells {
  private Cells() {}

  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    return switch (a) {
      case BigDecimal decimal -> b instanceof BigDecimal other && decimal.compareTo(other) == 0;
      case byte[] bytes -> b instanceof byte[] other && Arrays.equals(bytes, other);
      // minus zero is zero, and NaN is NaN
      case Double number -> b instanceof Double other && (a.equals(b) || number - other == 0);
      case Float number -> b instanceof Float other && (a.equals(b) || number - other == 0);
      case List<?> list -> b instanceof List<?> other && sameAll(list, other);
      default -> a.equals(b);
    };
  }

  private static boolean sameAll(List<?> a, List<?> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!same(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }
}
