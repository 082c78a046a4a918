package dev.banyan.cutover;

import dev.banyan.cutover.Baseline.Yardstick;
import dev.banyan.cutover.FamilyPolicy.GateLimits;
import dev.banyan.cutover.Harm.Part;
import dev.banyan.cutover.Step.Flow;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.cutover.Step.Tally;
import dev.banyan.cutover.Step.TwoArms;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.OneArmTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What [ErrorGate] and [LatencyGate] have in common: the proof that each of some kinds of event is
/// rarer than the margin, the numbers behind it, and the sentence on what is missing.
final class ProofReading {
  /// Below this weight a step may pass on its soak and no harm: a proof would take too long there.
  static final Weight PROVES_FROM = Weight.parse("5%");

  private final Situation situation;
  private final Harm harm;
  private final Map<String, Double> numbers = new HashMap<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> proved = new ArrayList<>();
  private double longest;

  ProofReading(Situation situation, Harm harm, @Nullable Part own) {
    this.situation = situation;
    this.harm = harm;
    numbers.put("wantedLogE", StrictMath.log(Proof.WANTED));
    numbers.put("rollbackLogE", StrictMath.log(Harm.PROOF));
    numbers.put("rollbackEvents", Harm.EVENTS);
    numbers.put("rollbackTrials", Harm.TRIALS);
    numbers.put("lastedMillis", Wording.millis(situation.step().lasted()));
    put("mean", harm.mean());
    if (own != null) {
      put("own", own);
    }
  }

  private void put(String whose, Part part) {
    numbers.put(whose + " harmLogE", part.logE());
    numbers.put(whose + " lateEventsLog", part.events());
    numbers.put(whose + " lateTrialsLog", part.trials());
  }

  void number(String name, double value) {
    numbers.put(name, value);
  }

  /// Asks for a proof of one kind.
  ///
  /// @param what the events, such as `errors`
  /// @param wanted whether the step waits for it
  void kind(Flow flow, Kind kind, String what, boolean wanted) {
    GateLimits limits = situation.policy().gates();
    Proof proof = Proof.of(kind, limits);
    String name = flow.name() + " " + what;
    Part part = Harm.of(kind);
    numbers.put(name, (double) kind.candidate().events());
    numbers.put(name + " of", (double) kind.candidate().trials());
    numbers.put(name + " legacy", (double) kind.legacy().events());
    numbers.put(name + " legacyOf", (double) kind.legacy().trials());
    numbers.put(name + " frozen", kind.frozen());
    numbers.put(name + " limit", proof.limit());
    numbers.put(name + " absoluteLogE", proof.absolute());
    numbers.put(name + " proofLogE", proof.logE());
    numbers.put(name + " harmLogE", part.logE());
    TwoArms units = kind.units();
    if (units != null) {
      numbers.put(name + " unitEvents", (double) units.candidate());
      numbers.put(name + " legacyUnitEvents", (double) units.legacy());
      numbers.put(name + " unitShare", units.share());
    }
    if (!wanted) {
      return;
    }
    if (proof.done()) {
      proved.add(
          name
              + ": "
              + Wording.count(kind.candidate().events())
              + " of "
              + Wording.count(kind.candidate().trials())
              + " (E "
              + Wording.e(proof.logE())
              + ")");
    } else {
      miss(name, proof.logE(), proof.missing(), kind.candidate());
    }
  }

  /// Asks for the proof of an objective of one's own.
  void objective(String name, double limit, Tally seen) {
    double logE = OneArmTest.logE(limit, seen.trials(), seen.events());
    numbers.put(name + " objective", limit);
    numbers.put(name + " objectiveLogE", logE);
    numbers.put(name + " objectiveMissed", (double) seen.events());
    if (logE < StrictMath.log(Proof.WANTED)) {
      miss(name + " below " + Wording.percent(limit), logE, Proof.missing(limit, seen), seen);
    }
  }

  private void miss(String name, double logE, double more, Tally seen) {
    double seconds = situation.step().lasted().toNanos() / 1e9;
    double needed = more / Math.max(1, seen.trials()) * seconds;
    String what;
    if (seen.trials() == 0) {
      what = "no candidate request yet; about " + Wording.about(more) + " are needed";
    } else if (Double.isInfinite(more)) {
      what =
          Wording.count(seen.events())
              + " of "
              + Wording.count(seen.trials())
              + " is too much ever to prove it";
    } else {
      what =
          "about "
              + Wording.about(more)
              + " more requests, "
              + (needed > Proof.LONG ? "at this rate in " : "")
              + Wording.span(needed)
              + (needed > Proof.LONG ? "" : " at this rate");
    }
    numbers.put(name + " missing", more);
    longest = Math.max(longest, needed);
    missing.add(
        name
            + " not proved (E "
            + Wording.e(logE)
            + " of "
            + Wording.count(Proof.WANTED)
            + "): "
            + what);
  }

  /// Whether a flow has never had a request that its family could be judged by, while the other
  /// had.
  boolean absent(Flow flow) {
    Step step = situation.step();
    Baseline baseline = situation.standing().baseline();
    boolean isReads = flow.name().equals(step.reads().name());
    Flow other = isReads ? step.writes() : step.reads();
    Yardstick known =
        baseline == null ? Yardstick.NONE : isReads ? baseline.reads() : baseline.writes();
    return known.requests() == 0
        && flow.legacy().trials() + flow.candidate().trials() == 0
        && other.legacy().trials() + other.candidate().trials() > 0;
  }

  void absence(Flow flow) {
    proved.add("nobody has asked for " + flow.name());
  }

  GateReading rollBack(String gate, String why) {
    return new GateReading(gate, Opinion.ROLL_BACK, numbers, why);
  }

  /// What is said of a step that is larger than the schedule's next one: it would leave out those
  /// that were to prove what this one need not. Empty of any other.
  private String leap() {
    Phase next = situation.next();
    Weight wanted = next == null ? null : next.stepWeight();
    Weight due =
        Ladder.next(situation.phase(), situation.policy()).map(Phase::stepWeight).orElse(null);
    return wanted != null
            && due != null
            && wanted.compareTo(due) > 0
            && wanted.compareTo(PROVES_FROM) > 0
        ? ". It could pass unproven to "
            + due
            + ", the schedule's next step; "
            + wanted
            + " is more"
        : "";
  }

  /// Promotes if nothing is missing, or if the step is too small for a proof.
  GateReading reading(String gate) {
    Weight weight = situation.phase().stepWeight();
    if (missing.isEmpty()) {
      return new GateReading(gate, Opinion.PROMOTE, numbers, String.join("; ", proved));
    }
    boolean tiny = weight != null && weight.compareTo(PROVES_FROM) < 0;
    String leap = tiny ? leap() : "";
    String open = String.join("; ", missing) + leap;
    if (tiny && leap.isEmpty() && !harm.found()) {
      numbers.put(Gates.UNPROVEN, 1.0);
      return new GateReading(
          gate,
          Opinion.PROMOTE,
          numbers,
          "unproven: a step below "
              + PROVES_FROM
              + " passes on its soak and no harm; a later one must prove it ("
              + open
              + ")");
    }
    if (longest <= Proof.LONG) {
      return new GateReading(gate, Opinion.HOLD, numbers, open);
    }
    numbers.put(Gates.OUT_OF_REACH, 1.0);
    return new GateReading(gate, Opinion.HOLD, numbers, open + Proof.waysOut(situation.policy()));
  }
}
