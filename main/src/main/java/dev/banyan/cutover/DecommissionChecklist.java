package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What must be so before the legacy is no longer asked: it has answered no client for a whole
/// soak, nothing is held, nothing is unproven.
final class DecommissionChecklist implements Gate {
  private final Gate parity;

  DecommissionChecklist(Gate parity) {
    this.parity = parity;
  }

  @Override
  public GateReading read(Situation situation) {
    boolean quiet =
        situation.withoutLegacy().compareTo(situation.policy().soakOf(situation.phase())) >= 0;
    boolean held = situation.standing().state().held() != null;
    boolean proved = parity.read(situation).opinion() == Opinion.PROMOTE;
    List<String> open = new ArrayList<>();
    if (!quiet) {
      open.add(
          "no client was answered by the legacy for "
              + Wording.time(situation.withoutLegacy())
              + " of the "
              + Wording.time(situation.policy().soakOf(situation.phase()))
              + " wanted ("
              + situation.step().legacyRequests()
              + " requests in this step)");
    }
    if (held) {
      open.add("the family is held");
    }
    if (!proved) {
      open.add("not every endpoint is proved to agree");
    }
    return new GateReading(
        "decommission",
        open.isEmpty() ? Opinion.PROMOTE : Opinion.HOLD,
        Map.of(
            "withoutLegacyMillis",
            Wording.millis(situation.withoutLegacy()),
            "wantedMillis",
            Wording.millis(situation.policy().soakOf(situation.phase())),
            "legacyRequests",
            (double) situation.step().legacyRequests(),
            "held",
            held ? 1.0 : 0.0,
            "proved",
            proved ? 1.0 : 0.0),
        open.isEmpty()
            ? "no client was answered by the legacy for "
                + Wording.time(situation.withoutLegacy())
                + ", nothing is held, nothing is unproven"
            : String.join("; ", open));
  }
}
