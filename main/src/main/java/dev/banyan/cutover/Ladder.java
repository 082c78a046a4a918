package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Optional;

/// Which step comes next, and where a rollback goes: the phases' exits with the policy's weights.
final class Ladder {
  private Ladder() {}

  /// The step after a phase; empty at the end.
  static Optional<Phase> next(Phase phase, FamilyPolicy policy) {
    List<Weight> steps = policy.weights();
    return Optional.ofNullable(
        switch (phase) {
          case Phase.Legacy legacy -> legacy.toShadow();
          case Phase.Shadow shadow when policy.strategy() == FamilyPolicy.Strategy.BLUE_GREEN ->
              shadow.toReads();
          case Phase.Shadow shadow -> shadow.toCanary(steps.getFirst());
          case Phase.Canary canary ->
              above(canary.weight(), steps).<Phase>map(canary::step).orElseGet(canary::toReads);
          case Phase.Reads reads -> reads.toWrites(firstOfWrites(policy));
          case Phase.Writes writes ->
              writes.weight().equals(Weight.FULL)
                  ? writes.toRetired()
                  : writes.step(above(writes.weight(), steps).orElse(Weight.FULL));
          case Phase.Retired retired -> null;
        });
  }

  /// Rows that each side has its own copy of have one owner at a time: no share of the writes.
  private static Weight firstOfWrites(FamilyPolicy policy) {
    return policy.data() == DataOwnership.SYNCED ? Weight.FULL : policy.weights().getFirst();
  }

  private static Optional<Weight> above(Weight weight, List<Weight> steps) {
    return steps.stream().filter(step -> step.compareTo(weight) > 0).findFirst();
  }

  /// The step with a weight of one's own in place of the schedule's; empty where the step has no
  /// weight, or the weight is not more than now.
  static Optional<Phase> withWeight(Phase now, Phase next, Weight weight) {
    Weight present = now.name() == next.name() ? now.stepWeight() : null;
    if (weight.compareTo(present == null ? Weight.NONE : present) <= 0) {
      return Optional.empty();
    }
    return switch (next) {
      case Phase.Canary _ -> Optional.of(new Phase.Canary(weight));
      case Phase.Writes _ -> Optional.of(new Phase.Writes(weight));
      case Phase.Legacy _, Phase.Shadow _, Phase.Reads _, Phase.Retired _ -> Optional.empty();
    };
  }

  /// Where a rollback goes when nobody says: the nearest phase in which the legacy answers all.
  static Phase.Name defaultRollback(Phase.Name phase) {
    return switch (phase) {
      case LEGACY, SHADOW, CANARY -> Phase.Name.LEGACY;
      // Comparing goes on, so that what was proved and what broke can be looked at.
      case READS, WRITES, RETIRED -> Phase.Name.SHADOW;
    };
  }

  /// A phase for people: `canary at 5%`.
  static String words(Phase phase) {
    Weight weight = phase.stepWeight();
    return phase.name().word() + (weight == null ? "" : " at " + weight);
  }
}
