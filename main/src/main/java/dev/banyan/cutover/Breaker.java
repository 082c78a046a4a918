package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Phase;
import java.util.ArrayList;
import java.util.List;

/// When the program takes a family back by itself, and how it says so. What counts as harm is said
/// by [ErrorGate] and [LatencyGate].
final class Breaker {
  private Breaker() {}

  /// Whether harm rolls the family back without anybody being asked.
  static boolean acts(FamilyPolicy policy, Standing standing) {
    return policy.rollsBack()
        && switch (standing.state().phase().name()) {
          case LEGACY, SHADOW -> false;
          case CANARY, READS -> true;
          // The legacy's copy of the rows may lag: going back needs the fence, not a swap.
          case WRITES -> policy.data() != DataOwnership.SYNCED;
          // The legacy may be switched off by now.
          case RETIRED -> false;
        };
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
  static List<String> rollbackWhen(FamilyPolicy policy, Standing standing) {
    Phase.Name phase = standing.state().phase().name();
    if (phase.before(Phase.Name.CANARY)) {
      return List.of();
    }
    if (!acts(policy, standing)) {
      return List.of("nothing by itself: " + whyNot(policy, standing));
    }
    FamilyPolicy.Breaker limits = policy.breaker();
    String within = " within " + Wording.time(limits.window());
    List<String> when = new ArrayList<>();
    when.add(
        "of at least "
            + limits.requests()
            + " candidate requests"
            + within
            + " the share that fails exceeds the legacy's own by more than "
            + Wording.percent(limits.errors()));
    when.add(
        "of at least "
            + ErrorGate.HARD_REQUESTS
            + " candidate requests"
            + within
            + " more than half fail, and the legacy's do not");
    when.add(ErrorGate.CONNECT_FAILURES + " connections to the candidate fail one after the other");
    Baseline baseline = standing.baseline();
    if (baseline != null) {
      when.add(
          "of at least "
              + limits.requests()
              + " candidate answers"
              + within
              + " the share slower than "
              + Wording.time(baseline.slowFrom(limits))
              + " exceeds the legacy's own by more than "
              + Wording.percent(limits.slow()));
    }
    return when;
  }
}
