package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ServiceOptions;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// One event loop's pools, one for each service that it has sent to. Used by that loop alone.
final class Pools {
  private final EventLoop loop;
  private final Services services;
  private final Sockets sockets;
  private final LongSupplier nanos;
  private final Map<String, UpstreamPool> pools = new HashMap<>();

  Pools(EventLoop loop, Services services, Sockets sockets, LongSupplier nanos) {
    this.loop = loop;
    this.services = services;
    this.sockets = sockets;
    this.nanos = nanos;
  }

  /// Gets the user a connection to a service.
  ///
  /// @param fresh whether a kept connection will not do
  void acquire(String service, UpstreamUser user, boolean fresh) {
    UpstreamPool pool = pools.get(service);
    if (pool == null) {
      ServiceOptions options = services.current().get(service);
      if (options == null) {
        user.unavailable(
            ProxyFailure.of(Kind.CONNECT, service, "there is no service '" + service + "'"));
        return;
      }
      pool = new UpstreamPool(options, options.url(), loop, sockets, nanos, services.tls(options));
      pools.put(service, pool);
    }
    pool.acquire(user, fresh);
  }

  /// Whether a connection to a service can be handed over to another protocol.
  boolean speaksHttp1(String service) {
    ServiceOptions options = services.current().get(service);
    return options != null && options.protocol() == ServiceOptions.Protocol.HTTP1;
  }

  Map<String, GatewayLevels.Pool> levels() {
    Map<String, GatewayLevels.Pool> levels = new HashMap<>();
    pools.forEach((service, pool) -> levels.put(service, pool.levels()));
    return levels;
  }

  /// Follows a change of the services: pools of those changed or removed serve nothing new.
  void adopt(Map<String, ServiceOptions> next) {
    pools
        .values()
        .removeIf(pool -> {
          boolean stays = pool.options().equals(next.get(pool.options().name()));
          if (!stays) {
            pool.retire();
          }
          return !stays;
        });
  }
}
