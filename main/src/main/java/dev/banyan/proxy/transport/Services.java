package dev.banyan.proxy.transport;

import dev.banyan.proxy.ServiceOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// The backends in force, by name; replaced at run time without dropping a request.
///
/// Requests under way end on the connections they have; new ones use the new options. Publish the
/// services before a routing table that names them, and drop them after one that no longer does.
/// Safe to use from any thread.
public final class Services {
  private volatile Map<String, ServiceOptions> current;
  private final List<Consumer<Map<String, ServiceOptions>>> followers =
      new CopyOnWriteArrayList<>();

  public Services(Map<String, ServiceOptions> first) {
    this.current = Map.copyOf(first);
  }

  public Map<String, ServiceOptions> current() {
    return current;
  }

  public void publish(Map<String, ServiceOptions> next) {
    Map<String, ServiceOptions> copy = Map.copyOf(next);
    current = copy;
    followers.forEach(follower -> follower.accept(copy));
  }

  void follow(Consumer<Map<String, ServiceOptions>> follower) {
    followers.add(follower);
  }

  void unfollow(Consumer<Map<String, ServiceOptions>> follower) {
    followers.remove(follower);
  }
}
