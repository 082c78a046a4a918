package dev.banyan.app;

import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.FamilyPolicy.OnStoreLoss;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Puts routing tables in force, each with the one that decides once this process knows nothing any
/// more of what was decided elsewhere.
///
/// Known to be stale for a moment (a process that was stopped and goes on), it denies every
/// candidate until it has asked the store: that takes milliseconds. Cut off for a whole lease, it
/// does what each family's `on_store_loss` says. A process that has its store to itself is never
/// stale. Guarded by itself; the table may be read by any thread.
///
/// Writes of a family whose sides each have data of their own need more care, for who owns the data
/// may have been decided elsewhere. While this process is known to be stale they are held, to be
/// decided once the store has been asked. Cut off, they are held in the phases that the very next
/// move can change the owner in, whatever the family says of its reads.
final class Steering {
  private final LiveTable live;
  private final Map<String, Integer> holds = new HashMap<>();
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
    publish(table);
  }

  /// Holds the writes of families back: those that come from now on, and those that wait for a
  /// connection. Holds add up, and outlast moves and configurations; who takes one releases it.
  ///
  /// @throws IllegalArgumentException when a family has no data of its own on each side, so that
  ///   its writes under way are not counted
  synchronized void hold(Set<String> families) {
    for (String family : families) {
      FamilyPolicy policy = policies.get(family);
      if (policy == null || policy.data() != DataOwnership.SYNCED) {
        throw new IllegalArgumentException(
            "the writes of '" + family + "' can not be held: its data is not synced");
      }
    }
    families.forEach(family -> holds.merge(family, 1, Integer::sum));
    publish(live.inForce());
  }

  /// Ends a hold. What waits is decided by the table that is in force now.
  synchronized void release(Set<String> families) {
    for (String family : families) {
      holds.computeIfPresent(family, (_, count) -> count > 1 ? count - 1 : null);
    }
    publish(live.inForce());
  }

  private void publish(RoutingTable table) {
    RoutingTable next = table.holding(holds.keySet());
    live.publish(next, stale(next));
  }

  /// Puts a family's state in force. A family that has just left the configuration has no routes to
  /// steer.
  synchronized void steer(FamilyState state) {
    RoutingTable table = live.inForce();
    table
        .family(state.family())
        .ifPresent(family -> {
          publish(table.with(family.in(state.phase(), state.epoch())));
        });
  }

  /// Says whether this process is cut off from its store.
  synchronized void cutOff(boolean now) {
    cutOff = now;
    publish(live.inForce());
  }

  private RoutingTable stale(RoutingTable table) {
    RoutingTable stale = table;
    for (FamilyRoutes family : table.families()) {
      FamilyPolicy policy = policies.get(family.family());
      if (policy == null) {
        continue;
      }
      boolean synced = policy.data() == DataOwnership.SYNCED;
      FamilyRoutes known = family;
      if (denies(policy, family.phase().name())) {
        known = known.denied(!synced);
      }
      if (synced && holds(family.phase().name())) {
        known = known.held(true);
      }
      if (!known.equals(family)) {
        stale = stale.with(known);
      }
    }
    return stale;
  }

  private boolean holds(Phase.Name phase) {
    if (phase.before(Phase.Name.CANARY) || phase == Phase.Name.RETIRED) {
      return false; // too many moves away
    }
    return !cutOff || phase != Phase.Name.CANARY;
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
