package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Threshold;
import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.cutover.Step.Recent;
import dev.banyan.cutover.Step.Tally;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Phase;
import dev.banyan.statistics.Legs;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hard breaker, which needs no proof; when the program takes a family back by itself, and how
/// it says so.
final class Breaker {
  private Breaker() {}

  /// Why the candidate is plainly broken, or null. What the legacy does no better is nobody's
  /// fault.
  static @Nullable String broken(Situation situation) {
    return broken(situation, (name, value) -> {});
  }

  /// Whoever wants to know what was looked at.
  interface Numbers {
    void number(String name, double value);
  }

  static @Nullable String broken(Situation situation, Numbers reading) {
    if (situation.step().judged().isEmpty()) {
      return null;
    }
    Recent recent = situation.step().recent();
    FamilyPolicy.Breaker limits = situation.policy().breaker();
    Baseline baseline = situation.standing().baseline();
    Tally ofAll = legacy(limits, recent.legacy().all(), recent.pairs().all());
    Tally ofWrites = legacy(limits, recent.legacy().ofWrites(), Tally.NONE);
    double frozen = baseline == null ? 0 : baseline.reads().errorShare();
    double frozenWrites = baseline == null ? 0 : baseline.writes().errorShare();
    double legacyShare = ofAll.trials() == 0 ? frozen : ofAll.share();
    double legacyWrites = ofWrites.trials() == 0 ? frozenWrites : ofWrites.share();
    reading.number("windowRequests", (double) recent.candidate().requests());
    reading.number("windowErrors", (double) recent.candidate().errors());
    reading.number("windowWrites", (double) recent.candidate().writes());
    reading.number("windowWriteErrors", (double) recent.candidate().writeErrors());
    reading.number("windowLegacyShare", legacyShare);
    reading.number("windowLegacyWriteShare", legacyWrites);
    reading.number("breakerRequests", limits.requests());
    reading.number("breakerErrors", limits.errors());
    reading.number("breakerConnectFailures", limits.connectFailures());
    reading.number("connectFailures", (double) recent.candidateRun());
    reading.number("legacyConnectFailures", (double) recent.legacyRun());
    if (recent.candidateRun() >= limits.connectFailures()
        && recent.legacyRun() < limits.connectFailures()) {
      return recent.candidateRun() + " connections to the candidate failed one after the other";
    }
    if (recent.candidateLegs().sent() > 0) {
      reading.number("windowSent", (double) recent.candidateLegs().sent());
      reading.number("windowHeard", (double) recent.candidateLegs().heard());
      reading.number("windowOverdue", (double) recent.overdue());
      reading.number("windowLegacySent", (double) recent.legacyLegs().sent());
      reading.number("windowLegacyHeard", (double) recent.legacyLegs().heard());
    }
    if (silent(limits, recent)) {
      return "not one answer came from the candidate in the last "
          + Wording.time(limits.window())
          + ", though it was sent "
          + recent.candidateLegs().sent()
          + " requests, "
          + recent.overdue()
          + " of them so long ago that the legacy would have answered";
    }
    if (over(limits, recent.candidate().all(), legacyShare)) {
      return told(limits, recent.candidate().all(), "requests", legacyShare);
    }
    return over(limits, recent.candidate().ofWrites(), legacyWrites)
        ? told(limits, recent.candidate().ofWrites(), "writes", legacyWrites)
        : null;
  }

  /// What the legacy does of late: by its own requests, else by the legs of its shadow; nothing
  /// where neither are enough.
  private static Tally legacy(FamilyPolicy.Breaker limits, Tally own, Tally shadow) {
    if (own.trials() >= limits.requests()) {
      return own;
    }
    return shadow.trials() >= limits.requests() ? shadow : Tally.NONE;
  }

  /// Whether it takes requests and answers nothing at all, long before their time is over. A legacy
  /// that leaves as much unanswered, as one does in an outage of both or where all clients wait for
  /// news, speaks for it.
  private static boolean silent(FamilyPolicy.Breaker limits, Recent recent) {
    Legs legacy = recent.legacyLegs();
    return recent.candidateLegs().heard() == 0
        && recent.overdue() >= limits.requests()
        && (legacy.sent() < limits.requests()
            || legacy.sent() - legacy.heard() <= limits.errors() / 2 * legacy.sent());
  }

  private static boolean over(FamilyPolicy.Breaker limits, Tally seen, double legacyShare) {
    return seen.trials() >= limits.requests()
        && seen.share() > limits.errors()
        // An outage of both crosses the limit on one side first: by then the other is near it.
        && legacyShare <= limits.errors() / 2;
  }

  private static String told(
      FamilyPolicy.Breaker limits, Tally seen, String what, double legacyShare) {
    return (seen.events() == seen.trials()
            ? "none of " + seen.trials() + " candidate " + what + " was answered"
            : seen.events() + " of " + seen.trials() + " candidate " + what + " failed")
        + " in the last "
        + Wording.time(limits.window())
        + " ("
        + Wording.percent(seen.share())
        + "), more than the "
        + Wording.percent(limits.errors())
        + " that is borne without any proof; of the legacy's "
        + Wording.percent(legacyShare);
  }

  /// Whether harm rolls the family back without anybody being asked.
  static boolean acts(FamilyPolicy policy, Standing standing, RowAgreement.Reading rows) {
    return policy.rollsBack()
        && switch (standing.state().phase().name()) {
          case LEGACY, SHADOW -> false;
          case CANARY, READS -> true;
          case WRITES -> policy.data() != DataOwnership.SYNCED || handsBack(standing, rows);
          // The legacy may be switched off by now.
          case RETIRED -> false;
        };
  }

  /// Whether going back gives the rows to the legacy again, whose copy of them may lag: that needs
  /// the fence, not a swap.
  static boolean handsBack(Standing standing, RowAgreement.Reading rows) {
    return standing.state().phase().name() == Phase.Name.WRITES
        && rows instanceof RowAgreement.Moving;
  }

  /// Why harm does not roll the family back.
  static String whyNot(FamilyPolicy policy, Standing standing) {
    if (!policy.rollsBack()) {
      return "the family says auto: off";
    }
    return standing.state().phase().name() == Phase.Name.RETIRED
        ? "the family is retired, and the legacy may be switched off"
        : "the legacy's rows may be behind";
  }

  /// What would take the family back, in sentences.
  static List<String> rollbackWhen(
      FamilyPolicy policy, Standing standing, RowAgreement.Reading rows) {
    Phase.Name phase = standing.state().phase().name();
    if (phase.before(Phase.Name.CANARY)) {
      return List.of();
    }
    if (!acts(policy, standing, rows)) {
      return List.of("nothing by itself: " + whyNot(policy, standing));
    }
    GateLimits limits = policy.gates();
    String odds = "at odds of " + Wording.count(Harm.PROOF) + " to 1 it is proved that ";
    List<String> when = new ArrayList<>();
    when.add(
        odds
            + "the candidate fails more than "
            + Wording.times(limits.errorRatio())
            + " as often as the legacy");
    Baseline baseline = standing.baseline();
    if (baseline != null && !baseline.reads().thresholds().isEmpty()) {
      when.add(
          odds
              + "more than "
              + Wording.times(limits.slowRatio())
              + " as many of its answers are slow, by the legacy's p50, p90, p99 or p99.9 (reads: "
              + String.join(
                  ", ",
                  baseline.reads().thresholds().stream()
                      .map(Threshold::slowerThan)
                      .map(Wording::time)
                      .toList())
              + ")");
    }
    when.add(
        odds + "more than " + Wording.percent(policy.parityLimit()) + " of the answers differ");
    when.add(
        "of at least "
            + limits.breaker().requests()
            + " candidate requests within "
            + Wording.time(limits.breaker().window())
            + " more than "
            + Wording.percent(limits.breaker().errors())
            + " fail, and the legacy's do not");
    when.add(
        "of at least "
            + limits.breaker().requests()
            + " candidate requests that the legacy would have answered by then not one is, and no"
            + " other either, for "
            + Wording.time(limits.breaker().window()));
    when.add(
        limits.breaker().connectFailures()
            + " connections to the candidate fail one after the other, and the legacy's do not");
    return when;
  }
}
