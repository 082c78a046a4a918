package dev.banyan.app;

import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.FamilyPolicy.OnStoreLoss;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Puts routing tables in force, each with the one that decides once this process knows nothing any
/// more of what was decided elsewhere.
///
/// Known to be stale for a moment (a process that was stopped and goes on), it denies every
/// candidate until it has asked the store: that takes milliseconds. Cut off for a whole lease, it
/// does what each family's `on_store_loss` says. A process that has its store to itself is never
/// stale. Guarded by itself; the table may be read by any thread.
final class Steering {
  private final LiveTable live;
  private Map<String, FamilyPolicy> policies = Map.of();
  private boolean cutOff;

  Steering(LiveTable live) {
    this.live = live;
  }

  LiveTable live() {
    return live;
  }

  /// Puts a configuration's table in force.
  synchronized void publish(RoutingTable table, List<FamilyPolicy> by) {
    policies = by.stream().collect(Collectors.toMap(FamilyPolicy::family, Function.identity()));
    live.publish(table, stale(table));
  }

  /// Puts a family's state in force. A family that has just left the configuration has no routes to
  /// steer.
  synchronized void steer(FamilyState state) {
    RoutingTable table = live.inForce();
    table
        .family(state.family())
        .ifPresent(family -> {
          RoutingTable next = table.with(family.in(state.phase(), state.epoch()));
          live.publish(next, stale(next));
        });
  }

  /// Says whether this process is cut off from its store.
  synchronized void cutOff(boolean now) {
    cutOff = now;
    live.publish(live.inForce(), stale(live.inForce()));
  }

  private RoutingTable stale(RoutingTable table) {
    RoutingTable stale = table;
    for (FamilyRoutes family : table.families()) {
      FamilyPolicy policy = policies.get(family.family());
      if (policy != null && denies(policy, family.phase().name())) {
        stale = stale.with(family.denied(policy.data() != DataOwnership.SYNCED));
      }
    }
    return stale;
  }

  private boolean denies(FamilyPolicy policy, Phase.Name phase) {
    if (phase.before(Phase.Name.CANARY) || phase == Phase.Name.RETIRED) {
      return false;
    }
    return !cutOff
        || policy.onStoreLoss() == OnStoreLoss.LEGACY
        || (policy.onStoreLoss() == OnStoreLoss.BY_PHASE && phase == Phase.Name.CANARY);
  }
}
