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
    List<Weight> steps = policy.steps();
    return Optional.ofNullable(
        switch (phase) {
          case Phase.Legacy legacy -> legacy.toShadow();
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
    return policy.data() == DataOwnership.SYNCED ? Weight.FULL : policy.steps().getFirst();
  }

  private static Optional<Weight> above(Weight weight, List<Weight> steps) {
    return steps.stream().filter(step -> step.compareTo(weight) > 0).findFirst();
  }

  /// The step with a weight of one's own in place of the schedule's; empty where the step has no
  /// weight, or the weight is not more than now.
  static Optional<Phase> withWeight(Phase now, Phase next, Weight weight) {
    Weight least =
        switch (now) {
          case Phase.Canary canary when next instanceof Phase.Canary -> canary.weight();
          case Phase.Writes writes when next instanceof Phase.Writes -> writes.weight();
          case Phase.Legacy legacy -> Weight.NONE;
          case Phase.Shadow shadow -> Weight.NONE;
          case Phase.Canary canary -> Weight.NONE;
          case Phase.Reads reads -> Weight.NONE;
          case Phase.Writes writes -> Weight.NONE;
          case Phase.Retired retired -> Weight.NONE;
        };
    if (weight.compareTo(least) <= 0) {
      return Optional.empty();
    }
    return switch (next) {
      case Phase.Canary canary -> Optional.of(new Phase.Canary(weight));
      case Phase.Writes writes -> Optional.of(new Phase.Writes(weight));
      case Phase.Legacy legacy -> Optional.empty();
      case Phase.Shadow shadow -> Optional.empty();
      case Phase.Reads reads -> Optional.empty();
      case Phase.Retired retired -> Optional.empty();
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
    return switch (phase) {
      case Phase.Canary canary -> "canary at " + canary.weight();
      case Phase.Writes writes -> "writes at " + writes.weight();
      case Phase.Legacy legacy -> legacy.name().word();
      case Phase.Shadow shadow -> shadow.name().word();
      case Phase.Reads reads -> reads.name().word();
      case Phase.Retired retired -> retired.name().word();
    };
  }
}
