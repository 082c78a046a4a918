package dev.banyan.cutover;

/// The sticky units met in one step, with the side that each belongs to, what it has met already
/// and the cohort that it was last routed in. Open addressing over the units' own hashes; grows to
/// a bound, and then takes no more. For one thread.
final class UnitSet {
  /// More are not followed: some 27 MB.
  static final int MOST = 1 << 20;

  static final int CANDIDATE = 1;

  private static final int FIRST = 1 << 8;

  private final int most;
  private long[] hashes = new long[FIRST];
  private byte[] marks = new byte[FIRST];
  private int[] cohorts = new int[FIRST];
  private int size;

  UnitSet() {
    this(MOST);
  }

  UnitSet(int most) {
    this.most = most;
  }

  int size() {
    return size;
  }

  boolean full() {
    return size >= most;
  }

  /// Where a unit is kept, or -1 where it is not known. Holds until the next [#add].
  int find(long hash) {
    int at = slot(hash);
    return hashes[at] == hash ? at : -1;
  }

  /// Begins to follow a unit that is not known; the set is not full.
  int add(long hash, int mark) {
    if (full()) {
      throw new IllegalStateException("no room for a unit");
    }
    if (size >= hashes.length / 2) {
      grow();
    }
    int at = slot(hash);
    hashes[at] = hash;
    marks[at] = (byte) mark;
    cohorts[at] = -1;
    size++;
    return at;
  }

  boolean marked(int at, int mark) {
    return (marks[at] & mark) != 0;
  }

  void mark(int at, int mark) {
    marks[at] |= (byte) mark;
  }

  void flip(int at, int mark) {
    marks[at] ^= (byte) mark;
  }

  /// The cohort that a unit was last routed in; -1 for none.
  int cohort(int at) {
    return cohorts[at];
  }

  void cohort(int at, int cohort) {
    cohorts[at] = cohort;
  }

  /// The unit's place, or the empty one where it belongs. 0 is no unit.
  private int slot(long hash) {
    int mask = hashes.length - 1;
    // Spread once more: a unit's bucket is taken from these bits, so one side's units have them
    // alike.
    int at = (int) ((hash * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    while (hashes[at] != 0 && hashes[at] != hash) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    long[] before = hashes;
    byte[] marked = marks;
    int[] counted = cohorts;
    hashes = new long[before.length * 2];
    marks = new byte[hashes.length];
    cohorts = new int[hashes.length];
    for (int i = 0; i < before.length; i++) {
      if (before[i] != 0) {
        int at = slot(before[i]);
        hashes[at] = before[i];
        marks[at] = marked[i];
        cohorts[at] = counted[i];
      }
    }
  }
}
