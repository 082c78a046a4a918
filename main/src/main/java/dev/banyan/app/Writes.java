package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.exchange.Exchange;
import dev.banyan.exchange.Leg;
import dev.banyan.exchange.Request;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Side;
import dev.banyan.parity.ParityBook;
import dev.banyan.parity.Tolerance;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.routing.Decision;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.WriteShadow;
import dev.banyan.shadow.IdempotencyKeys;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What becomes of clients' writes beside their authority: for each family as far as it says, and
/// nothing where it says nothing.
///
/// The tee tells of every write in a phase that compares. One that goes nowhere else is counted
/// ([BlockedWrites]); any other gets a [WriteErrand], which waits for its turn in the family's
/// [WriteLane]. [DryRuns] and [SandboxGuard] say whether it may be sent.
final class Writes {

  /// Sends what nobody waits for to addresses that are allowed.
  interface Sending {
    void send(
        String service,
        Request request,
        Side side,
        Duration deadline,
        IntPredicate admission,
        Consumer<Leg> told,
        Predicate<InetSocketAddress> allowed);
  }

  /// @param comparison compares an exchange by the rules of its family
  /// @param hop takes work from an event loop without a lock
  /// @param comparing does it, on comparing threads
  /// @param deadline of one leg
  record Ports(
      Sending sending,
      ParityBook book,
      LiveTable table,
      BiFunction<Exchange, Tolerance, Verdict> comparison,
      IdempotencyKeys keys,
      SandboxGuard guard,
      DryRuns dryRuns,
      Executor hop,
      Executor comparing,
      Supplier<Duration> deadline,
      InstantSource clock) {}

  private final Ports ports;
  private final BlockedWrites blocked;
  private final Map<String, FamilyWrites> families = new ConcurrentHashMap<>();
  private Map<String, List<URI>> sandboxes = Map.of();

  Writes(Ports ports) {
    this.ports = ports;
    this.blocked = new BlockedWrites(ports.book());
  }

  Ports ports() {
    return ports;
  }

  /// A configuration comes into force. To be called before its services and routes do, by one
  /// thread at a time; [#adopted] once they are. A family whose sandbox is another one begins to
  /// learn ids anew.
  void adopt(BanyanConfig config) {
    ports.guard().adopt(config);
    Map<String, ServiceOptions> services = Banyan.services(config);
    Map<String, List<URI>> next = new HashMap<>();
    List<String> dry = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (FamilyConfig family : config.families()) {
      names.add(family.name());
      switch (family.writes()) {
        case WriteShadow.Blocked _ -> {}
        case WriteShadow.DryRun _ -> dry.add(family.name());
        case WriteShadow.Sandbox sandbox -> {
          ServiceOptions options = services.get(sandbox.service());
          next.put(family.name(), options == null ? List.of() : options.urls());
        }
      }
    }
    ports.dryRuns().adopt(dry);
    Map<String, List<URI>> before = sandboxes;
    families
        .keySet()
        .removeIf(family ->
            !names.contains(family) || !Objects.equals(next.get(family), before.get(family)));
    sandboxes = next;
  }

  /// The services and routes of the configuration are in force.
  void adopted() {
    ports.guard().adopted();
  }

  /// A write goes to its authority only. For event loops.
  void blocked(String family) {
    blocked.count(family);
  }

  /// Tells the evidence of what was counted.
  void tell() {
    blocked.tell();
  }

  /// A write is decided of which a copy may be sent. For event loops.
  WriteErrand errand(Decision decision, String family, String id, long period) {
    FamilyWrites known = families.get(family);
    if (known == null) {
      known =
          families.computeIfAbsent(
              family, name -> new FamilyWrites(name, ports.hop(), ports.comparing()));
    }
    return new WriteErrand(this, known, decision, id, period);
  }
}
