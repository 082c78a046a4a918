package dev.banyan.parity;

import java.util.List;

/// What has been learned of the noise of a family's legacy.
///
/// @param rules classes of volatile places that hold now, with their evidence
/// @param defects places where the candidate differs more often than noise explains; a difference
///   there is always counted
public record LearnedNoise(List<Noise.Rule> rules, List<Noise.Defect> defects) {
  public static final LearnedNoise NOTHING = new LearnedNoise(List.of(), List.of());

  public LearnedNoise {
    rules = List.copyOf(rules);
    defects = List.copyOf(defects);
  }
}
