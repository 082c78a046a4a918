package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.KeptWrites;
import dev.banyan.proxy.Limit;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.RequestIds;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.routing.LiveTable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What one event loop needs to serve requests: its own pools and tunnels, and what all loops
/// share.
///
/// @param live what clients are held to
/// @param table read once for each request
/// @param nanos a monotonic clock
record Worker(
    LiveOptions live,
    LiveTable table,
    Pools pools,
    RequestIds ids,
    Outcomes outcomes,
    Tee tee,
    KeptWrites kept,
    SafetyNet net,
    Tunnels tunnels,
    Hold hold,
    WriteCare writes,
    LongSupplier nanos) {

  /// One that keeps no writes.
  Worker(
      LiveOptions live,
      LiveTable table,
      Pools pools,
      RequestIds ids,
      Outcomes outcomes,
      Tee tee,
      SafetyNet net,
      Tunnels tunnels,
      Hold hold,
      WriteCare writes,
      LongSupplier nanos) {
    this(
        live, table, pools, ids, outcomes, tee, KeptWrites.NONE, net, tunnels, hold, writes, nanos);
  }

  /// Tells of a limit that was reached, if any was.
  void limited(@Nullable Limit reached) {
    if (reached != null) {
      outcomes.limited(reached);
    }
  }

  /// Takes a place in the safety net, if there is one.
  boolean enterNet() {
    boolean entered = net.enter(nanos.getAsLong());
    if (!entered) {
      outcomes.limited(Limit.FALLBACKS);
    }
    return entered;
  }

  /// The options in force now. A connection reads them when it begins, and keeps to them.
  GatewayOptions options() {
    return live.current();
  }
}
