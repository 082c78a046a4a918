package dev.banyan.telemetry;

import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.statistics.Latencies;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Counts client requests by family and side within each family's present epoch.
///
/// [#record] is for event loops: it takes no lock and allocates nothing, but for the first request
/// of a family, an epoch or a side. The rest is for slow threads. What belongs to an epoch that is
/// over is forgotten, and requests that began in it and end later are not counted.
public final class TrafficMeter {

  /// What one side did since it was asked last.
  ///
  /// @param requests all that ended
  /// @param errors those of them that failed
  /// @param writes those of them that were no reads; `writeErrors` failed
  /// @param connectFailures the longest run of connections that failed without an answer between
  ///   them
  /// @param latencies of the answers that are not errors
  public record Tick(
      long requests,
      long errors,
      long writes,
      long writeErrors,
      long connectFailures,
      Latencies latencies) {
    public static final Tick NONE = new Tick(0, 0, 0, 0, 0, Latencies.NONE);
  }

  private final Map<String, FamilyTraffic> families = new ConcurrentHashMap<>();

  /// Counts one request that has ended on one side.
  ///
  /// @param epoch of the routing decision that sent it there
  /// @param write whether the request was no read
  /// @param failed a 5xx, a reset, a timeout or a connection that failed
  /// @param connectFailed no connection came about
  /// @param nanos from the request's head to the end of the answer
  public void record(
      String family,
      long epoch,
      Side side,
      boolean write,
      boolean failed,
      boolean connectFailed,
      long nanos) {
    FamilyTraffic traffic = families.get(family);
    if (traffic == null) {
      traffic = families.computeIfAbsent(family, f -> new FamilyTraffic(epoch));
    }
    EpochTraffic current = traffic.reach(epoch);
    if (current.epoch == epoch) {
      current.side(side).record(write, failed, connectFailed, nanos);
    }
  }

  /// What one side has done since the epoch began. The counts are of this moment, the latencies of
  /// the latest [#tick].
  public SideEvidence total(String family, long epoch, Side side) {
    EpochTraffic traffic = ifCurrent(family, epoch);
    return traffic == null ? SideEvidence.NONE : traffic.side(side).total();
  }

  /// What one side has done since this was last called for it; one caller at a time is meant to
  /// call it, again and again.
  public Tick tick(String family, long epoch, Side side) {
    EpochTraffic traffic = ifCurrent(family, epoch);
    return traffic == null ? Tick.NONE : traffic.side(side).tick();
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

    EpochTraffic(long epoch) {
      this.epoch = epoch;
    }

    SideTraffic side(Side side) {
      return side == Side.LEGACY ? legacy : candidate;
    }
  }
}
