package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import org.jspecify.annotations.Nullable;

/// Which step somebody who asks for a promotion gets, before any gate is asked.
sealed interface StepChoice {

  /// This one.
  record To(Phase phase) implements StepChoice {}

  /// None, for the ladder has no such step here.
  record None(String why) implements StepChoice {}

  static StepChoice of(
      Phase now, FamilyPolicy policy, Phase.@Nullable Name to, @Nullable Weight weight) {
    Phase next = Ladder.next(now, policy).orElse(null);
    if (next == null) {
      return new None("nothing comes after " + now.name().word());
    }
    if (to != null && to != next.name()) {
      return new None(
          "the step after "
              + Ladder.words(now)
              + " is "
              + Ladder.words(next)
              + ", not "
              + to.word()
              + (to.before(now.name()) ? "; going back is a rollback" : ""));
    }
    if (weight == null) {
      return new To(next);
    }
    if (policy.data() == DataOwnership.SYNCED && next.name() == Phase.Name.WRITES) {
      return new None("with data: synced all writes move at once, not " + weight + " of them");
    }
    return Ladder.withWeight(now, next, weight)
        .<StepChoice>map(To::new)
        .orElseGet(() ->
            new None(
                "a weight of "
                    + weight
                    + " is no step from "
                    + Ladder.words(now)
                    + ": the next one is "
                    + Ladder.words(next)));
  }

  /// Why a family can not go back to a phase, or null where it can.
  ///
  /// @param pending whether a promotion is on its way, which going back to where one is takes back
  static @Nullable String whyNotBack(
      Phase now, FamilyPolicy policy, Phase.Name target, boolean pending) {
    if (now.name() == Phase.Name.RETIRED && policy.data() == DataOwnership.SYNCED) {
      return "out of retired with data: synced there is no way back: the legacy's rows are behind;"
          + " banyan rollback --accept-loss lists those at risk, for an approver to accept";
    }
    if (target.before(now.name()) || (pending && target == now.name())) {
      return null;
    }
    return now.name() == Phase.Name.LEGACY
        ? "the legacy answers everything already"
        : "a rollback goes to an earlier phase; "
            + target.word()
            + " does not come before "
            + now.name().word();
  }
}
