package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.proxy.Address;
import dev.banyan.proxy.ServiceAddresses;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.WriteShadow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says whether a copy of a write may go to a family's sandbox: only if the configuration in force
/// declares it, and if none of its addresses is one where clients are answered, or is unknown.
/// Asked before each copy and again until its first byte, because names move.
///
/// While a configuration that moves any of these places comes into force, nothing may go; nor
/// afterwards what was decided before. The sandbox of then may be where the legacy was, and the
/// write has been carried out there.
///
/// An address of this machine is the same as its loopback address. Safe to use from any thread, but
/// for [#adopt] and [#adopted], which one thread at a time may call.
final class SandboxGuard {
  private static final Logger LOG = LoggerFactory.getLogger(SandboxGuard.class);

  /// @param live services that clients are answered by
  /// @param sandboxes by family
  /// @param urls of all of them
  private record Places(
      Set<String> live, Map<String, String> sandboxes, Map<String, List<URI>> urls) {}

  /// @param turn another one after each change
  /// @param changing whether the routes of other places may still be in force
  private record State(Places places, long turn, boolean changing) {}

  private final Function<String, @Nullable ServiceAddresses> services;
  private final Predicate<InetAddress> ours;
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private volatile State state = new State(new Places(Set.of(), Map.of(), Map.of()), 0, false);
  private volatile @Nullable InetSocketAddress gateway;

  /// @param ours whether an address is one of this machine's
  SandboxGuard(Function<String, @Nullable ServiceAddresses> services, Predicate<InetAddress> ours) {
    this.services = services;
    this.ours = ours;
  }

  /// To be called before services or routes of a configuration are put in force.
  void adopt(BanyanConfig config) {
    State before = state;
    Places next = places(config);
    if (before.changing() || !next.equals(before.places())) {
      state = new State(next, before.turn() + 1, true);
    }
  }

  /// To be called once they are. Where that never happens, nothing is sent.
  void adopted() {
    State before = state;
    if (before.changing()) {
      state = new State(before.places(), before.turn() + 1, false);
    }
  }

  /// What a copy is decided under, for [#allows].
  long turn() {
    return state.turn();
  }

  private static Places places(BanyanConfig config) {
    Set<String> live = new HashSet<>();
    Map<String, String> sandboxes = new HashMap<>();
    live.add(config.legacyService());
    for (FamilyConfig family : config.families()) {
      live.add(family.legacyService());
      live.add(family.candidateService());
      if (family.writes() instanceof WriteShadow.Sandbox sandbox) {
        sandboxes.put(family.name(), sandbox.service());
      }
    }
    Map<String, List<URI>> urls = new HashMap<>();
    for (ServiceOptions service : config.services()) {
      if (live.contains(service.name()) || sandboxes.containsValue(service.name())) {
        urls.put(service.name(), service.urls());
      }
    }
    return new Places(Set.copyOf(live), Map.copyOf(sandboxes), Map.copyOf(urls));
  }

  /// Banyan's own address: a copy sent there would come back as a client's write.
  void listening(InetSocketAddress address) {
    gateway = address;
  }

  /// Whether all of a family's sandbox is apart from all that is live.
  ///
  /// @param decided [#turn] when the write came
  boolean allows(long decided, String family, String sandbox) {
    State now = state;
    if (now.changing() || decided != now.turn()) {
      return false;
    }
    String why = why(now.places(), family, sandbox);
    tell(family, sandbox, why);
    return why == null;
  }

  /// The same, and whether an address is.
  boolean allows(long decided, String family, String sandbox, InetSocketAddress chosen) {
    return allows(decided, family, sandbox)
        && !chosen.isUnresolved()
        && !live(state.places()).anyAt(chosen);
  }

  private @Nullable String why(Places now, String family, String sandbox) {
    if (!sandbox.equals(now.sandboxes().get(family)) || now.live().contains(sandbox)) {
      return "it is no longer this family's sandbox";
    }
    ServiceAddresses at = services.apply(sandbox);
    Live live = live(now);
    if (at == null || live.unknown()) {
      return "it is not known yet where all services are";
    }
    for (Address address : at.current()) {
      if (address.socket().isUnresolved()) {
        return "its name " + address.socket().getHostString() + " could not be looked up yet";
      }
      if (live.anyAt(address.socket())) {
        return "clients are answered at " + address;
      }
    }
    return null;
  }

  /// Where clients are answered.
  private final class Live {
    private final List<InetSocketAddress> at = new ArrayList<>();
    private boolean unknown;

    boolean unknown() {
      return unknown;
    }

    boolean anyAt(InetSocketAddress one) {
      return at.stream().anyMatch(other -> same(one, other));
    }
  }

  private Live live(Places now) {
    Live live = new Live();
    for (String name : now.live()) {
      ServiceAddresses service = services.apply(name);
      if (service == null) {
        live.unknown = true;
      } else {
        service.current().forEach(address -> live.at.add(address.socket()));
      }
    }
    live.unknown |= live.at.stream().anyMatch(InetSocketAddress::isUnresolved);
    InetSocketAddress own = gateway;
    if (own != null) {
      live.at.add(own);
    }
    return live;
  }

  private boolean same(InetSocketAddress one, InetSocketAddress other) {
    if (one.getPort() != other.getPort()) {
      return false;
    }
    InetAddress first = one.getAddress();
    InetAddress second = other.getAddress();
    return first == null
        || second == null
        || first.equals(second)
        || (ours.test(first) && ours.test(second));
  }

  private void tell(String family, String sandbox, @Nullable String why) {
    if (why == null) {
      if (told.remove(family)) {
        LOG.info("copies of the writes of {} go to the sandbox {} again", family, sandbox);
      }
    } else if (told.add(family)) {
      LOG.error("no write of {} is copied to the sandbox {}: {}", family, sandbox, why);
    }
  }
}
