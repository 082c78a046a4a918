package dev.banyan.cutover;

import dev.banyan.cutover.Step.Flow;
import dev.banyan.cutover.Step.Kind;
import dev.banyan.cutover.Step.TwoArms;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.Phase;
import dev.banyan.statistics.Logs;
import dev.banyan.statistics.OneArmTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What the evidence says against the candidate: one number for errors, one for latency, one for
/// parity, and their mean, which decides. A mean of e-values is an e-value whatever they have to do
/// with each other, so three gates do not make three times as many false alarms.
///
/// @param latency null where no threshold was frozen
/// @param parity null before the candidate answers anybody
record Harm(Part errors, @Nullable Part latency, @Nullable Part parity, Part mean) {
  /// One in a thousand: the chance, at most, that a harmless step is taken back by the e-value.
  static final double PROOF = 1_000;

  /// The detector's: events between two false alarms on average, at least.
  static final double EVENTS = 1e6;

  /// The same where the candidate has all requests, in requests.
  static final double TRIALS = 1e9;

  private static final double NOTHING = Double.NEGATIVE_INFINITY;

  /// @param logE logarithm of the e-value
  /// @param events logarithm of the detector over events of two sides; that of zero for none
  /// @param trials the same over requests that are all the candidate's
  record Part(double logE, double events, double trials) {
    private boolean proved() {
      return logE >= StrictMath.log(PROOF);
    }

    private boolean lateByEvents() {
      return events >= StrictMath.log(EVENTS);
    }

    private boolean lateByTrials() {
      return trials >= StrictMath.log(TRIALS);
    }

    private boolean any() {
      return proved() || lateByEvents() || lateByTrials();
    }

    static Part mean(List<Part> parts) {
      return new Part(
          Logs.mean(parts.stream().mapToDouble(Part::logE).toArray()),
          Logs.mean(parts.stream().mapToDouble(Part::events).toArray()),
          Logs.mean(parts.stream().mapToDouble(Part::trials).toArray()));
    }
  }

  static Harm of(Situation situation) {
    List<Flow> flows = situation.step().judged();
    if (flows.isEmpty()) {
      Part none = new Part(0, NOTHING, NOTHING);
      return new Harm(none, null, null, none);
    }
    List<Part> ofErrors = new ArrayList<>();
    List<Part> ofLatency = new ArrayList<>();
    for (Flow flow : flows) {
      ofErrors.add(of(flow.errors()));
      if (!flow.slow().isEmpty()) {
        ofLatency.add(Part.mean(flow.slow().stream().map(Harm::of).toList()));
      }
    }
    List<Part> all = new ArrayList<>();
    Part errors = Part.mean(ofErrors);
    all.add(errors);
    Part latency = ofLatency.isEmpty() ? null : Part.mean(ofLatency);
    if (latency != null) {
      all.add(latency);
    }
    Part parity = ofParity(situation);
    if (parity != null) {
      all.add(parity);
    }
    return new Harm(errors, latency, parity, Part.mean(all));
  }

  /// The bets on one kind of event.
  static Part of(Kind kind) {
    TwoArms units = kind.units();
    if (units != null) {
      return new Part(units.harm().logE(), units.harm().logDetector(), NOTHING);
    }
    Step.OneArm alone = Objects.requireNonNull(kind.alone(), "the candidate has all or a share");
    TwoArms pairs = Objects.requireNonNull(kind.pairs(), "where it has all, pairs are looked at");
    return new Part(
        Logs.mean(alone.harm().logE(), pairs.harm().logE()),
        pairs.harm().logDetector(),
        alone.harm().logDetector());
  }

  private static @Nullable Part ofParity(Situation situation) {
    if (situation.phase().name().before(Phase.Name.CANARY)) {
      return null;
    }
    ParityEvidence seen = situation.parity();
    double limit = situation.policy().parityLimit();
    // A unit is a difference once; that it differs again says nothing of others.
    long differed = seen.differedUnits();
    return new Part(
        OneArmTest.harmLogE(limit, seen.matched() + differed, differed),
        NOTHING,
        situation.comparing().harm().logDetector());
  }

  /// Whether the candidate is to be taken off on what was proved.
  boolean found() {
    return mean.any();
  }

  /// The number that an accusation rests on.
  String told(Part own) {
    return mean.proved()
        ? "E " + Wording.e(own.logE()) + ", with the other gates " + Wording.e(mean.logE())
        : "it began late, which a detector tells at " + Wording.e(detected(own));
  }

  private double detected(Part own) {
    return mean.lateByEvents() ? own.events() : own.trials();
  }

  /// Whether a part is among those that say so.
  boolean by(@Nullable Part part) {
    return part != null
        && ((mean.proved() && part.proved())
            || (mean.lateByEvents() && part.lateByEvents())
            || (mean.lateByTrials() && part.lateByTrials()));
  }
}
