package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.Versions;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The backends in force, by name; replaced at run time without dropping a request.
///
/// Requests under way end on the connections they have; new ones use the new options. A service
/// whose options stay keeps its addresses and what is known of them. Publish the services before a
/// routing table that names them, and drop them after one that no longer does. Safe to use from any
/// thread, but for [#publish], which one thread at a time may call.
public final class Services {
  private final ServiceAddresses.Names names;
  private final Versions versions;
  private volatile Map<String, ServiceAddresses> current = Map.of();
  private final Map<Secured, BackendTls> secured = new ConcurrentHashMap<>();
  private final CopyOnWriteArrayList<Runnable> followers = new CopyOnWriteArrayList<>();

  /// What a service's way of securing connections is made for.
  private record Secured(
      String service, ServiceOptions.Tls tls, ServiceOptions.Protocol protocol) {}

  /// Blocks: it may read files.
  ///
  /// @throws java.io.UncheckedIOException if a service's file of certificates cannot be used,
  ///   saying which and why
  public Services(Map<String, ServiceOptions> first) {
    this(first, InetAddress::getAllByName);
  }

  /// @param names looks up the names of services
  public Services(Map<String, ServiceOptions> first, ServiceAddresses.Names names) {
    this(first, names, Versions.NONE);
  }

  /// @param names looks up the names of services
  /// @param versions is told which versions of them answer
  public Services(
      Map<String, ServiceOptions> first, ServiceAddresses.Names names, Versions versions) {
    this.names = names;
    this.versions = versions;
    publish(first);
  }

  Versions versions() {
    return versions;
  }

  /// Where a service is, or null when there is none of that name.
  public @Nullable ServiceAddresses find(String name) {
    return current.get(name);
  }

  /// All of them by name. The same map until they change.
  Map<String, ServiceAddresses> inForce() {
    return current;
  }

  public Collection<ServiceAddresses> all() {
    return current.values();
  }

  /// Puts other services in force, or none of them. Blocks: it may read files.
  ///
  /// @throws java.io.UncheckedIOException if a service's file of certificates cannot be used,
  ///   saying which and why; those in force stay
  public void publish(Map<String, ServiceOptions> next) {
    next.values().forEach(this::tls);
    Map<String, ServiceAddresses> before = current;
    Map<String, ServiceAddresses> after = new HashMap<>();
    next.forEach((name, options) -> {
      ServiceAddresses known = before.get(name);
      boolean stays = known != null && known.options().equals(options);
      after.put(name, stays ? known : new ServiceAddresses(options, names));
    });
    Set<Secured> used = new HashSet<>();
    Stream.concat(after.values().stream(), before.values().stream())
        .forEach(service -> secured(service.options()).ifPresent(used::add));
    secured.keySet().retainAll(used);
    current = Map.copyOf(after);
    followers.forEach(Runnable::run);
  }

  /// Has the names looked up that are due. To be called about once a second.
  ///
  /// @param blocking runs the look-ups, which may block
  public void lookUpWhenDue(long nanos, Executor blocking) {
    current.values().forEach(service -> service.lookUpWhenDue(nanos, blocking));
  }

  /// How a service's connections are secured; null where they are not. It was made when the service
  /// was published.
  @Nullable BackendTls tls(ServiceOptions options) {
    return secured(options)
        .map(key -> secured.computeIfAbsent(key, one -> BackendTls.of(options, one.tls())))
        .orElse(null);
  }

  private static Optional<Secured> secured(ServiceOptions options) {
    return Optional.ofNullable(options.tls())
        .map(tls -> new Secured(options.name(), tls, options.protocol()));
  }

  void follow(Runnable follower) {
    followers.add(follower);
  }

  void unfollow(Runnable follower) {
    followers.remove(follower);
  }
}
