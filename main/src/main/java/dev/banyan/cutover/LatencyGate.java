package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// Rolls back when too many of the candidate's answers are slow by the yardstick frozen from the
/// legacy, beyond the legacy's own slow ones of the same moment; promotes when the same is true of
/// the whole step.
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
    double legacyShare = legacyShare(limits, legacy);
    Window.Counts step = situation.step().candidate();
    double stepLegacyShare = legacyShare(limits, situation.step().legacy());
    Duration slowFrom = baseline.slowFrom(limits);
    boolean harm =
        candidate.answers() >= limits.requests()
            && candidate.slowShare() > limits.slow() + legacyShare;
    Map<String, Double> numbers = new HashMap<>();
    numbers.put("windowAnswers", (double) candidate.answers());
    numbers.put("windowSlow", (double) candidate.slow());
    numbers.put("legacyShare", legacyShare);
    numbers.put("limit", limits.slow());
    numbers.put("stepAnswers", (double) step.answers());
    numbers.put("stepSlow", (double) step.slow());
    numbers.put("stepLegacyShare", stepLegacyShare);
    numbers.put("wantedAnswers", (double) limits.requests());
    numbers.put("slowFromMillis", Wording.millis(slowFrom));
    numbers.put("legacyP99Millis", Wording.millis(baseline.p99()));
    if (harm) {
      return new GateReading(
          "latency", Opinion.ROLL_BACK, numbers, tooSlow(limits, candidate, slowFrom, legacyShare));
    }
    return step.slowShare() > limits.slow() + stepLegacyShare
        ? new GateReading(
            "latency",
            Opinion.HOLD,
            numbers,
            "in the whole step " + slow(step, slowFrom) + beyond(limits, step, stepLegacyShare))
        : new GateReading(
            "latency", Opinion.PROMOTE, numbers, slow(candidate, slowFrom) + inTheLast(limits));
  }

  private static double legacyShare(FamilyPolicy.Breaker limits, Window.Counts legacy) {
    return legacy.answers() >= limits.requests() ? legacy.slowShare() : 0;
  }

  private static String tooSlow(
      FamilyPolicy.Breaker limits, Window.Counts candidate, Duration slowFrom, double legacyShare) {
    return slow(candidate, slowFrom) + inTheLast(limits) + beyond(limits, candidate, legacyShare);
  }

  private static String slow(Window.Counts counts, Duration slowFrom) {
    return counts.slow()
        + " of "
        + counts.answers()
        + " candidate answers took more than "
        + Wording.time(slowFrom);
  }

  private static String inTheLast(FamilyPolicy.Breaker limits) {
    return " in the last " + Wording.time(limits.window());
  }

  private static String beyond(
      FamilyPolicy.Breaker limits, Window.Counts counts, double legacyShare) {
    return " ("
        + Wording.percent(counts.slowShare())
        + "), more than the "
        + Wording.percent(limits.slow())
        + " allowed beyond the legacy's own "
        + Wording.percent(legacyShare);
  }
}
