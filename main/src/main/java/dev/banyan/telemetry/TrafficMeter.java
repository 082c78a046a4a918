package dev.banyan.telemetry;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Counts client requests by family and side within each family's present epoch, and notes what was
/// seen of the sticky units where a weight decides.
///
/// [#record], [#sent], [#heard], [#routed] and [#ended] are for event loops: they take no lock and
/// allocate nothing, but for the first request of a family, an epoch or a side. The rest is for
/// slow threads. What belongs to an epoch that is over is forgotten, and requests that began in it
/// and end later are not counted.
public final class TrafficMeter {
  private final Map<String, FamilyTraffic> families = new ConcurrentHashMap<>();

  /// Counts one request that has ended on one side.
  ///
  /// @param epoch of the routing decision that sent it there
  /// @param write whether the request was no read
  /// @param failed a 5xx, a reset, a timeout or a connection that failed
  /// @param connectFailed no connection came about
  /// @param nanos from sending the request to the head of the answer
  public void record(
      String family,
      long epoch,
      Side side,
      boolean write,
      boolean failed,
      boolean connectFailed,
      long nanos) {
    EpochTraffic current = reach(family, epoch);
    if (current.epoch == epoch) {
      current.side(side).record(write, failed, connectFailed, nanos);
    }
  }

  /// Counts that a side was sent a request, which may take long to end or never do.
  public void sent(String family, long epoch, Side side) {
    EpochTraffic current = reach(family, epoch);
    if (current.epoch == epoch) {
      current.side(side).sent();
    }
  }

  /// Counts that the head of an answer came from a side.
  public void heard(String family, long epoch, Side side) {
    EpochTraffic current = reach(family, epoch);
    if (current.epoch == epoch) {
      current.side(side).heard();
    }
  }

  /// Notes that a weight sent a unit's request to a side.
  ///
  /// @param unit the unit's hash, or 0 for a request that is its own unit
  /// @return whether there was room to note it
  public boolean routed(String family, long epoch, Side side, long unit) {
    return sighted(family, epoch, unit, Sightings.routed(side == Side.CANDIDATE));
  }

  /// Notes how such a request ended there.
  ///
  /// @return whether there was room to note it
  public boolean ended(
      String family, long epoch, Side side, long unit, boolean failed, long nanos) {
    return sighted(
        family, epoch, unit, Sightings.ended(side == Side.CANDIDATE, failed, nanos / 1_000));
  }

  private boolean sighted(String family, long epoch, long unit, long what) {
    EpochTraffic current = reach(family, epoch);
    return current.epoch != epoch || current.sightings().add(unit, what);
  }

  /// Counts that both sides were asked the same.
  ///
  /// @param legacyNanos from sending the request to the head of the answer, of no account where it
  ///   failed; `candidateNanos` like it
  public void pair(
      String family,
      long epoch,
      boolean legacyFailed,
      long legacyNanos,
      boolean candidateFailed,
      long candidateNanos) {
    EpochTraffic current = reach(family, epoch);
    if (current.epoch == epoch) {
      current.pairs.record(legacyFailed, legacyNanos, candidateFailed, candidateNanos);
    }
  }

  private EpochTraffic reach(String family, long epoch) {
    FamilyTraffic traffic = families.get(family);
    if (traffic == null) {
      traffic = families.computeIfAbsent(family, _ -> new FamilyTraffic(epoch));
    }
    return traffic.reach(epoch);
  }

  /// What one side has done since the epoch began. The counts are of this moment, the latencies of
  /// the latest [#tick].
  public SideEvidence total(String family, long epoch, Side side) {
    EpochTraffic traffic = ifCurrent(family, epoch);
    return traffic == null ? SideEvidence.NONE : traffic.side(side).total();
  }

  /// All that happened since this was last called for the family; one caller at a time is meant to
  /// call it, again and again.
  public TrafficTick tick(String family, long epoch) {
    EpochTraffic traffic = ifCurrent(family, epoch);
    return traffic == null ? TrafficTick.NONE : traffic.tick();
  }

  private @Nullable EpochTraffic ifCurrent(String family, long epoch) {
    FamilyTraffic traffic = families.get(family);
    EpochTraffic current = traffic == null ? null : traffic.current;
    return current != null && current.epoch == epoch ? current : null;
  }

  /// Forgets every family that is not named, so that what is kept is bounded by the configuration.
  public void retain(Collection<String> names) {
    families.keySet().retainAll(Set.copyOf(names));
  }

  /// A family's present epoch, which only grows.
  private static final class FamilyTraffic {
    private volatile EpochTraffic current;

    FamilyTraffic(long epoch) {
      this.current = new EpochTraffic(epoch);
    }

    /// The present epoch, which is `epoch` at least.
    EpochTraffic reach(long epoch) {
      EpochTraffic traffic = current;
      return traffic.epoch >= epoch ? traffic : begin(epoch);
    }

    private synchronized EpochTraffic begin(long epoch) {
      if (current.epoch < epoch) {
        current = new EpochTraffic(epoch);
      }
      return current;
    }
  }

  /// Both sides of a family in one epoch.
  private static final class EpochTraffic {
    private final long epoch;
    private final SideTraffic legacy = new SideTraffic();
    private final SideTraffic candidate = new SideTraffic();
    private final PairTraffic pairs = new PairTraffic();

    /// Made by the first request that a weight decides: it has a megabyte.
    private final AtomicReference<@Nullable SightingLog> sightings = new AtomicReference<>();

    EpochTraffic(long epoch) {
      this.epoch = epoch;
    }

    SideTraffic side(Side side) {
      return side == Side.LEGACY ? legacy : candidate;
    }

    SightingLog sightings() {
      SightingLog made = sightings.get();
      if (made != null) {
        return made;
      }
      SightingLog fresh = new SightingLog();
      SightingLog first = sightings.compareAndExchange(null, fresh);
      return first == null ? fresh : first;
    }

    TrafficTick tick() {
      SightingLog log = sightings.get();
      return new TrafficTick(
          legacy.tick(), candidate.tick(), log == null ? Sightings.NONE : log.take(), pairs.tick());
    }
  }
}
