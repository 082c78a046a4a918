package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.RequestIds;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.routing.LiveTable;
import java.util.function.LongSupplier;

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
    SafetyNet net,
    Tunnels tunnels,
    Hold hold,
    WriteCare writes,
    LongSupplier nanos) {

  /// The options in force now. A connection reads them when it begins, and keeps to them.
  GatewayOptions options() {
    return live.current();
  }
}
