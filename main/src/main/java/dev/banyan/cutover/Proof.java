package dev.banyan.cutover;

import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.cutover.Step.OneArm;
import dev.banyan.cutover.Step.Tally;
import dev.banyan.cutover.Step.TwoArms;
import dev.banyan.statistics.Logs;
import dev.banyan.statistics.OneArmTest;
import dev.banyan.statistics.RateTest;
import dev.banyan.statistics.TwoArmTest;
import java.time.Duration;

/// How far it is proved that the candidate has one kind of event less often than the margin allows:
/// against the legacy, or, where events are too rare for that, against the objective. Either will
/// do, so their e-values are averaged.
///
/// @param limit the rate that the absolute test is to beat
/// @param absolute logarithm of that test's e-value
/// @param logE logarithm of the e-value of all together
record Proof(Kind kind, GateLimits limits, double limit, double absolute, double logE) {
  /// One in twenty: the chance, at most, that a candidate at the margin passes.
  static final double WANTED = 20;

  /// An error rate that nobody has stated an objective below is good enough.
  static final double ERROR_OBJECTIVE = 0.01;

  private static final double NO_END = 1e12;

  /// One that takes longer than this many seconds has other ways out.
  static final double LONG = Duration.ofDays(1).toSeconds();

  /// What is left where a proof takes too long.
  static String waysOut(FamilyPolicy policy) {
    return ". With so little traffic it can be proved by replayed contract evidence or by recorded"
        + " load; or an approver decides without proof: banyan promote "
        + policy.family()
        + " --force --reason …, entered as unproven";
  }

  static Proof of(Kind kind, GateLimits limits) {
    Double objective = limits.errorRate();
    double limit =
        kind.ofErrors()
            ? objective == null ? ERROR_OBJECTIVE : objective
            : KindEvidence.limit(limits.margin(), 1 - kind.quantile());
    Tally seen = kind.candidate();
    double absolute = OneArmTest.logE(limit, seen.trials(), seen.events());
    return new Proof(kind, limits, limit, absolute, logE(kind, absolute));
  }

  private static double logE(Kind kind, double absolute) {
    TwoArms units = kind.units();
    OneArm alone = kind.alone();
    TwoArms pairs = kind.pairs();
    if (units != null) {
      return Logs.mean(units.proof().logE(), absolute);
    }
    return alone == null || pairs == null
        ? absolute
        : Logs.mean(alone.proof().logE(), pairs.proof().logE(), absolute);
  }

  boolean done() {
    return logE >= StrictMath.log(WANTED);
  }

  /// How many more requests (or answers) of the candidate it should take, if it goes on as it did
  /// and has events as seldom as the legacy; no number where there is no end in sight.
  double missing() {
    return missing(StrictMath.log(WANTED), this::expected);
  }

  /// The same for a rate that is to be proved to stay below a limit.
  static double missing(double limit, Tally seen) {
    return missing(StrictMath.log(WANTED), more -> expected(limit, seen, more));
  }

  private interface Expected {
    double logE(double more);
  }

  private static double missing(double wanted, Expected expected) {
    double enough = 1;
    while (expected.logE(enough) < wanted) {
      enough *= 2;
      if (enough > NO_END) {
        return Double.POSITIVE_INFINITY;
      }
    }
    double tooFew = 0;
    while (enough - tooFew > 1) {
      double middle = Math.floor((tooFew + enough) / 2);
      if (expected.logE(middle) < wanted) {
        tooFew = middle;
      } else {
        enough = middle;
      }
    }
    return enough;
  }

  private static double expected(double limit, Tally seen, double more) {
    long events = (long) (seen.share() * more);
    return OneArmTest.logE(limit, seen.trials() + (long) more, seen.events() + events);
  }

  private double expected(double more) {
    Tally seen = kind.candidate();
    double later = expected(limit, seen, more);
    TwoArms units = kind.units();
    OneArm alone = kind.alone();
    TwoArms pairs = kind.pairs();
    if (units != null) {
      double events = (double) units.legacy() + units.candidate();
      double each = seen.trials() == 0 ? 0 : events / seen.trials();
      double relative =
          TwoArmTest.proof(limits.margin())
              .resume(units.proof())
              .expected(units.share(), 1, each * more);
      return Logs.mean(relative, later);
    }
    if (alone == null || pairs == null) {
      return later;
    }
    double against =
        alone.proofLimit() < 1
            ? RateTest.expectedBelow(alone.proof(), alone.proofLimit(), seen.share(), more)
            : alone.proof().logE();
    return Logs.mean(against, pairs.proof().logE(), later);
  }
}
