package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which rows two conditions on one table both take.
///
/// A condition compares cells with literals alone, so that of a column only the places at, between
/// and beyond its literals matter: all of them are tried.
///
/// @param both whether there may be a row that both take
/// @param within whether the second takes all that the first does
/// @param around whether the first takes all that the second does
record Overlap(boolean both, boolean within, boolean around) {
  /// Beyond this it is not known; then neither is within the other.
  private static final int MOST = 50_000;

  static Overlap of(Condition first, Condition second) {
    if (first.equals(second)) {
      return new Overlap(true, true, true);
    }
    TreeMap<Integer, TreeSet<Key>> literals = new TreeMap<>();
    collect(first, literals);
    collect(second, literals);
    long rows = 1;
    for (TreeSet<Key> each : literals.values()) {
      rows = Math.min(MOST + 1L, rows * (2L * each.size() + 2));
    }
    return rows > MOST
        ? new Overlap(true, false, false)
        : tried(placed(first, literals), placed(second, literals), literals);
  }

  private static Overlap tried(
      Condition first, Condition second, TreeMap<Integer, TreeSet<Key>> literals) {
    boolean both = false;
    boolean within = true;
    boolean around = true;
    for (@Nullable Object[] row : rows(literals)) {
      boolean one = first.of(row) == Condition.Truth.TRUE;
      boolean other = second.of(row) == Condition.Truth.TRUE;
      both |= one && other;
      within &= other || !one;
      around &= one || !other;
    }
    return new Overlap(both, within, around);
  }

  private static List<@Nullable Object[]> rows(TreeMap<Integer, TreeSet<Key>> literals) {
    int width = literals.isEmpty() ? 0 : literals.lastKey() + 1;
    List<@Nullable Object[]> rows = new ArrayList<>();
    rows.add(new Object[width]);
    for (Map.Entry<Integer, TreeSet<Key>> column : literals.entrySet()) {
      List<@Nullable Object[]> more = new ArrayList<>();
      for (@Nullable Object[] row : rows) {
        for (long place = 0; place <= 2L * column.getValue().size(); place++) {
          @Nullable Object[] next = row.clone();
          next[column.getKey()] = place;
          more.add(next);
        }
      }
      rows.addAll(more);
    }
    return rows;
  }

  private static void collect(Condition condition, Map<Integer, TreeSet<Key>> into) {
    switch (condition) {
      case Condition.Always _ -> {}
      case Condition.IsNull is -> literal(is.column(), List.of(), into);
      case Condition.IsTrue is -> literal(is.column(), List.of(true), into);
      case Condition.Compared compared ->
          literal(compared.column(), List.of(compared.value()), into);
      case Condition.In in -> literal(in.column(), in.values(), into);
      case Condition.Not not -> collect(not.condition(), into);
      case Condition.And and -> {
        collect(and.left(), into);
        collect(and.right(), into);
      }
      case Condition.Or or -> {
        collect(or.left(), into);
        collect(or.right(), into);
      }
    }
  }

  private static void literal(int column, List<Object> values, Map<Integer, TreeSet<Key>> into) {
    TreeSet<Key> known = into.computeIfAbsent(column, _ -> new TreeSet<>());
    values.forEach(value -> known.add(Key.of(value)));
  }

  /// The same with each literal's place for the literal.
  private static Condition placed(Condition condition, Map<Integer, TreeSet<Key>> literals) {
    return switch (condition) {
      case Condition.Always always -> always;
      case Condition.IsNull is -> is;
      case Condition.IsTrue is ->
          new Condition.Compared(
              is.column(), Condition.Comparison.EQUAL, place(is.column(), true, literals));
      case Condition.Compared compared ->
          new Condition.Compared(
              compared.column(),
              compared.comparison(),
              place(compared.column(), compared.value(), literals));
      case Condition.In in ->
          new Condition.In(
              in.column(),
              in.values().stream()
                  .<Object>map(value -> place(in.column(), value, literals))
                  .toList(),
              in.withNull());
      case Condition.Not not -> new Condition.Not(placed(not.condition(), literals));
      case Condition.And and ->
          new Condition.And(placed(and.left(), literals), placed(and.right(), literals));
      case Condition.Or or ->
          new Condition.Or(placed(or.left(), literals), placed(or.right(), literals));
    };
  }

  private static long place(int column, Object value, Map<Integer, TreeSet<Key>> literals) {
    return 2L * literals.getOrDefault(column, new TreeSet<>()).headSet(Key.of(value)).size() + 1;
  }
}
