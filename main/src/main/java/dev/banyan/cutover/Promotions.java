package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The way forward. Part of [Cutover].
///
/// What may stand in the way is asked in this order: the line, a freeze window, a hold, the ladder,
/// the gates, an approval. A promotion is written first and in force after.
final class Promotions {
  /// What somebody with the right to force a step can not overrule: rows that would be lost, and a
  /// legacy that is still needed.
  private static final Set<String> NEVER_FORCED = Set.of("data", "decommission");

  private final CutoverPorts ports;
  private final Families families;
  private final Moves moves;
  private final Line line;

  Promotions(CutoverPorts ports, Families families, Moves moves, Line line) {
    this.ports = ports;
    this.families = families;
    this.moves = moves;
    this.line = line;
  }

  /// What is asked for.
  ///
  /// @param to the phase that the step is meant to enter, or null for whichever is next
  /// @param weight a larger step of the canary or of the writes than the schedule's, or null
  /// @param forced whether an approver wants the step without proof
  record Ask(Order order, Phase.@Nullable Name to, @Nullable Weight weight, boolean forced) {}

  /// Whether a step may be taken.
  sealed interface Judgement {}

  /// @param unproven whether the step is taken though it is not proved, for somebody forces it
  record Yes(EvidencePeriod period, Situation situation, List<GateReading> gates, boolean unproven)
      implements Judgement {}

  /// Something stands in the way.
  record No(Refused refused) implements Judgement {}

  CutoverResult promote(Families.Configured found, Ask ask) {
    return switch (judge(found, ask)) {
      case No(Refused refused) -> refused;
      case Yes yes -> take(found, ask, yes);
    };
  }

  private CutoverResult take(Families.Configured found, Ask ask, Yes yes) {
    Situation situation = yes.situation();
    EvidencePeriod period = yes.period();
    if (situation.phase().name() == Phase.Name.LEGACY) {
      // What an earlier attempt has shown says nothing of today's candidate. Thrown away before the
      // step is written, so that no crash leaves it behind.
      String refusal = families.beginAnew(ask.order().family());
      if (refusal != null) {
        return Refusals.notRecorded(refusal);
      }
      period = families.period(found);
    }
    Yes counted = new Yes(period, situation, yes.gates(), yes.unproven());
    return moves.finish(moves.begin(plan(found, ask.order(), counted), null));
  }

  /// Looks at all that may stand in the way, and enters what does.
  Judgement judge(Families.Configured found, Ask ask) {
    Order order = ask.order();
    Family family = found.family();
    EvidencePeriod period = families.period(found);
    Refused refused = Refusals.badOrder(order, family.state());
    if (refused != null) {
      return new No(refused);
    }
    if (ports.replicas().cutOff()) {
      return new No(
          Refusals.notRecorded("this replica is cut off from the store; ask another one"));
    }
    Obstacle obstacle = obstacle(found);
    if (obstacle != null) {
      return new No(refuse(family, order, new Refused(obstacle.code(), obstacle.says())));
    }
    if (family.denial() != null) {
      moves.journal().write();
      if (family.denial() != null) {
        return new No(Refusals.rollbackUnrecorded(order));
      }
    }
    Standing seen = family.standing();
    StepChoice choice = StepChoice.of(seen.state().phase(), found.policy(), ask.to(), ask.weight());
    return switch (choice) {
      case StepChoice.None none ->
          new No(refuse(family, order, Refusals.illegal(order, none.why())));
      case StepChoice.To step ->
          judged(found, period, ask, families.askedSituation(found, seen, step.phase()));
    };
  }

  /// What keeps a family from being promoted now, or null.
  @Nullable Obstacle obstacle(Families.Configured found) {
    return Obstacle.before(found, line.stopped(), moves.now());
  }

  private Judgement judged(
      Families.Configured found, EvidencePeriod period, Ask ask, Situation situation) {
    Order order = ask.order();
    List<GateReading> gates = Gates.read(situation);
    List<GateReading> against =
        gates.stream()
            .filter(gate -> gate.opinion() != Opinion.PROMOTE)
            .filter(gate -> !ask.forced() || isNeverForced(gate))
            .toList();
    if (!against.isEmpty()) {
      String detail =
          against.stream()
              .map(gate -> gate.gate() + ": " + gate.says())
              .collect(Collectors.joining(". "));
      return new No(refuse(found.family(), order, new Refused(Code.GATE_REFUSED, detail, gates)));
    }
    Standing seen = situation.standing();
    if (!ask.forced() && Approvals.isMissing(found.policy(), seen, situation.next())) {
      return new No(
          refuse(
              found.family(),
              order,
              new Refused(
                  Code.APPROVAL_REQUIRED, Approvals.wanted(seen, situation.nextStep()), gates)));
    }
    boolean unproven = gates.stream().anyMatch(gate -> gate.opinion() != Opinion.PROMOTE);
    return new Yes(period, situation, gates, unproven);
  }

  /// Harm that is proved, and a difference at a place that somebody marked critical, are not for
  /// anybody to overrule either.
  private static boolean isNeverForced(GateReading gate) {
    return gate.opinion() == Opinion.ROLL_BACK
        || NEVER_FORCED.contains(gate.gate())
        || ParityGate.foundCritical(gate);
  }

  /// The step that everything agrees to, to be taken with [Moves#begin].
  Moves.Plan plan(Families.Configured found, Order order, Yes yes) {
    Situation situation = yes.situation();
    List<GateReading> gates = yes.gates();
    Standing seen = situation.standing();
    FamilyState moved = found.family().moved(seen.state(), situation.nextStep(), moves.now());
    boolean marked = yes.unproven() || Gates.unproven(gates);
    Standing after =
        new Standing(marked ? moved.asUnproven() : moved, families.yardstick(situation));
    Draft draft =
        Draft.of(
            moves.now(), Kind.PROMOTE, order, seen, after, gates, null, Recorded.write(situation));
    return new Moves.Plan(
        found.family(), yes.period(), seen, after, order, draft, () -> obstacle(found));
  }

  /// Enters a refusal, but not the same one again and again for someone who keeps asking.
  private Refused refuse(Family family, Order order, Refused refused) {
    List<String> against = new ArrayList<>();
    for (GateReading gate : refused.gates()) {
      against.add(gate.gate() + gate.opinion());
    }
    String same = order.actor() + refused.code() + against;
    boolean fresh;
    moves.lock().lock();
    try {
      fresh = family.newRefusal(same);
    } finally {
      moves.lock().unlock();
    }
    if (fresh) {
      String detail = order.reason() + " (refused: " + refused.detail() + ")";
      var _ = moves.note(Kind.REFUSED, order.family(), order.actor(), detail, refused.gates());
    }
    return refused;
  }

  /// Gives leave to enter a phase, the next one where none is named.
  CutoverResult approve(Families.Configured found, Order order, Phase.@Nullable Name phase) {
    Phase next =
        Ladder.next(found.family().standing().state().phase(), found.policy()).orElse(null);
    if (next == null) {
      return Refusals.illegal(order, "nothing comes after retired");
    }
    if (phase != null && phase != next.name()) {
      return Refusals.illegal(
          order,
          "the next phase is "
              + next.name().word()
              + ", not "
              + phase.word()
              + "; an approval holds for the next step alone");
    }
    return moves.mark(
        found.family(),
        order,
        Kind.APPROVE,
        seen -> seen.with(new Approval(next.name(), seen.state().epoch(), order.actor())));
  }

  /// Lets a held family be promoted again.
  CutoverResult resume(Families.Configured found, Order order) {
    return order.reason().isBlank() || found.family().standing().state().held() != null
        ? moves.mark(found.family(), order, Kind.RESUME, seen -> seen.withHeld(null))
        : Refusals.illegal(order, "it is not held");
  }
}
