package dev.banyan.config;

import dev.banyan.config.Type.Group;
import dev.banyan.cutover.Goal;
import dev.banyan.cutover.Goals;
import java.net.URI;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The keys about what a migration is for.
final class GoalKeys {
  private GoalKeys() {}

  private static Key<Double> key(Goal goal, String meaning) {
    return Key.of(goal.word(), Scalars.change(), meaning).example("-30%");
  }

  private static final Map<Goal, Key<Double>> KEYS =
      new EnumMap<>(
          Map.of(
              Goal.P50,
              key(Goal.P50, "Of the time within which half of the answers come."),
              Goal.P99,
              key(Goal.P99, "Of the time within which 99 % of the answers come."),
              Goal.ERROR_RATE,
              key(Goal.ERROR_RATE, "Of the share of errors."),
              Goal.MEMORY,
              key(Goal.MEMORY, "Of the process's resident memory. Both services need `metrics`."),
              Goal.CPU,
              key(
                  Goal.CPU,
                  "Of the process's processor time per second. Both services need `metrics`.")));

  static final Key<Values> GOALS =
      Key.of(
          "goals",
          new Group(List.copyOf(KEYS.values()), Map.of()),
          "What the migration is for: the wanted change of each figure against the legacy's, which"
              + " is frozen when the canary is entered. Shown, and gates nothing.");

  static Goals goals(Values family) {
    Values values = family.get(GOALS);
    Map<Goal, Double> wanted = new EnumMap<>(Goal.class);
    KEYS.forEach((goal, key) -> values.find(key).ifPresent(change -> wanted.put(goal, change)));
    return new Goals(wanted);
  }

  /// What a process uses can only be compared where both say it.
  static void check(Values file, Findings findings) {
    Set<String> saying = new HashSet<>();
    for (Named<Values> service : file.find(Keys.SERVICES).orElse(List.of())) {
      if (service.value().placed(ServiceKeys.METRICS).isPresent()) {
        saying.add(service.name());
      }
    }
    Optional<String> legacy = Checks.legacyService(file);
    for (Named<Values> family : file.find(Keys.FAMILIES).orElse(List.of())) {
      Optional<String> candidate = family.value().find(Keys.Family.CANDIDATE);
      Values goals = family.value().find(GOALS).orElse(null);
      if (goals == null || candidate.isEmpty() || legacy.isEmpty()) {
        continue;
      }
      List<String> silent =
          List.of(legacy.get(), candidate.get()).stream()
              .filter(service -> !saying.contains(service))
              .toList();
      KEYS.forEach((goal, key) -> {
        Optional<Placed<Double>> wanted = goals.placed(key);
        if (goal.ofTheProcess() && wanted.isPresent() && !silent.isEmpty()) {
          findings.add(
              wanted.get().place(),
              "what a process uses is read from its own metrics, and there are none of '"
                  + String.join("' and '", silent)
                  + "'; for example: metrics: /metrics");
        }
      });
    }
  }

  /// Where the services' own metrics are: a path is one of the first address.
  static Map<String, URI> pages(Values file) {
    Map<String, URI> pages = new HashMap<>();
    for (Named<Values> service : file.get(Keys.SERVICES)) {
      URI first = service.value().get(ServiceKeys.URL).getFirst().value();
      service
          .value()
          .find(ServiceKeys.METRICS)
          .ifPresent(page -> pages.put(service.name(), first.resolve(page)));
    }
    return pages;
  }
}
