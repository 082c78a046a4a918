package dev.banyan.cutover;

import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.SideEvidence;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rolls back when the candidate fails more than it may beyond the legacy's own failures, so that
/// an outage of both is nobody's fault; promotes when it has answered enough in this step and did
/// not. The window alone would let a quiet family pass: it never has enough requests to be judged,
/// and an hour of failures is out of sight ten seconds after the last one. Writes are judged by
/// themselves as well, for they are few, nobody answers them instead, and many reads hide them.
final class ErrorGate implements Gate {
  /// So many connections refused one after the other mean that nothing listens.
  static final int CONNECT_FAILURES = 10;

  /// The hard breaker: however lenient the limits, more than half of this many is broken.
  static final int HARD_REQUESTS = 20;

  static final double HARD_SHARE = 0.5;

  @Override
  public GateReading read(Situation situation) {
    FamilyPolicy.Breaker limits = situation.policy().breaker();
    Window.Counts candidate = situation.window().candidate();
    double legacyShare = legacyShare(situation);
    long seen = situation.candidate().requests();
    Map<String, Double> numbers = new HashMap<>();
    numbers.put("windowRequests", (double) candidate.requests());
    numbers.put("windowErrors", (double) candidate.errors());
    numbers.put("legacyShare", legacyShare);
    numbers.put("limit", limits.errors());
    numbers.put("connectFailures", (double) candidate.connectFailures());
    numbers.put("legacyConnectFailures", (double) situation.window().legacy().connectFailures());
    numbers.put("stepRequests", (double) seen);
    numbers.put("wantedRequests", (double) limits.requests());
    double stepLegacyShare = legacyShareOfStep(situation);
    numbers.put("stepErrors", (double) situation.candidate().errors());
    numbers.put("stepLegacyShare", stepLegacyShare);
    Window.Counts step = situation.step().candidate();
    double stepLegacyWrites = legacyShareOfWrites(situation, situation.step().legacy());
    numbers.put("windowWrites", (double) candidate.writes());
    numbers.put("windowWriteErrors", (double) candidate.writeErrors());
    numbers.put("stepWrites", (double) step.writes());
    numbers.put("stepWriteErrors", (double) step.writeErrors());
    numbers.put("stepLegacyWriteShare", stepLegacyWrites);
    String harm = harm(limits, candidate, situation.window().legacy(), legacyShare);
    harm = harm == null ? harmToWrites(situation) : harm;
    if (harm != null) {
      return new GateReading("errors", Opinion.ROLL_BACK, numbers, harm);
    }
    String window =
        candidate.errors()
            + " of "
            + candidate.requests()
            + " candidate requests failed in the last "
            + Wording.time(limits.window());
    if (seen < limits.requests()) {
      String wanted =
          seen + " of the " + limits.requests() + " candidate requests wanted in this step";
      return new GateReading("errors", Opinion.HOLD, numbers, wanted);
    }
    if (step.writeErrorShare() > limits.errors() + stepLegacyWrites) {
      String writes = writesFailed(step, limits, stepLegacyWrites, "in this step");
      return new GateReading("errors", Opinion.HOLD, numbers, writes);
    }
    return situation.candidate().errorRate() > limits.errors() + stepLegacyShare
        ? new GateReading("errors", Opinion.HOLD, numbers, ofStep(situation, stepLegacyShare))
        : new GateReading("errors", Opinion.PROMOTE, numbers, window);
  }

  private static @Nullable String harmToWrites(Situation situation) {
    FamilyPolicy.Breaker limits = situation.policy().breaker();
    Window.Counts candidate = situation.window().candidate();
    double legacyShare = legacyShareOfWrites(situation, situation.window().legacy());
    return candidate.writes() >= limits.requests()
            && candidate.writeErrorShare() > limits.errors() + legacyShare
        ? writesFailed(
            candidate, limits, legacyShare, "in the last " + Wording.time(limits.window()))
        : null;
  }

  private static double legacyShareOfWrites(Situation situation, Window.Counts legacy) {
    return legacy.writes() >= situation.policy().breaker().requests()
        ? legacy.writeErrorShare()
        : baseline(situation);
  }

  private static double baseline(Situation situation) {
    Baseline baseline = situation.standing().baseline();
    return baseline == null ? 0 : baseline.errors();
  }

  private static String writesFailed(
      Window.Counts counts, FamilyPolicy.Breaker limits, double legacyShare, String when) {
    return counts.writeErrors()
        + " of "
        + counts.writes()
        + " candidate writes failed "
        + when
        + " ("
        + Wording.percent(counts.writeErrorShare())
        + "), more than the "
        + Wording.percent(limits.errors())
        + " allowed beyond the legacy's own "
        + Wording.percent(legacyShare);
  }

  private static String ofStep(Situation situation, double legacyShare) {
    SideEvidence candidate = situation.candidate();
    return candidate.errors()
        + " of "
        + candidate.requests()
        + " candidate requests failed in this step ("
        + Wording.percent(candidate.errorRate())
        + "), more than the "
        + Wording.percent(situation.policy().breaker().errors())
        + " allowed beyond the legacy's own "
        + Wording.percent(legacyShare);
  }

  private static double legacyShareOfStep(Situation situation) {
    SideEvidence legacy = situation.legacy();
    if (legacy.requests() >= situation.policy().breaker().requests()) {
      return legacy.errorRate();
    }
    return baseline(situation);
  }

  /// Of this moment where the legacy has enough traffic to tell, else as it was before the canary.
  private static double legacyShare(Situation situation) {
    Window.Counts legacy = situation.window().legacy();
    return legacy.requests() >= situation.policy().breaker().requests()
        ? legacy.errorShare()
        : baseline(situation);
  }

  private static @Nullable String harm(
      FamilyPolicy.Breaker limits,
      Window.Counts candidate,
      Window.Counts legacy,
      double legacyShare) {
    double share = candidate.errorShare();
    if (candidate.requests() >= limits.requests() && share > limits.errors() + legacyShare) {
      return failed(limits, candidate)
          + ", more than the "
          + Wording.percent(limits.errors())
          + " allowed beyond the legacy's own "
          + Wording.percent(legacyShare);
    }
    if (candidate.requests() >= HARD_REQUESTS && share > HARD_SHARE && legacyShare <= HARD_SHARE) {
      return failed(limits, candidate) + ", more than half";
    }
    if (candidate.connectFailures() >= CONNECT_FAILURES
        && legacy.connectFailures() < CONNECT_FAILURES) {
      return candidate.connectFailures()
          + " connections to the candidate failed one after the other";
    }
    return null;
  }

  private static String failed(FamilyPolicy.Breaker limits, Window.Counts candidate) {
    return candidate.errors()
        + " of "
        + candidate.requests()
        + " candidate requests failed in the last "
        + Wording.time(limits.window())
        + " ("
        + Wording.percent(candidate.errorShare())
        + ")";
  }
}
