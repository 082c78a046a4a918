package dev.banyan.cutover;

import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Legs;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All that happened to a family on one replica between two looks, as small as it can be said: the
/// many sightings of a unit become one.
///
/// Digests need no memory of earlier ones and no thresholds, so a replica makes them of a tick
/// alone, and whoever folds them ([StepEvidence]) tells units that it has met before. Immutable;
/// [#encode] and [#decode] carry it between processes.
///
/// @param legacy everything that clients asked of it, like `candidate`
/// @param units those that were seen, each once for a side, in the order of their first sighting
/// @param legacyStrangers requests without a unit that a weight sent to the legacy; likewise
///   `candidateStrangers`
/// @param lost sightings for which there was no room
public record TickDigest(
    SideTick legacy,
    SideTick candidate,
    Pairs pairs,
    List<Unit> units,
    Strangers legacyStrangers,
    Strangers candidateStrangers,
    long lost) {
  public static final TickDigest NONE = of(TrafficTick.NONE);

  public TickDigest {
    units = List.copyOf(units);
  }

  /// What one unit met on one side.
  ///
  /// @param routed how often a weight sent it there
  /// @param failed whether any of its requests failed
  /// @param slowest the longest of its answers that did not fail, in microseconds; -1 for none
  public record Unit(long hash, boolean candidate, int routed, boolean failed, long slowest) {}

  /// Requests that name no unit, each a unit of its own, on one side.
  ///
  /// @param routed how many a weight sent there
  /// @param ended how such requests ended
  public record Strangers(long routed, Answers ended) {
    static final Strangers NONE = new Strangers(0, Answers.NONE);
  }

  public static TickDigest of(TrafficTick tick) {
    Sightings sightings = tick.units();
    Sorting sorting = new Sorting();
    sightings.forEach(sorting);
    return new TickDigest(
        tick.legacy(),
        tick.candidate(),
        tick.pairs(),
        sorting.units(),
        sorting.legacy.strangers(),
        sorting.candidate.strangers(),
        sightings.lost());
  }

  /// Whether nothing happened.
  boolean empty() {
    return legacy.requests() == 0
        && candidate.requests() == 0
        && legacy.legs().equals(Legs.NONE)
        && candidate.legs().equals(Legs.NONE)
        && units.isEmpty()
        && legacyStrangers.equals(Strangers.NONE)
        && candidateStrangers.equals(Strangers.NONE)
        && pairs.legacy().requests() == 0
        && pairs.candidate().requests() == 0
        && lost == 0;
  }

  /// Both of them, as if they had been seen in one tick.
  TickDigest plus(TickDigest more) {
    Map<Sorting.Key, Unit> all = new LinkedHashMap<>();
    for (Unit unit : units) {
      all.put(new Sorting.Key(unit.hash, unit.candidate), unit);
    }
    for (Unit unit : more.units) {
      all.merge(new Sorting.Key(unit.hash, unit.candidate), unit, TickDigest::both);
    }
    return new TickDigest(
        both(legacy, more.legacy),
        both(candidate, more.candidate),
        new Pairs(
            pairs.legacy().plus(more.pairs.legacy()),
            pairs.candidate().plus(more.pairs.candidate())),
        List.copyOf(all.values()),
        both(legacyStrangers, more.legacyStrangers),
        both(candidateStrangers, more.candidateStrangers),
        lost + more.lost);
  }

  private static Unit both(Unit one, Unit other) {
    return new Unit(
        one.hash,
        one.candidate,
        one.routed + other.routed,
        one.failed || other.failed,
        Math.max(one.slowest, other.slowest));
  }

  private static SideTick both(SideTick one, SideTick other) {
    return new SideTick(
        one.reads().plus(other.reads()),
        one.writes().plus(other.writes()),
        one.connectFailures() + other.connectFailures(),
        one.legs().plus(other.legs()));
  }

  private static Strangers both(Strangers one, Strangers other) {
    return new Strangers(one.routed + other.routed, one.ended.plus(other.ended));
  }

  /// What [#encode] has written of two, as one.
  public static byte[] sum(byte[] one, byte[] other) {
    return decode(one).plus(decode(other)).encode();
  }

  public byte[] encode() {
    return DigestBytes.write(this);
  }

  /// Reads what [#encode] has written.
  ///
  /// @throws IllegalArgumentException when these are no such bytes
  public static TickDigest decode(byte[] bytes) {
    return DigestBytes.read(bytes);
  }

  /// Puts the sightings of a unit together.
  private static final class Sorting implements Sightings.Visitor {
    private final Map<Key, Unit> seen = new HashMap<>();
    private final List<Key> order = new ArrayList<>();
    private final Tally legacy = new Tally();
    private final Tally candidate = new Tally();

    private record Key(long hash, boolean candidate) {}

    @Override
    public void routed(long unit, boolean toCandidate) {
      if (unit == 0) {
        (toCandidate ? candidate : legacy).routed++;
        return;
      }
      Unit before = known(unit, toCandidate);
      put(new Unit(unit, toCandidate, before.routed + 1, before.failed, before.slowest));
    }

    @Override
    public void ended(long unit, boolean byCandidate, boolean failed, long micros) {
      if (unit == 0) {
        (byCandidate ? candidate : legacy).ended(failed, micros);
        return;
      }
      Unit before = known(unit, byCandidate);
      long slowest = failed ? before.slowest : Math.max(before.slowest, micros);
      put(new Unit(unit, byCandidate, before.routed, before.failed || failed, slowest));
    }

    private Unit known(long unit, boolean side) {
      Unit known = seen.get(new Key(unit, side));
      return known == null ? new Unit(unit, side, 0, false, -1) : known;
    }

    private void put(Unit unit) {
      Key key = new Key(unit.hash, unit.candidate);
      if (seen.put(key, unit) == null) {
        order.add(key);
      }
    }

    List<Unit> units() {
      List<Unit> units = new ArrayList<>(order.size());
      for (Key key : order) {
        units.add(known(key.hash, key.candidate));
      }
      return units;
    }
  }

  /// One side's strangers as they are counted.
  private static final class Tally {
    private long routed;
    private long requests;
    private long errors;
    private final Map<Long, Long> micros = new HashMap<>();

    void ended(boolean failed, long time) {
      requests++;
      if (failed) {
        errors++;
      } else {
        micros.merge(time, 1L, Long::sum);
      }
    }

    Strangers strangers() {
      if (routed + requests == 0) {
        return Strangers.NONE;
      }
      long[] times = micros.keySet().stream().mapToLong(Long::longValue).sorted().toArray();
      long[] counts = new long[times.length];
      for (int i = 0; i < times.length; i++) {
        counts[i] = micros.getOrDefault(times[i], 0L);
      }
      return new Strangers(routed, new Answers(requests, errors, Latencies.of(times, counts)));
    }
  }
}
