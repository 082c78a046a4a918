package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;

/// How a family may move, as `banyan.yaml` declares it.
///
/// @param endpoints what must be proved to agree: the endpoints of the family's safe routes, of a
///   route for every method its `GET`
/// @param steps the canary's weights, ascending, the last one 100 %
/// @param soak how long each step must last before the next
/// @param parityLimit the share of answers that may differ, such as 0.01; the gate proves that it
///   is less
/// @param breaker when errors or slow answers roll the family back
/// @param rollsBack whether the breaker acts by itself (`auto: rollback`) or only tells (`auto:
///   off`)
public record FamilyPolicy(
    String family,
    DataOwnership data,
    List<Endpoint> endpoints,
    List<Weight> steps,
    Duration soak,
    double parityLimit,
    Breaker breaker,
    boolean rollsBack) {
  public FamilyPolicy {
    endpoints = List.copyOf(endpoints);
    steps = List.copyOf(steps);
  }

  /// When the candidate is taken off without anybody being asked.
  ///
  /// @param window how far back the breaker looks
  /// @param requests the fewest candidate requests in the window to judge by
  /// @param errors the share of errors in the window that is too much, beyond the legacy's own
  ///   share
  /// @param slow the share of answers slower than `slowFactor` times the legacy's frozen p99 that
  ///   is too much
  /// @param slowFactor see `slow`
  public record Breaker(
      Duration window, int requests, double errors, double slow, double slowFactor) {}
}
