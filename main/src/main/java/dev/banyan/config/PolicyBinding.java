package dev.banyan.config;

import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.FreezeWindow;
import dev.banyan.cutover.RecurringFreeze;
import dev.banyan.migration.Endpoint;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// From the values of a file without problems to how its families may move.
final class PolicyBinding {
  private final Map<String, FreezeWindow> freezes = new LinkedHashMap<>();

  PolicyBinding(Values file) {
    for (Named<Values> freeze : file.get(Keys.FREEZES)) {
      freezes.put(freeze.name(), freeze(freeze.name(), freeze.value()));
    }
  }

  /// @throws IllegalArgumentException when the keys do not go together
  static RecurringFreeze freeze(String name, Values values) {
    return new RecurringFreeze(
        name,
        values.get(FreezeKeys.START),
        values.get(FreezeKeys.TIMEZONE),
        values.get(FreezeKeys.DURATION),
        values.find(FreezeKeys.RULE).orElse(null));
  }

  FamilyPolicy policy(String name, Values values, List<Endpoint> proved) {
    Values parity = values.get(Keys.Family.PARITY);
    Duration soak = values.get(Keys.Family.SOAK);
    return new FamilyPolicy(
        name,
        values.get(Keys.Family.DATA),
        proved,
        values.get(PolicyKeys.STRATEGY),
        values.get(PolicyKeys.STEPS).stream().map(step -> step(step.value(), soak)).toList(),
        soak,
        parity.get(ParityKeys.LIMIT),
        parity.get(ParityKeys.COVERAGE),
        gates(values.get(PolicyKeys.GATES), values.get(PolicyKeys.BREAKER)),
        values.get(PolicyKeys.AUTO),
        values.get(PolicyKeys.REQUIRE_APPROVAL).stream()
            .map(Placed::value)
            .collect(Collectors.toUnmodifiableSet()),
        freezesOf(values.find(PolicyKeys.FREEZE)),
        values.get(PolicyKeys.ON_STORE_LOSS));
  }

  private static FamilyPolicy.Step step(Values step, Duration soak) {
    return new FamilyPolicy.Step(
        step.get(PolicyKeys.Step.WEIGHT), step.find(PolicyKeys.Step.SOAK).orElse(soak));
  }

  private static FamilyPolicy.GateLimits gates(Values gates, Values breaker) {
    return new FamilyPolicy.GateLimits(
        gates.get(PolicyKeys.Gates.ERRORS),
        gates.get(PolicyKeys.Gates.SLOW),
        gates.get(PolicyKeys.Gates.MARGIN),
        gates.get(PolicyKeys.Gates.SLOW_FROM),
        gates.get(PolicyKeys.Gates.BASELINE),
        gates.find(PolicyKeys.Gates.ERROR_RATE).orElse(null),
        gates.find(PolicyKeys.Gates.P99).orElse(null),
        new FamilyPolicy.Breaker(
            breaker.get(PolicyKeys.Breaker.WINDOW),
            breaker.get(PolicyKeys.Breaker.REQUESTS),
            breaker.get(PolicyKeys.Breaker.ERRORS),
            breaker.get(PolicyKeys.Breaker.CONNECT_FAILURES)));
  }

  private List<FreezeWindow> freezesOf(Optional<List<Placed<String>>> named) {
    return named.isEmpty()
        ? List.copyOf(freezes.values())
        : named.get().stream()
            .flatMap(name -> Optional.ofNullable(freezes.get(name.value())).stream())
            .toList();
  }
}
