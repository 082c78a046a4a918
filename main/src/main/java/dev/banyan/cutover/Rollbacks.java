package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way back. Part of [Cutover].
///
/// A rollback is in force in memory first: a [Denial] lies over the standing, and the table is
/// swapped. Then it is written, from wherever the store has the family by then, and only that gives
/// it an epoch. Nothing refuses it but a target that is not earlier.
final class Rollbacks {
  private final CutoverPorts ports;
  private final Moves moves;

  Rollbacks(CutoverPorts ports, Moves moves) {
    this.ports = ports;
    this.moves = moves;
  }

  /// Why a rollback is asked for, and by whom.
  ///
  /// @param only the standing that it was decided on, or null for whatever it is now
  /// @param term of the controller that decided, null for a person
  /// @param evidence that the program decided on, null for a person
  /// @param hold why the family is not to be promoted again until somebody has looked, or null
  record Cause(
      Order order,
      @Nullable Standing only,
      @Nullable Long term,
      List<GateReading> gates,
      @Nullable String evidence,
      @Nullable String hold) {

    static Cause of(Order order) {
      return new Cause(order, null, null, List.of(), null, null);
    }
  }

  /// A rollback that is in force (or refused) and may still have to be recorded.
  record Return(CutoverResult result, Journal.@Nullable Ticket ticket) {}

  /// Takes a family back; in force when this returns.
  Return goBack(Families.Configured found, Phase.@Nullable Name to, Cause cause) {
    Family family = found.family();
    FamilyPolicy policy = found.policy();
    Weight canary = policy.weights().getFirst();
    Order order = cause.order();
    String hold = hold(policy, cause);
    FamilyState before;
    FamilyState after;
    Duration took;
    Journal.Ticket ticket;
    moves.lock().lock();
    try {
      before = family.state();
      boolean late = family.denial() != null || !family.standing().equals(cause.only());
      if (cause.only() != null && late) {
        return new Return(Refusals.changed(order), null);
      }
      Phase.Name target = to == null ? Ladder.defaultRollback(before.phase().name()) : to;
      String illegal = StepChoice.whyNotBack(before.phase(), policy, target, family.pending());
      if (illegal != null) {
        return new Return(Refusals.illegal(order, illegal), null);
      }
      Phase back =
          target == before.phase().name() ? before.phase() : before.phase().backTo(target, canary);
      Denial denial = new Denial(back, "rolled back by " + order.actor() + ": " + order.reason());
      took = moves.steer(family, () -> family.denial(denial));
      after = family.state();
      ticket =
          moves
              .journal()
              .add(
                  "rollback of " + order.family() + " (" + order.reason() + ")",
                  () -> record(family, denial, target, canary, cause, hold, took),
                  true);
    } finally {
      moves.lock().unlock();
    }
    moves.journal().write();
    ports.listener().changed(after);
    return new Return(new Done(before, after, took, false), ticket);
  }

  private Written record(
      Family family,
      Denial denial,
      Phase.Name target,
      Weight canary,
      Cause cause,
      @Nullable String hold,
      Duration took) {
    return moves.writeFromWhereItStands(
        family,
        now -> {
          FamilyState state = now.state();
          return target.before(state.phase().name())
              ? new Standing(held(state, target, canary, hold), now.baseline())
              : null;
        },
        (before, after) ->
            Draft.of(
                moves.now(),
                Kind.ROLLBACK,
                cause.order(),
                before,
                after,
                cause.gates(),
                took,
                cause.evidence()),
        cause.term(),
        () -> settle(family, denial));
  }

  /// What a person has taken back the program does not promote again by itself.
  private static @Nullable String hold(FamilyPolicy policy, Cause cause) {
    return cause.hold() == null && policy.auto() == FamilyPolicy.Auto.FULL
        ? "rolled back by " + cause.order().actor() + "; resume once the candidate is mended"
        : cause.hold();
  }

  private FamilyState held(
      FamilyState state, Phase.Name target, Weight canary, @Nullable String hold) {
    FamilyState back = state.moved(state.phase().backTo(target, canary), moves.now());
    return hold == null || back.held() != null ? back : back.withHeld(hold);
  }

  /// What another rollback has put in place meanwhile stays until that one is recorded.
  private static void settle(Family family, Denial denial) {
    if (family.denial() == denial) {
      family.denial(null);
    }
  }

  /// Waits for the store for a short while, and for the replicas once it has the rollback.
  CutoverResult finish(Return back) {
    Journal.Ticket ticket = back.ticket();
    if (ticket == null || !(back.result() instanceof Done done)) {
      return back.result();
    }
    return switch (ticket.soon()) {
      case null -> done;
      case Written.Fenced _ -> done;
      case Written.Conflict(Standing now) ->
          new Done(done.before(), now.state(), done.swap(), true);
      case Written.Done(LedgerEntry entry) -> recorded(done, entry);
    };
  }

  private Done recorded(Done done, LedgerEntry entry) {
    FamilyState after = entry.after();
    FamilyState now = after == null ? done.after() : after;
    return new Done(done.before(), now, done.swap(), true, ports.replicas().await(entry.seq()));
  }

  /// Stops promotions of a family; in force when this returns.
  Return hold(Family family, Order order) {
    FamilyState before;
    FamilyState after;
    Journal.Ticket ticket;
    moves.lock().lock();
    try {
      before = family.state();
      Refused refused = Refusals.badOrder(order, before);
      if (refused != null) {
        return new Return(refused, null);
      }
      if (family.pending()) {
        return new Return(Refusals.changed(order), null);
      }
      family.holding(order.reason());
      after = family.state();
      ticket =
          moves
              .journal()
              .add(
                  "hold of " + order.family() + " (" + order.reason() + ")",
                  () -> recordHold(family, order),
                  true);
    } finally {
      moves.lock().unlock();
    }
    moves.journal().write();
    ports.listener().changed(after);
    return new Return(new Done(before, after, Duration.ZERO, false), ticket);
  }

  private Written recordHold(Family family, Order order) {
    return moves.writeFromWhereItStands(
        family,
        now -> now.withHeld(order.reason()),
        (before, after) ->
            Draft.of(moves.now(), Kind.HOLD, order, before, after, List.of(), null, null),
        null,
        () -> family.holding(null));
  }
}
