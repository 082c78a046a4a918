package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the program decides by itself: a pure function of where a family stands, its evidence and
/// what stands in the way. [Cutover] carries it out.
///
/// The same input gives the same decision, on any machine, at any time: the ledger's replay rests
/// on that.
final class Controller {
  private Controller() {}

  /// What is decided on.
  ///
  /// @param situation of the family, for its next step
  /// @param obstacle what keeps it from being promoted, or null
  record Input(Situation situation, @Nullable Obstacle obstacle) {}

  /// What is to be done about one family.
  sealed interface Decision {

    /// The evidence shows harm, and the family goes back.
    ///
    /// @param hold why nobody shall promote it until a person has looked, or null
    record RollBack(Phase.Name to, List<GateReading> harm, String why, @Nullable String hold)
        implements Decision {}

    /// The same where the rows have to be given back to the legacy first: a handover, which may
    /// come to nothing.
    record HandBack(Phase.Name to, List<GateReading> harm, String why, @Nullable String hold)
        implements Decision {}

    /// The evidence shows harm, and it is not for the program to act on it.
    record Alarm(List<GateReading> harm, String why) implements Decision {}

    /// Everything agrees to the next step.
    record Promote(List<GateReading> gates) implements Decision {}

    /// A gate holds for a proof that takes more than a day at this rate; a person may find another
    /// way.
    record OutOfReach(String why) implements Decision {}

    /// Every gate agrees to the next step, and a person has to.
    record Wait(String why) implements Decision {}
  }

  /// Whether the candidate does harm, and what that means. To be asked at every look.
  static Optional<Decision> guard(Situation situation) {
    if (situation.phase().name().before(Phase.Name.CANARY) || !Gates.harmful(situation)) {
      return Optional.empty();
    }
    List<GateReading> harm = Gates.harm(situation);
    List<GateReading> against =
        harm.stream().filter(gate -> gate.opinion() == Opinion.ROLL_BACK).toList();
    if (against.isEmpty()) {
      return Optional.empty();
    }
    FamilyPolicy policy = situation.policy();
    String why = against.stream().map(GateReading::says).collect(Collectors.joining("; "));
    if (!Breaker.acts(policy, situation.standing(), situation.rows())) {
      String told = why + ". Not rolled back: " + Breaker.whyNot(policy, situation.standing());
      return Optional.of(new Decision.Alarm(harm, told));
    }
    // Climbing again by itself would only find the same harm again.
    String hold =
        policy.auto() == FamilyPolicy.Auto.FULL
            ? "rolled back by itself; resume once the candidate is mended"
            : null;
    return Optional.of(
        policy.data() == DataOwnership.SYNCED
                && Breaker.handsBack(situation.standing(), situation.rows())
            ? new Decision.HandBack(Phase.Name.SHADOW, harm, why, hold)
            : new Decision.RollBack(Phase.Name.SHADOW, harm, why, hold));
  }

  /// Whether the next step is due. Steps into `shadow` and `retired` are for people to begin.
  static Optional<Decision> advance(Input input) {
    Situation situation = input.situation();
    Phase next = situation.next();
    Phase.Name now = situation.phase().name();
    if (input.obstacle() != null
        || next == null
        || now == Phase.Name.LEGACY
        || next.name() == Phase.Name.RETIRED) {
      return Optional.empty();
    }
    List<GateReading> gates = Gates.read(situation);
    if (!gates.stream().allMatch(gate -> gate.opinion() == Opinion.PROMOTE)) {
      return Optional.of(Gates.outOfReach(situation, gates))
          .filter(why -> !why.isEmpty())
          .map(why -> new Decision.OutOfReach(Ladder.words(next) + " is out of reach: " + why));
    }
    if (Approvals.isMissing(situation.policy(), situation.standing(), next)) {
      return Optional.of(new Decision.Wait(Approvals.wanted(situation.standing(), next)));
    }
    if (situation.policy().auto() == FamilyPolicy.Auto.FULL && isForTheProgram(situation, next)) {
      return Optional.of(new Decision.Promote(gates));
    }
    return Optional.of(
        new Decision.Wait(
            "every gate agrees to "
                + Ladder.words(next)
                + ": banyan promote "
                + family(situation)));
  }

  /// Rows that each side has its own copy of change their owner by a person's order.
  private static boolean isForTheProgram(Situation situation, Phase next) {
    return situation.policy().data() != DataOwnership.SYNCED || next.name() != Phase.Name.WRITES;
  }

  private static String family(Situation situation) {
    return situation.policy().family();
  }
}
