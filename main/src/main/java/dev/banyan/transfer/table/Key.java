package dev.banyan.transfer.table;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/// The cells of a row's key, equal and ordered by value.
///
/// The order is the server's for numbers, dates, times, UUIDs, bytes and text that is compared byte
/// for byte; for other text it is only an order, and may not be used to tell ranges apart.
public record Key(List<Object> cells) implements Comparable<Key> {
  public Key {
    cells = List.copyOf(cells);
  }

  public static Key of(Object... cells) {
    return new Key(List.of(cells));
  }

  @Override
  public int compareTo(Key other) {
    for (int i = 0; i < cells.size() && i < other.cells.size(); i++) {
      int order = compare(cells.get(i), other.cells.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(cells.size(), other.cells.size());
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) b);
      case java.util.UUID uuid -> unsigned(uuid, (java.util.UUID) b);
      case String text -> bytewise(text, (String) b);
      case Long number when b instanceof Long other -> number.compareTo(other);
      case Number number -> decimal(number).compareTo(decimal((Number) b));
      default -> natural(a, b);
    };
  }

  /// As UTF-8 is ordered, which is not how `String.compareTo` orders what is beyond the first
  /// plane.
  private static int bytewise(String a, String b) {
    int end = Math.min(a.length(), b.length());
    for (int i = 0; i < end; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean xHigh = Character.isSurrogate(x);
        boolean yHigh = Character.isSurrogate(y);
        return xHigh == yHigh ? Character.compare(x, y) : xHigh ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }

  private static int unsigned(java.util.UUID a, java.util.UUID b) {
    int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
  }

  private static BigDecimal decimal(Number number) {
    return switch (number) {
      case BigDecimal exact -> exact;
      case BigInteger whole -> new BigDecimal(whole);
      case Long whole -> BigDecimal.valueOf(whole);
      default -> new BigDecimal(number.toString());
    };
  }

  @SuppressWarnings("unchecked")
  private static int natural(Object a, Object b) {
    return ((Comparable<Object>) a).compareTo(b);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Key key && same(key);
  }

  private boolean same(Key key) {
    if (cells.size() != key.cells.size()) {
      return false;
    }
    for (int i = 0; i < cells.size(); i++) {
      Object a = cells.get(i);
      Object b = key.cells.get(i);
      boolean comparable =
          a.getClass() == b.getClass() || (a instanceof Number && b instanceof Number);
      if (!comparable || compare(a, b) != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (Object each : cells) {
      hash = 31 * hash + hash(each);
    }
    return hash;
  }

  private static int hash(Object cell) {
    return switch (cell) {
      case byte[] bytes -> Arrays.hashCode(bytes);
      case Long number -> Double.hashCode(number.doubleValue());
      case Number number -> Double.hashCode(number.doubleValue());
      default -> cell.hashCode();
    };
  }

  /// As it is shown to people: `42`, `(7, "x")`.
  @Override
  public String toString() {
    String inner = String.join(", ", cells.stream().map(Key::text).toList());
    return cells.size() == 1 ? inner : "(" + inner + ")";
  }

  private static String text(Object cell) {
    return switch (cell) {
      case byte[] bytes -> "0x" + java.util.HexFormat.of().formatHex(bytes);
      case String text -> '"' + text + '"';
      default -> cell.toString();
    };
  }
}
