package dev.banyan.cutover;

import dev.banyan.migration.Phase;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a family's migration is for: changes against what the legacy did on its own. Pure.
///
/// @param wanted the change of each figure, such as -0.3 for 30 % less
public record Goals(Map<Goal, Double> wanted) {
  public static final Goals NONE = new Goals(Map.of());

  public Goals {
    wanted = Map.copyOf(wanted);
  }

  /// Reads all of them, in the order of [Goal].
  ///
  /// @param frozen the legacy's figures, as far as they are known
  /// @param now the candidate's
  public List<GoalReading> read(Map<Goal, Double> frozen, Map<Goal, Double> now, Phase phase) {
    Map<Goal, Double> sorted = new EnumMap<>(Goal.class);
    sorted.putAll(wanted);
    return sorted.entrySet().stream()
        .map(goal ->
            GoalReading.of(
                goal.getKey(),
                goal.getValue(),
                frozen.get(goal.getKey()),
                now.get(goal.getKey()),
                unfair(goal.getKey(), phase)))
        .toList();
  }

  /// A process uses less while it has less to do.
  private static @Nullable String unfair(Goal goal, Phase phase) {
    boolean all = !phase.name().before(Phase.Name.READS);
    return goal.ofTheProcess() && !all ? "judged once the candidate answers all reads" : null;
  }
}
