package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How a family comes from one standing to another, and how the routing table follows.
///
/// The store has the order of all moves, of this process and of others; a family here takes over
/// what the store has ([#adopt]), under whatever was decided here and is not in the store yet. The
/// lock orders changes of memory and is never held while anything waits.
final class Moves {
  private static final Logger log = LoggerFactory.getLogger(Moves.class);

  /// How often a decision may find that another process was faster before the journal rests.
  private static final int CONFLICTS = 100;

  private final CutoverPorts ports;
  private final Ledger ledger;
  private final Journal journal;
  private final ReentrantLock lock = new ReentrantLock();

  Moves(CutoverPorts ports, Ledger ledger, Journal journal) {
    this.ports = ports;
    this.ledger = ledger;
    this.journal = journal;
  }

  ReentrantLock lock() {
    return lock;
  }

  Journal journal() {
    return journal;
  }

  Instant now() {
    return ports.clock().instant();
  }

  /// Takes over what the store has of a family. Called in the store's order, so that an epoch below
  /// one that was there says that the store has gone back.
  ///
  /// @return how long the routing table took to follow; zero where it did not change
  Duration adopt(Family family, Standing stored) {
    Duration swap =
        change(
            family,
            () -> {
              family.stand(stored, ports.nanos().getAsLong());
              leaveToTheOwner(family);
            });
    lift(family);
    return swap;
  }

  /// Whether the candidate owns a family's rows where it stands: then no change of the table alone
  /// gives its writes to the legacy, they are handed back.
  boolean isCandidates(Family family, Standing at) {
    FamilyPolicy policy = family.policy();
    return policy != null && OwnWrites.isOwner(ports, policy, at);
  }

  /// Lifts what was put over a standing by who did not know yet that the candidate owns the rows.
  /// For a caller that holds the lock.
  void leaveToTheOwner(Family family) {
    if (isCandidates(family, family.standing())) {
      family.undenied();
    }
  }

  /// Where the store has gone back, what it says counts, as if it had been decided now: with an
  /// epoch that there never was, for evidence and requests of the lost ones are still about. The
  /// first process that writes this does it for all.
  void lift(Family family) {
    FamilyState state = family.standing().state();
    if (state.epoch() >= family.highest()) {
      return;
    }
    String name = state.family();
    log.error(
        "THE STORE HAS GONE BACK: {} was at epoch {} and is at {}; what the store says is in force",
        name,
        family.highest(),
        state.epoch());
    var _ =
        journal.add(
            "store-back of " + name,
            () ->
                writeFromWhereItStands(
                    family, now -> lifted(family, now), this::back, null, () -> {}),
            new Journal.InForce("lift " + name, null));
    journal.write();
  }

  private @Nullable Standing lifted(Family family, Standing now) {
    FamilyState state = now.state();
    if (state.epoch() >= family.highest()) {
      return null;
    }
    return new Standing(family.moved(state, state.phase(), now()), now.baseline());
  }

  private Draft back(Standing before, Standing after) {
    String why =
        "the store has gone back to epoch "
            + before.state().epoch()
            + "; what it says is in force, with an epoch that there never was";
    Order order = Order.of(before.state().family(), Cutover.ITSELF, why);
    return Draft.of(now(), Kind.STORE_BACK, order, before, after, List.of(), null, null);
  }

  /// Changes what is in force of a family, has the table follow, and tells of it.
  Duration change(Family family, Runnable change) {
    FamilyState before;
    FamilyState after;
    Duration swap;
    lock.lock();
    try {
      before = family.state();
      swap = steer(family, change);
      after = family.state();
    } finally {
      lock.unlock();
    }
    if (!after.equals(before)) {
      tell(after);
    }
    return swap;
  }

  /// What is in force is no less so where somebody who hears of it fails.
  void tell(FamilyState after) {
    try {
      ports.listener().changed(after);
    } catch (RuntimeException e) {
      log.error("a listener failed on {}, which is in force", after, e);
    }
  }

  /// Changes what is in force of a family, and has the table follow. For a caller that holds the
  /// lock and tells of it afterwards.
  ///
  /// @return how long the table took to follow; zero where it did not change
  Duration steer(Family family, Runnable change) {
    FamilyState before = family.state();
    change.run();
    FamilyState after = family.state();
    if (after.epoch() == before.epoch() && after.phase().equals(before.phase())) {
      return Duration.ZERO;
    }
    long began = ports.nanos().getAsLong();
    ports.routing().swap(after);
    return Duration.ofNanos(ports.nanos().getAsLong() - began);
  }

  /// What a decision makes of a standing; null where nothing is left to be done.
  interface Step {
    @Nullable Standing after(Standing now);
  }

  /// Writes what is in force already: from wherever the family stands in the store by now. For the
  /// journal's thread.
  ///
  /// @param settle runs once it is written, or not needed any more, in the change that takes it
  ///   over; not where another controller has taken over
  Written writeFromWhereItStands(
      Family family, Step step, Entry entry, @Nullable Long term, Runnable settle) {
    for (int i = 0; i < CONFLICTS; i++) {
      Standing now = family.standing();
      Standing after = step.after(now);
      if (after == null) {
        change(family, settle);
        return new Written.Conflict(now);
      }
      Written written = ledger.append(entry.of(now, after), new Change.Move(now, after), term);
      switch (written) {
        case Written.Done done -> {
          change(
              family,
              () -> {
                family.stand(after, ports.nanos().getAsLong());
                settle.run();
              });
          return done;
        }
        case Written.Conflict conflict -> adopt(family, conflict.now());
        case Written.Fenced fenced -> {
          return fenced;
        }
        case Written.Barred barred ->
            throw new IllegalStateException("no promotion, and yet barred: " + barred);
      }
    }
    throw new IllegalStateException(
        "other processes move " + family.standing().state().family() + " all the time");
  }

  /// Makes the entry for a move between two standings.
  interface Entry {
    Draft of(Standing before, Standing after);
  }

  /// A change of one family that comes into force once it is written, from where it was decided on.
  ///
  /// @param period of the comparisons that it was decided on; null where it rests on none
  /// @param obstacle what stands in its way by the time that it is written, or null; the line is
  ///   looked at by the store as well, where no other process can come between
  record Plan(
      Family family,
      @Nullable EvidencePeriod period,
      Standing seen,
      Standing after,
      Order order,
      Draft draft,
      Supplier<@Nullable Obstacle> obstacle) {
    /// Whether it can still be begun. For a caller that holds the lock.
    private boolean holds() {
      boolean settled = family.denial() == null && !family.pending();
      return settled && counts() && family.standing().equals(seen);
    }

    /// Whether the comparisons that it was decided on have not begun anew since.
    private boolean counts() {
      return period == null || family.periods() == period.own();
    }

    private Writing writing() {
      Long shared = period == null ? null : period.shared();
      return new Writing(draft, new Change.Move(seen, after, shared));
    }

    private String what() {
      return draft.kind().word() + " of " + order.family() + " (" + order.reason() + ")";
    }
  }

  /// Plans on their way into the store, all or none.
  ///
  /// @param swaps how long the routing table took to follow each, once they are written
  /// @param refused why they were not even begun, or null
  record Under(
      List<Plan> plans,
      Journal.@Nullable Ticket ticket,
      List<Duration> swaps,
      @Nullable Refused refused) {}

  /// Has a plan written, and put in force if it is written and nothing came between. Does not wait.
  ///
  /// @param term of the controller that decided, null for a person
  Under begin(Plan plan, @Nullable Long term) {
    return begin(List.of(plan), term, false);
  }

  /// The same for families that go together, all or none.
  ///
  /// @param changesOwner whether their rows get another owner with it, so that nothing may take it
  ///   back while it is being written
  Under begin(List<Plan> plans, @Nullable Long term, boolean changesOwner) {
    List<Duration> swaps = new CopyOnWriteArrayList<>();
    Journal.Ticket ticket;
    lock.lock();
    try {
      for (Plan plan : plans) {
        if (!plan.holds()) {
          return new Under(plans, null, swaps, Refusals.changed(plan.order()));
        }
      }
      String what = plans.stream().map(Plan::what).collect(Collectors.joining(", "));
      ticket = journal.add(what, () -> write(plans, term, swaps), null);
      plans.forEach(plan -> plan.family().pending(ticket, changesOwner));
    } finally {
      lock.unlock();
    }
    journal.write();
    return new Under(plans, ticket, swaps, null);
  }

  private Written write(List<Plan> plans, @Nullable Long term, List<Duration> swaps) {
    for (Plan plan : plans) {
      if (plan.family().denial() != null || !plan.counts()) {
        // A rollback came first: other processes must not see what it has overtaken. Or what this
        // was decided on was thrown away.
        return new Written.Conflict(plan.family().standing());
      }
      Obstacle obstacle = plan.obstacle().get();
      if (obstacle != null) {
        return new Written.Barred(obstacle.code(), obstacle.says());
      }
    }
    Written written = ledger.append(plans.stream().map(Plan::writing).toList(), term);
    switch (written) {
      case Written.Done _ -> plans.forEach(plan -> swaps.add(adopt(plan.family(), plan.after())));
      case Written.Conflict(Standing now) ->
          plans.stream()
              .map(Plan::family)
              .filter(family -> family.isOf(now))
              .forEach(family -> adopt(family, now));
      case Written.Fenced _, Written.Barred _ -> {}
    }
    return written;
  }

  /// Waits for the one plan that [#begin] has begun.
  CutoverResult finish(Under under) {
    return finishAll(under).getFirst();
  }

  /// Waits for what [#begin] has begun.
  ///
  /// @return one for each plan, or the one reason why none was written
  List<CutoverResult> finishAll(Under under) {
    Refused refused = under.refused();
    Journal.Ticket ticket = under.ticket();
    if (refused != null || ticket == null) {
      return List.of(Objects.requireNonNull(refused));
    }
    Journal.Result result = ticket.result();
    Order order = under.plans().getFirst().order();
    return switch (result.written()) {
      case null -> List.of(Refusals.notRecorded(String.valueOf(result.failure())));
      case Written.Conflict(Standing now) -> List.of(Refusals.changed(order(under, now)));
      case Written.Fenced _ -> List.of(Refusals.fenced(order));
      case Written.Barred(CutoverResult.Code code, String says) -> List.of(new Refused(code, says));
      case Written.Done _ -> {
        List<CutoverResult> all = new ArrayList<>();
        for (int i = 0; i < under.plans().size(); i++) {
          all.add(came(under.plans().get(i), under.swaps().get(i)));
        }
        yield all;
      }
    };
  }

  private static Order order(Under under, Standing of) {
    return under.plans().stream()
        .filter(plan -> plan.family().isOf(of))
        .findFirst()
        .orElseThrow()
        .order();
  }

  private static CutoverResult came(Plan plan, Duration swap) {
    return isOvertaken(plan)
        ? Refusals.overtaken(plan.after())
        : new Done(plan.seen().state(), plan.after().state(), swap, true);
  }

  private static boolean isOvertaken(Plan plan) {
    Family family = plan.family();
    long written = plan.after().state().epoch();
    return family.denial() != null || family.standing().state().epoch() > written;
  }

  /// Enters something that moves no family, when the store is there.
  Journal.Ticket note(
      Kind kind, @Nullable String family, String actor, String reason, List<GateReading> gates) {
    return note(new Draft(now(), kind, family, actor, reason, null, null, gates, null), null, null);
  }

  /// @param inForce why it is kept until it is written, or null where it is not
  Journal.Ticket note(Draft draft, @Nullable Change change, Journal.@Nullable InForce inForce) {
    return note(draft, change, inForce, () -> {});
  }

  /// @param written runs once it is written, in the store's order
  Journal.Ticket note(
      Draft draft, @Nullable Change change, Journal.@Nullable InForce inForce, Runnable written) {
    Journal.Ticket ticket = add(draft, change, inForce, written);
    journal.write();
    return ticket;
  }

  /// The same, but [Journal#write] is still to be called.
  Journal.Ticket add(
      Draft draft, @Nullable Change change, Journal.@Nullable InForce inForce, Runnable written) {
    String what = draft.kind().word() + " (" + draft.reason() + ")";
    Journal.Writing writing =
        () -> {
          Written entered = ledger.append(draft, change, null);
          written.run();
          return entered;
        };
    return journal.add(what, writing, inForce);
  }

  /// Holds or changes a standing without moving it; durable first.
  CutoverResult mark(Family family, Order order, Kind kind, UnaryOperator<Standing> marked) {
    Standing seen = family.standing();
    Refused refused = Refusals.badOrder(order, seen.state());
    if (refused != null) {
      return refused;
    }
    Standing after = marked.apply(seen);
    Draft draft = Draft.of(now(), kind, order, seen, after, List.of(), null, null);
    return finish(begin(new Plan(family, null, seen, after, order, draft, () -> null), null));
  }
}
