package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The backends in force, by name; replaced at run time without dropping a request.
///
/// Requests under way end on the connections they have; new ones use the new options. Publish the
/// services before a routing table that names them, and drop them after one that no longer does.
/// Safe to use from any thread.
public final class Services {
  private volatile Map<String, ServiceOptions> current;
  private final Map<Secured, BackendTls> secured = new ConcurrentHashMap<>();
  private final List<Consumer<Map<String, ServiceOptions>>> followers =
      new CopyOnWriteArrayList<>();

  /// What a service's way of securing connections is made for.
  private record Secured(
      String service, ServiceOptions.Tls tls, ServiceOptions.Protocol protocol) {}

  /// Blocks: it may read files.
  ///
  /// @throws java.io.UncheckedIOException if a service's file of certificates cannot be used,
  ///   saying which and why
  public Services(Map<String, ServiceOptions> first) {
    this.current = Map.copyOf(first);
    first.values().forEach(this::tls);
  }

  public Map<String, ServiceOptions> current() {
    return current;
  }

  /// Puts other services in force, or none of them. Blocks: it may read files.
  ///
  /// @throws java.io.UncheckedIOException if a service's file of certificates cannot be used,
  ///   saying which and why; those in force stay
  public void publish(Map<String, ServiceOptions> next) {
    Map<String, ServiceOptions> copy = Map.copyOf(next);
    copy.values().forEach(this::tls);
    Set<Secured> used = new HashSet<>();
    Stream.concat(copy.values().stream(), current.values().stream())
        .forEach(options -> secured(options).ifPresent(used::add));
    secured.keySet().retainAll(used);
    current = copy;
    followers.forEach(follower -> follower.accept(copy));
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

  void follow(Consumer<Map<String, ServiceOptions>> follower) {
    followers.add(follower);
  }

  void unfollow(Consumer<Map<String, ServiceOptions>> follower) {
    followers.remove(follower);
  }
}
