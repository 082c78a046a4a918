package dev.banyan.proxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How full the gateway is at one moment.
///
/// @param clients open connections of clients
/// @param tunnels those of them that have left HTTP, on the event loops that answered
/// @param delays how long each event loop took to come to the question, in the order of the loops;
///   one that did not answer in time is there with the time that was waited
/// @param pools by service, summed over the event loops that answered
public record GatewayLevels(
    int clients, int tunnels, List<Duration> delays, Map<String, Pool> pools) {
  public GatewayLevels {
    delays = List.copyOf(delays);
    pools = Map.copyOf(pools);
  }

  /// @param open connections to one service, those being made included
  /// @param idle those of them that wait for a request
  /// @param waiting requests that wait for a connection
  public record Pool(int open, int idle, int waiting) {
    public Pool plus(Pool other) {
      return new Pool(open + other.open, idle + other.idle, waiting + other.waiting);
    }
  }

  /// What one event loop answered.
  public record Loop(Duration delay, int tunnels, Map<String, Pool> pools) {
    public Loop {
      pools = Map.copyOf(pools);
    }
  }

  public static GatewayLevels of(int clients, List<Loop> loops) {
    List<Duration> delays = new ArrayList<>();
    Map<String, Pool> pools = new TreeMap<>();
    int tunnels = 0;
    for (Loop loop : loops) {
      tunnels += loop.tunnels();
      delays.add(loop.delay());
      loop.pools().forEach((service, pool) -> pools.merge(service, pool, Pool::plus));
    }
    return new GatewayLevels(clients, tunnels, delays, pools);
  }
}
