package dev.banyan.cutover;

import dev.banyan.cutover.Step.Flow;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.cutover.Step.OneArm;
import dev.banyan.cutover.Step.TwoArms;
import dev.banyan.migration.GateReading;
import java.util.List;

/// Rolls back when the candidate is proved to fail more often than the legacy, or when the hard
/// breaker says that it is plainly broken; promotes when it is proved to fail less often than the
/// margin allows, and less often than the objective where there is one. Writes are judged by
/// themselves, for they are few and many reads would hide them.
final class ErrorGate implements Gate {
  @Override
  public GateReading read(Situation situation) {
    Harm harm = Harm.of(situation);
    ProofReading reading = new ProofReading(situation, harm, harm.errors());
    List<Flow> flows = situation.step().judged();
    Double objective = situation.policy().gates().errorRate();
    for (Flow flow : flows) {
      if (reading.absent(flow)) {
        reading.absence(flow);
      } else {
        reading.kind(flow, flow.errors(), "errors", true);
        if (objective != null) {
          reading.objective(flow.name() + " error rate", objective, flow.candidate());
        }
      }
    }
    String broken = Breaker.broken(situation, reading::number);
    if (broken != null) {
      return reading.rollBack("errors", broken);
    }
    return harm.by(harm.errors())
        ? reading.rollBack("errors", accuse(situation, flows, harm))
        : reading.reading("errors");
  }

  private static String accuse(Situation situation, List<Flow> flows, Harm harm) {
    Flow worst = flows.getFirst();
    for (Flow flow : flows) {
      if (Harm.of(flow.errors()).logE() > Harm.of(worst.errors()).logE()) {
        worst = flow;
      }
    }
    return "the candidate is proved to fail more than "
        + Wording.times(situation.policy().gates().errorRatio())
        + " as often as the legacy: "
        + told(worst.errors(), worst.name(), "failed")
        + " ("
        + harm.told(harm.errors())
        + ")";
  }

  /// The counts that an accusation rests on.
  static String told(Kind kind, String requests, String did) {
    TwoArms units = kind.units();
    String ofAll =
        Wording.count(kind.candidate().events())
            + " of "
            + Wording.count(kind.candidate().trials())
            + " candidate "
            + requests
            + " "
            + did
            + ", "
            + Wording.count(kind.legacy().events())
            + " of "
            + Wording.count(kind.legacy().trials())
            + " of the legacy's";
    if (units != null) {
      return ofAll
          + "; of the units it first happened to, "
          + Wording.count(units.candidate())
          + " of "
          + Wording.count(units.legacy() + units.candidate())
          + " were the candidate's, which has "
          + Wording.percent(units.share());
    }
    OneArm alone = kind.alone();
    return alone == null
        ? ofAll
        : ofAll + "; by the legacy's yardstick " + Wording.percent(alone.harmLimit()) + " may";
  }
}
