package dev.banyan.statistics;

import java.util.Arrays;

/// What was seen of sticky units between two looks, in the order in which it was seen: that a unit
/// was routed to a side by a weight, and how such a request ended there. Only requests that a
/// weight between 0 and 1 decides are seen. Immutable.
///
/// A unit is the 64-bit hash that also picks its bucket; 0 stands for a request without a sticky
/// unit, which is a unit of its own.
public final class Sightings {
  public static final Sightings NONE = new Sightings(new long[0], 0);

  private static final long CANDIDATE = 1;
  private static final long ENDED = 2;
  private static final long FAILED = 4;
  private static final int MICROS = 3;

  private final long[] entries;
  private final long lost;

  private Sightings(long[] entries, long lost) {
    this.entries = entries;
    this.lost = lost;
  }

  /// Takes a copy of the first `length` numbers of pairs of a unit and what [#routed] or [#ended]
  /// gave.
  ///
  /// @param lost sightings for which there was no room
  public static Sightings of(long[] pairs, int length, long lost) {
    return length == 0 && lost == 0 ? NONE : new Sightings(Arrays.copyOf(pairs, length), lost);
  }

  /// That a unit was routed.
  public static long routed(boolean candidate) {
    return candidate ? CANDIDATE : 0;
  }

  /// How a unit's request ended.
  public static long ended(boolean candidate, boolean failed, long micros) {
    return (candidate ? CANDIDATE : 0)
        | ENDED
        | (failed ? FAILED : 0)
        | (Math.clamp(micros, 0, Long.MAX_VALUE >> MICROS) << MICROS);
  }

  /// Whoever looks at sightings.
  public interface Visitor {
    void routed(long unit, boolean candidate);

    void ended(long unit, boolean candidate, boolean failed, long micros);
  }

  public void forEach(Visitor visitor) {
    for (int i = 0; i + 1 < entries.length; i += 2) {
      long unit = entries[i];
      long what = entries[i + 1];
      boolean candidate = (what & CANDIDATE) != 0;
      if ((what & ENDED) == 0) {
        visitor.routed(unit, candidate);
      } else {
        visitor.ended(unit, candidate, (what & FAILED) != 0, what >>> MICROS);
      }
    }
  }

  /// How many there are.
  public int size() {
    return entries.length / 2;
  }

  /// Sightings for which there was no room.
  public long lost() {
    return lost;
  }
}
