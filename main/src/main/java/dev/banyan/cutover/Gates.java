package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Which gates stand before which step, and the small ones among them.
final class Gates {
  /// The number that says of a reading that it promotes without proof.
  static final String UNPROVEN = "unproven";

  /// The number that says of a reading that its proof takes too long at this rate.
  static final String OUT_OF_REACH = "outOfReach";

  private static final Gate HEALTH = new HealthGate();
  private static final Gate PARITY = new ParityGate();
  private static final Gate UNITS = new UnitsGate();
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
      case Phase.Shadow shadow ->
          List.of(RowsGate::read, PARITY, Gates::soak, LatencyGate::baseline);
      case Phase.Canary canary ->
          List.of(RowsGate::read, PARITY, Gates::soak, UNITS, ERRORS, LATENCY);
      case Phase.Reads reads ->
          List.of(RowsGate::read, PARITY, Gates::soak, UNITS, ERRORS, LATENCY);
      case Phase.Writes writes when writes.weight().equals(Weight.FULL) ->
          List.of(
              RowsGate::read,
              PARITY,
              Gates::soak,
              UNITS,
              ERRORS,
              LATENCY,
              new DecommissionChecklist(PARITY));
      case Phase.Writes writes ->
          List.of(RowsGate::read, PARITY, Gates::soak, UNITS, ERRORS, LATENCY);
      case Phase.Retired retired -> List.of();
    };
  }

  /// What watches while the candidate answers clients; any of these may ask to roll back.
  static List<GateReading> harm(Situation situation) {
    return List.of(ERRORS.read(situation), LATENCY.read(situation), PARITY.read(situation));
  }

  /// Whether any of the readings of [#harm] would ask to roll back, without the words: ten times a
  /// second there is nothing to tell.
  static boolean harmful(Situation situation) {
    return Harm.of(situation).found() || Breaker.broken(situation) != null;
  }

  /// Whether errors and latency are proved to be good enough for the next step.
  static boolean proved(Situation situation) {
    List<GateReading> readings = List.of(ERRORS.read(situation), LATENCY.read(situation));
    return readings.stream().allMatch(reading -> reading.opinion() == Opinion.PROMOTE)
        && !unproven(readings);
  }

  /// Whether a step that these readings let pass was let pass without the proof that it asks for.
  static boolean unproven(List<GateReading> readings) {
    return readings.stream().anyMatch(reading -> reading.numbers().containsKey(UNPROVEN));
  }

  /// The sentences of those that can not be had at this rate, once the soak is over; empty where
  /// there are none.
  static String outOfReach(Situation situation, List<GateReading> readings) {
    return soak(situation).opinion() != Opinion.PROMOTE
        ? ""
        : readings.stream()
            .filter(reading -> reading.numbers().containsKey(OUT_OF_REACH))
            .map(reading -> reading.gate() + ": " + reading.says())
            .collect(Collectors.joining("; "));
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
}
