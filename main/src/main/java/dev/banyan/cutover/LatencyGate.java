package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Rolls back when too many of the candidate's answers are slow by the yardstick frozen from the
/// legacy, beyond the legacy's own slow ones of the same moment.
final class LatencyGate implements Gate {

  @Override
  public GateReading read(Situation situation) {
    Baseline baseline = situation.standing().baseline();
    if (baseline == null) {
      return new GateReading(
          "latency",
          Opinion.HOLD,
          Map.of(),
          "there is no p99 of the legacy to judge by: it is taken when the canary is entered");
    }
    FamilyPolicy.Breaker limits = situation.policy().breaker();
    Window.Counts candidate = situation.window().candidate();
    Window.Counts legacy = situation.window().legacy();
    double legacyShare = legacy.answers() >= limits.requests() ? legacy.slowShare() : 0;
    Duration slowFrom = baseline.slowFrom(limits);
    boolean harm =
        candidate.answers() >= limits.requests()
            && candidate.slowShare() > limits.slow() + legacyShare;
    Map<String, Double> numbers = new HashMap<>();
    numbers.put("windowAnswers", (double) candidate.answers());
    numbers.put("windowSlow", (double) candidate.slow());
    numbers.put("legacyShare", legacyShare);
    numbers.put("limit", limits.slow());
    numbers.put("wantedAnswers", (double) limits.requests());
    numbers.put("slowFromMillis", Wording.millis(slowFrom));
    numbers.put("legacyP99Millis", Wording.millis(baseline.p99()));
    String says =
        candidate.slow()
            + " of "
            + candidate.answers()
            + " candidate answers took more than "
            + Wording.time(slowFrom)
            + " in the last "
            + Wording.time(limits.window());
    return harm
        ? new GateReading(
            "latency",
            Opinion.ROLL_BACK,
            numbers,
            says
                + " ("
                + Wording.percent(candidate.slowShare())
                + "), more than the "
                + Wording.percent(limits.slow())
                + " allowed beyond the legacy's own "
                + Wording.percent(legacyShare))
        : new GateReading("latency", Opinion.PROMOTE, numbers, says);
  }
}
