package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way back. Part of [Cutover].
///
/// A rollback is in force in memory first: a [Denial] lies over the standing, and the table is
/// swapped. Then it is written, from wherever the store has the family by then, and only that gives
/// it an epoch. Nothing refuses it but a target that is not earlier.
final class Rollbacks {
  /// How often another change may come between.
  private static final int TRIES = 5;

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
    Order order = cause.order();
    FamilyState before;
    FamilyState after;
    Duration took;
    long epoch;
    Phase.Name target;
    Journal.Ticket ticket;
    moves.lock().lock();
    try {
      // What this process does for itself alone is no place that anybody has moved the family to.
      before = family.decided();
      boolean late = family.denial() != null || !family.standing().equals(cause.only());
      if (cause.only() != null && late) {
        return new Return(Refusals.changed(order), null);
      }
      Phase now = before.phase();
      target = to == null ? Ladder.defaultRollback(now.name()) : to;
      if (family.changesOwner() || moves.isCandidates(family, family.standing())) {
        return new Return(Refusals.changed(order), null); // to be handed back, once that is written
      }
      String illegal = StepChoice.whyNotBack(now, policy, target, family.pending());
      if (illegal != null) {
        return new Return(Refusals.illegal(order, illegal), null);
      }
      Phase back = target == now.name() ? now : now.backTo(target, policy.weights().getFirst());
      Denial denial = new Denial(back, "rolled back by " + order.actor() + ": " + order.reason());
      took = moves.steer(family, () -> family.denial(denial));
      after = family.state();
      epoch = family.standing().state().epoch() + (family.pending() ? 1 : 0);
      ticket = add(family, denial, unwritten(cause, back, took, policy), cause.term());
    } finally {
      moves.lock().unlock();
    }
    ports.replicas().warn(order.family(), epoch, target);
    moves.journal().write();
    moves.tell(after);
    return new Return(new Done(before, after, took, false), ticket);
  }

  /// Takes families back whose writes are held, for their rows change their owner with it: in force
  /// once all are written, from where they then stand, and only in a controller's own term.
  ///
  /// @return one for each family, or the one reason why none has gone back
  List<CutoverResult> backOnceWritten(
      List<Families.Configured> all,
      Phase.@Nullable Name to,
      Cause cause,
      long term,
      boolean lossAccepted) {
    List<CutoverResult> results = List.of(Refusals.changed(cause.order()));
    for (int i = 0; i < TRIES; i++) {
      List<Moves.Plan> plans = new ArrayList<>();
      for (Families.Configured each : all) {
        Standing seen = each.family().standing();
        Phase now = seen.state().phase();
        if (i > 0 && now.name().before(Phase.Name.WRITES)) {
          // They go together: what was not known to be written was, and more has come since.
          return all.stream().map(Rollbacks::asItStands).toList();
        }
        Refused refused = whyNotOnceWritten(each, seen, to, cause, lossAccepted);
        if (refused != null) {
          return List.of(refused);
        }
        plans.add(planBack(each, seen, to, cause));
      }
      results = moves.finishAll(moves.begin(plans, term, true));
      if (!(results.getFirst() instanceof Refused refused)
          || refused.code() != Code.STATE_CHANGED) {
        return results;
      }
    }
    return results;
  }

  private static CutoverResult asItStands(Families.Configured found) {
    FamilyState now = found.family().state();
    return new Done(now, now, Duration.ZERO, true);
  }

  private static @Nullable Refused whyNotOnceWritten(
      Families.Configured found,
      Standing seen,
      Phase.@Nullable Name to,
      Cause cause,
      boolean lossAccepted) {
    Phase now = seen.state().phase();
    Order order = cause.order();
    Standing only = cause.only();
    if (only != null
        && order.family().equals(found.policy().family())
        && only.state().epoch() != seen.state().epoch()) {
      return Refusals.changed(order);
    }
    Phase.Name target = to == null ? Ladder.defaultRollback(now.name()) : to;
    String illegal = StepChoice.whyNotBack(now, found.policy(), target, false);
    return illegal == null || (lossAccepted && target.before(now.name()))
        ? null
        : Refusals.illegal(order, found.policy().family() + ": " + illegal);
  }

  private Moves.Plan planBack(
      Families.Configured found, Standing seen, Phase.@Nullable Name to, Cause cause) {
    FamilyPolicy policy = found.policy();
    Order own = cause.order().on(policy.family());
    Phase now = seen.state().phase();
    Phase.Name target = to == null ? Ladder.defaultRollback(now.name()) : to;
    Phase back = now.backTo(target, policy.weights().getFirst());
    Cause owns = new Cause(own, null, null, cause.gates(), cause.evidence(), cause.hold());
    Unwritten.Back entry = unwritten(owns, back, Duration.ZERO, policy);
    Standing after = new Standing(held(found.family(), seen.state(), entry), seen.baseline());
    Draft draft =
        Draft.of(
            entry.at(),
            Kind.ROLLBACK,
            own,
            seen,
            after,
            entry.gates(),
            entry.took(),
            entry.evidence());
    return new Moves.Plan(found.family(), null, seen, after, own, draft, () -> null);
  }

  /// Goes without the candidate, for another replica is about to write that the family goes back.
  /// That it does is known once it is written; this is dropped otherwise.
  void hint(Families.Configured found, long epoch, Phase.Name to) {
    Family family = found.family();
    moves.change(
        family,
        () -> {
          FamilyState now = family.standing().state();
          boolean later = now.epoch() <= epoch && to.before(now.phase().name());
          if (later && !moves.isCandidates(family, family.standing())) {
            Phase back = now.phase().backTo(to, found.policy().weights().getFirst());
            family.hint(
                new Denial(back, "another replica takes it back"),
                epoch,
                ports.nanos().getAsLong());
          }
        });
  }

  private Unwritten.Back unwritten(Cause cause, Phase to, Duration took, FamilyPolicy policy) {
    Order order = cause.order();
    return new Unwritten.Back(
        order.family(),
        to,
        moves.now(),
        order.actor(),
        order.reason(),
        cause.gates(),
        took,
        cause.evidence(),
        hold(policy, cause));
  }

  private Journal.Ticket add(
      Family family, Denial denial, Unwritten.Back back, @Nullable Long term) {
    String key = "rollback " + back.family() + " " + back.to();
    return moves
        .journal()
        .add(
            "rollback of " + back.family() + " (" + back.reason() + ")",
            () -> record(family, denial, back, term),
            new Journal.InForce(key, back));
  }

  private Written record(Family family, Denial denial, Unwritten.Back back, @Nullable Long term) {
    Written written =
        moves.writeFromWhereItStands(
            family,
            now ->
                denial.takesBack(now.state().phase()) && !moves.isCandidates(family, now)
                    ? new Standing(held(family, now.state(), back), now.baseline())
                    : null,
            (before, after) ->
                Draft.of(
                    back.at(),
                    Kind.ROLLBACK,
                    Order.of(back.family(), back.actor(), back.reason()),
                    before,
                    after,
                    back.gates(),
                    back.took(),
                    back.evidence()),
            term,
            () -> settle(family, denial));
    return switch (written) {
      case Written.Fenced fenced -> {
        leaveToTheNext(family, denial, back);
        yield fenced;
      }
      case Written.Conflict(Standing now) when moves.isCandidates(family, now) -> handedOver(back);
      case Written other -> other;
    };
  }

  /// Another process has given the rows to the candidate before this was written. To take the table
  /// back now would leave behind what the candidate has written since, and nobody has asked for
  /// that: whoever wants the family back has it handed back.
  private Written handedOver(Unwritten.Back back) {
    String why =
        "its writes were given to the candidate before this rollback was written, so it is not in"
            + " force; ask again, and they are handed back";
    note(Kind.ALARM, back, back.reason() + ". Not rolled back: " + why);
    return new Written.Barred(Code.STATE_CHANGED, back.family() + ": " + why);
  }

  /// Another controller has taken over: it decides, and finds in the ledger what this one has seen.
  /// This process goes without the candidate until it has.
  private void leaveToTheNext(Family family, Denial denial, Unwritten.Back back) {
    moves.change(
        family,
        () -> {
          settle(family, denial);
          family.alone(denial, ports.nanos().getAsLong());
        });
    note(Kind.DENY, back, "another controller took over before this was written: " + back.reason());
  }

  /// Enters what became of a rollback that is not written as one.
  private void note(Kind kind, Unwritten.Back back, String told) {
    var _ =
        moves.note(
            new Draft(
                moves.now(),
                kind,
                back.family(),
                back.actor(),
                told,
                null,
                null,
                back.gates(),
                null,
                back.evidence()),
            null,
            new Journal.InForce(kind.word() + " " + back.family(), null));
  }

  /// Puts in force again what a former life of this process has decided and the store may not have.
  /// Whoever decides since can not have known of it, so it carries no controller's term.
  void again(Family family, Unwritten unwritten) {
    switch (unwritten) {
      case Unwritten.Back back -> {
        Denial denial =
            new Denial(back.to(), "rolled back by " + back.actor() + ": " + back.reason());
        family.denial(denial);
        add(family, denial, back, null);
      }
      case Unwritten.Hold hold -> {
        if (!hold.reason().equals(family.standing().state().held())) {
          family.holding(hold.reason());
          add(family, hold);
        }
      }
      case Unwritten.Stop _ -> throw new IllegalArgumentException("it is of no family");
    }
  }

  /// What a person has taken back the program does not promote again by itself.
  private static @Nullable String hold(FamilyPolicy policy, Cause cause) {
    return cause.hold() == null && policy.auto() == FamilyPolicy.Auto.FULL
        ? "rolled back by " + cause.order().actor() + "; resume once the candidate is mended"
        : cause.hold();
  }

  private FamilyState held(Family family, FamilyState state, Unwritten.Back by) {
    FamilyState back = family.moved(state, by.to(), by.at());
    String hold = by.hold();
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
    return switch (moves.journal().soon(ticket)) {
      case null -> done;
      case Written.Fenced _ -> done;
      case Written.Barred(Code code, String says) -> new Refused(code, says);
      case Written.Conflict(Standing now) ->
          new Done(done.before(), now.state(), done.swap(), true);
      case Written.Done written -> recorded(done, written.entry());
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
          add(
              family,
              new Unwritten.Hold(order.family(), moves.now(), order.actor(), order.reason()));
    } finally {
      moves.lock().unlock();
    }
    moves.journal().write();
    moves.tell(after);
    return new Return(new Done(before, after, Duration.ZERO, false), ticket);
  }

  private Journal.Ticket add(Family family, Unwritten.Hold hold) {
    return moves
        .journal()
        .add(
            "hold of " + hold.family() + " (" + hold.reason() + ")",
            () -> record(family, hold),
            new Journal.InForce("hold " + hold.family(), hold));
  }

  private Written record(Family family, Unwritten.Hold hold) {
    Order order = Order.of(hold.family(), hold.actor(), hold.reason());
    return moves.writeFromWhereItStands(
        family,
        now -> now.withHeld(hold.reason()),
        (before, after) ->
            Draft.of(hold.at(), Kind.HOLD, order, before, after, List.of(), null, null),
        null,
        () -> family.held(hold.reason()));
  }
}
