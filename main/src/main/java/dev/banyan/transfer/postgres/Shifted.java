package dev.banyan.transfer.postgres;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An array whose subscripts do not begin at one, as `'[0:1]={a,b}'`: to others a list like any.
@SuppressWarnings("NullAway") // a cell of an array may be NULL
final class Shifted extends AbstractList<@Nullable Object> {
  private final List<@Nullable Object> cells;
  private final int[] bounds;

  /// @param bounds the first subscript of each dimension
  private Shifted(List<@Nullable Object> cells, int[] bounds) {
    this.cells = cells;
    this.bounds = bounds.clone();
  }

  static List<@Nullable Object> of(List<@Nullable Object> cells, int[] bounds) {
    return Arrays.stream(bounds).allMatch(bound -> bound == 1) ? cells : new Shifted(cells, bounds);
  }

  int[] bounds() {
    return bounds.clone();
  }

  @Override
  public @Nullable Object get(int index) {
    return cells.get(index);
  }

  @Override
  public int size() {
    return cells.size();
  }

  /// The first subscripts of any list, which is one where it does not say.
  static int[] bounds(List<?> list, int dimensions) {
    if (list instanceof Shifted shifted) {
      return shifted.bounds();
    }
    int[] ones = new int[dimensions];
    Arrays.fill(ones, 1);
    return ones;
  }

  /// How long each dimension is; none for an empty array.
  static int[] lengths(List<?> list) {
    int[] found = new int[6];
    int dimensions = 0;
    Object inner = list;
    while (inner instanceof List<?> level && !level.isEmpty() && dimensions < found.length) {
      found[dimensions++] = level.size();
      inner = level.getFirst();
    }
    return Arrays.copyOf(found, dimensions);
  }
}
