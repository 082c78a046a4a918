package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Map;

/// Which gates stand before which step, and the small ones among them.
final class Gates {
  private static final Gate HEALTH = new HealthGate();
  private static final Gate PARITY = new ParityGate();
  private static final Gate ERRORS = new ErrorGate();
  private static final Gate LATENCY = new LatencyGate();

  private Gates() {}

  /// Every gate's reading for the step that comes next; none where nothing stands before it.
  static List<GateReading> read(Situation situation) {
    return before(situation.phase()).stream().map(gate -> gate.read(situation)).toList();
  }

  private static List<Gate> before(Phase phase) {
    return switch (phase) {
      // Watching harms nobody, but one that does not answer has nothing to show.
      case Phase.Legacy legacy -> List.of(HEALTH);
      case Phase.Shadow shadow -> List.of(Gates::data, PARITY, Gates::soak, Gates::baseline);
      case Phase.Canary canary -> List.of(Gates::data, PARITY, Gates::soak, ERRORS, LATENCY);
      case Phase.Reads reads -> List.of(Gates::data, PARITY, Gates::soak, ERRORS, LATENCY);
      case Phase.Writes writes when writes.weight().equals(Weight.FULL) ->
          List.of(
              Gates::data, PARITY, Gates::soak, ERRORS, LATENCY, new DecommissionChecklist(PARITY));
      case Phase.Writes writes -> List.of(Gates::data, PARITY, Gates::soak, ERRORS, LATENCY);
      case Phase.Retired retired -> List.of();
    };
  }

  /// Whether a step is let pass without proof.
  static boolean unproven(List<GateReading> gates) {
    return gates.stream().anyMatch(gate -> gate.numbers().getOrDefault("unproven", 0.0) > 0);
  }

  /// What watches while the candidate answers clients; any of these may ask to roll back.
  static List<GateReading> harm(Situation situation) {
    return List.of(ERRORS.read(situation), LATENCY.read(situation));
  }

  private static GateReading data(Situation situation) {
    DataOwnership data = situation.policy().data();
    return switch (data) {
      case NONE, SHARED ->
          new GateReading(
              "data",
              Opinion.PROMOTE,
              Map.of(),
              "no rows to be copied (data: " + data.word() + ")");
      case SYNCED ->
          new GateReading(
              "data",
              Opinion.HOLD,
              Map.of("certificates", 0.0),
              "each side has rows of its own (data: synced), and there is no reconciliation"
                  + " certificate yet that they agree; the family can not leave shadow");
    };
  }

  private static GateReading soak(Situation situation) {
    boolean over = situation.soaked().compareTo(situation.policy().soakOf(situation.phase())) >= 0;
    return new GateReading(
        "soak",
        over ? Opinion.PROMOTE : Opinion.HOLD,
        Map.of(
            "soakedMillis", Wording.millis(situation.soaked()),
            "wantedMillis", Wording.millis(situation.policy().soakOf(situation.phase()))),
        "this step has lasted "
            + Wording.time(situation.soaked())
            + " of the "
            + Wording.time(situation.policy().soakOf(situation.phase()))
            + " wanted");
  }

  /// The yardstick for errors and latency is taken from the legacy when the canary is entered.
  private static GateReading baseline(Situation situation) {
    // Failures have no time worth keeping: a p99 of none would call every answer slow.
    long seen = situation.legacy().requests() - situation.legacy().errors();
    boolean timed = situation.legacy().p99().isPositive();
    int needed = situation.policy().breaker().requests();
    return new GateReading(
        "baseline",
        seen >= needed && timed ? Opinion.PROMOTE : Opinion.HOLD,
        Map.of(
            "legacyRequests", (double) situation.legacy().requests(),
            "legacyErrors", (double) situation.legacy().errors(),
            "legacyP99Millis", Wording.millis(situation.legacy().p99()),
            "wantedAnswers", (double) needed),
        "the legacy's yardstick comes from "
            + seen
            + " answers of the "
            + needed
            + " wanted: errors "
            + Wording.percent(situation.legacy().errorRate())
            + ", p99 "
            + Wording.time(situation.legacy().p99()));
  }
}
