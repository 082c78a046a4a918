package dev.banyan.parity;

import java.util.ArrayList;
import java.util.List;

/// Pairs the elements of two arrays that have no equal partner: in the order in which they stand,
/// and where one side has more, by the cheapest edit script, so that the element that is gone is
/// the one that is reported.
final class LeftOver {

  /// Of both sides multiplied; a script for more is not looked for.
  private static final int CELLS = 1 << 14;

  /// What leaving one element alone costs: more than half of a pair without likeness, so that two
  /// elements that are nothing alike are still a pair.
  private static final int ALONE = 60;

  private static final int UNLIKE = 100;

  private LeftOver() {}

  static ArrayAlignment pair(
      JsonEquality equality, List<Integer> left, List<Integer> right, boolean reordered) {
    int both = Math.min(left.size(), right.size());
    boolean script =
        both > 0 && left.size() != right.size() && (long) left.size() * right.size() <= CELLS;
    if (script) {
      return script(equality, left, right, reordered);
    }
    List<ArrayAlignment.Pair> pairs = new ArrayList<>(both);
    for (int i = 0; i < both; i++) {
      pairs.add(new ArrayAlignment.Pair(left.get(i), right.get(i)));
    }
    return new ArrayAlignment(
        pairs, left.subList(both, left.size()), right.subList(both, right.size()), reordered);
  }

  private static ArrayAlignment script(
      JsonEquality equality, List<Integer> left, List<Integer> right, boolean reordered) {
    // cost[i][j]: of what stands from i and from j to the ends
    int[][] cost = new int[left.size() + 1][right.size() + 1];
    int[][] change = new int[left.size()][right.size()];
    for (int i = left.size(); i >= 0; i--) {
      for (int j = right.size(); j >= 0; j--) {
        if (i == left.size() || j == right.size()) {
          cost[i][j] = ALONE * (left.size() - i + right.size() - j);
        } else {
          change[i][j] = unlikeness(equality, left.get(i), right.get(j));
          cost[i][j] =
              Math.min(
                  change[i][j] + cost[i + 1][j + 1],
                  ALONE + Math.min(cost[i + 1][j], cost[i][j + 1]));
        }
      }
    }
    List<ArrayAlignment.Pair> pairs = new ArrayList<>();
    List<Integer> missing = new ArrayList<>();
    List<Integer> extra = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      if (cost[i][j] == change[i][j] + cost[i + 1][j + 1]) {
        pairs.add(new ArrayAlignment.Pair(left.get(i++), right.get(j++)));
      } else if (cost[i][j] == ALONE + cost[i + 1][j]) {
        missing.add(left.get(i++));
      } else {
        extra.add(right.get(j++));
      }
    }
    missing.addAll(left.subList(i, left.size()));
    extra.addAll(right.subList(j, right.size()));
    return new ArrayAlignment(pairs, missing, extra, reordered);
  }

  /// From 0 to 100: the share of children in place that are not the same.
  private static int unlikeness(JsonEquality equality, int ours, int theirs) {
    JsonTape left = equality.left();
    JsonTape right = equality.right();
    boolean inside =
        (left.isObject(ours) && right.isObject(theirs))
            || (left.isArray(ours) && right.isArray(theirs));
    if (!inside) {
      return UNLIKE;
    }
    int same = 0;
    int all = 0;
    int a = ours + 1;
    int b = theirs + 1;
    while (a < left.after(ours) && b < right.after(theirs)) {
      same += left.hash(a) == right.hash(b) ? 1 : 0;
      all++;
      a = left.after(a);
      b = right.after(b);
    }
    return all == 0 ? UNLIKE : UNLIKE - UNLIKE * same / all;
  }
}
