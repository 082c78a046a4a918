package dev.banyan.proxy.transport;

import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.ProxyFailure;
import dev.banyan.proxy.ProxyFailure.Kind;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceOptions.Protocol;
import io.netty.channel.EventLoop;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One event loop's pools of each service that it has sent to. Used by that loop alone.
final class Pools {
  private final EventLoop loop;
  private final Services services;
  private final Sockets sockets;
  private final LongSupplier nanos;
  private final Map<String, AddressPools> pools = new HashMap<>();
  private Map<String, ServiceAddresses> followed;

  Pools(EventLoop loop, Services services, Sockets sockets, LongSupplier nanos) {
    this.loop = loop;
    this.services = services;
    this.sockets = sockets;
    this.nanos = nanos;
    this.followed = services.inForce();
  }

  EventLoop loop() {
    return loop;
  }

  /// The pools of a service, or null when there is no such service. A request that comes after a
  /// change of the services meets the changed ones, even if the loop has yet to be told of it.
  @Nullable AddressPools of(String service) {
    if (isBehind()) {
      adopt();
    }
    AddressPools known = pools.get(service);
    return known == null ? made(service) : known;
  }

  private @Nullable AddressPools made(String name) {
    ServiceAddresses service = services.find(name);
    if (service == null) {
      return null;
    }
    AddressPools made =
        new AddressPools(
            service,
            services.versions(),
            address ->
                new UpstreamPool(
                    service.options(),
                    address,
                    loop,
                    sockets,
                    nanos,
                    services.tls(service.options())),
            nanos.getAsLong());
    pools.put(name, made);
    return made;
  }

  static ProxyFailure missing(String service) {
    return ProxyFailure.of(Kind.CONNECT, service, "there is no service '" + service + "'");
  }

  /// Whether a connection to a service can be handed over to another protocol.
  boolean speaksHttp1(String service) {
    ServiceAddresses known = services.find(service);
    return known != null && known.options().protocol() == Protocol.HTTP1;
  }

  Map<String, GatewayLevels.Pool> levels() {
    Map<String, GatewayLevels.Pool> levels = new HashMap<>();
    pools.forEach((service, of) -> levels.put(service, of.levels()));
    return levels;
  }

  @SuppressWarnings("ReferenceEquality") // another map is the sign that something changed
  private boolean isBehind() {
    return followed != services.inForce();
  }

  /// Follows a change of the services: pools of those changed or removed serve nothing new.
  void adopt() {
    followed = services.inForce();
    pools
        .entrySet()
        .removeIf(each -> {
          boolean stays = each.getValue().service() == services.find(each.getKey());
          if (!stays) {
            each.getValue().retire();
          }
          return !stays;
        });
  }
}
