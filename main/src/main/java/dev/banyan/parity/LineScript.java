package dev.banyan.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The shortest edit script between two lists of lines, by E. Myers, "An O(ND) difference algorithm
/// and its variations" (1986), its greedy form. Equal ends are set aside first. Past a number of
/// edits the middle is one hunk: a text that is rewritten has no script worth reading.
final class LineScript {

  /// Memory grows with its square: half a million numbers.
  private static final int MOST_EDITS = 700;

  /// Lines of the left that stand in the place of lines of the right; either may be none.
  record Hunk(int leftFrom, int leftTo, int rightFrom, int rightTo) {}

  private final int[] left;
  private final int[] right;
  private final int head;

  private LineScript(int[] left, int[] right, int head) {
    this.left = left;
    this.right = right;
    this.head = head;
  }

  static List<Hunk> of(List<TextComparison.Line> legacy, List<TextComparison.Line> candidate) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] left = numbered(legacy, numbers);
    int[] right = numbered(candidate, numbers);
    int shorter = Math.min(left.length, right.length);
    int head = 0;
    while (head < shorter && left[head] == right[head]) {
      head++;
    }
    int tail = 0;
    while (tail < shorter - head
        && left[left.length - 1 - tail] == right[right.length - 1 - tail]) {
      tail++;
    }
    return new LineScript(
            Arrays.copyOfRange(left, head, left.length - tail),
            Arrays.copyOfRange(right, head, right.length - tail),
            head)
        .hunks();
  }

  private static int[] numbered(List<TextComparison.Line> lines, Map<String, Integer> numbers) {
    int[] numbered = new int[lines.size()];
    for (int i = 0; i < numbered.length; i++) {
      Integer next = numbers.size();
      Integer known = numbers.putIfAbsent(lines.get(i).text(), next);
      numbered[i] = known == null ? next : known;
    }
    return numbered;
  }

  private List<Hunk> hunks() {
    if (left.length == 0 && right.length == 0) {
      return List.of();
    }
    List<int[]> trace = new ArrayList<>();
    int most = Math.min(MOST_EDITS, left.length + right.length);
    int[] furthest = new int[2 * most + 3];
    for (int edits = 0; edits <= most; edits++) {
      trace.add(Arrays.copyOfRange(furthest, most + 1 - edits - 1, most + 1 + edits + 2));
      for (int diagonal = -edits; diagonal <= edits; diagonal += 2) {
        int at = most + 1 + diagonal;
        boolean down =
            diagonal == -edits || (diagonal != edits && furthest[at - 1] < furthest[at + 1]);
        int x = down ? furthest[at + 1] : furthest[at - 1] + 1;
        int y = x - diagonal;
        while (x < left.length && y < right.length && left[x] == right[y]) {
          x++;
          y++;
        }
        furthest[at] = x;
        if (x >= left.length && y >= right.length) {
          return walkedBack(trace);
        }
      }
    }
    return List.of(new Hunk(head, head + left.length, head, head + right.length));
  }

  /// Edits that touch are one hunk.
  private List<Hunk> walkedBack(List<int[]> trace) {
    List<Hunk> hunks = new ArrayList<>();
    int x = left.length;
    int y = right.length;
    int hunkX = x;
    int hunkY = y;
    boolean open = false;
    for (int edits = trace.size() - 1; edits > 0; edits--) {
      int[] furthest = trace.get(edits);
      int diagonal = x - y;
      int at = diagonal + edits + 1;
      boolean down =
          diagonal == -edits || (diagonal != edits && furthest[at - 1] < furthest[at + 1]);
      int fromX = down ? furthest[at + 1] : furthest[at - 1];
      int fromY = fromX - (down ? diagonal + 1 : diagonal - 1);
      int editEndX = down ? fromX : fromX + 1;
      int editEndY = down ? fromY + 1 : fromY;
      if (!open || editEndX != x || editEndY != y) {
        if (open) {
          hunks.add(hunk(x, hunkX, y, hunkY));
        }
        hunkX = editEndX;
        hunkY = editEndY;
        open = true;
      }
      x = fromX;
      y = fromY;
    }
    if (open) {
      hunks.add(hunk(x, hunkX, y, hunkY));
    }
    return hunks.reversed();
  }

  private Hunk hunk(int leftFrom, int leftTo, int rightFrom, int rightTo) {
    return new Hunk(head + leftFrom, head + leftTo, head + rightFrom, head + rightTo);
  }
}
