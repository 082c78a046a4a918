package dev.banyan.cutover;

import dev.banyan.migration.FamilyState;

/// What makes a family's state steer the traffic.
@FunctionalInterface
public interface RoutingSwitch {
  /// Puts a table with this state in force. Every request decided after the return is decided by
  /// it. One call at a time, in the order of the epochs; it must not wait for anything.
  void swap(FamilyState state);
}
