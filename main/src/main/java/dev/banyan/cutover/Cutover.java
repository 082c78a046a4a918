package dev.banyan.cutover;

import dev.banyan.cutover.CutoverResult.Code;
import dev.banyan.cutover.CutoverResult.Done;
import dev.banyan.cutover.CutoverResult.Refused;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.GateReading.Opinion;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one class that moves families.
///
/// Going forward is durable first and in force second; going back is in force first and durable
/// second. So a store that is slow or gone stops promotions and never a rollback: the lock that
/// orders the moves is held for the swap of the routing table alone, and no decision waits under it
/// for anything. A promotion that a rollback overtakes while it is being written does not come into
/// force, and its epoch is not used again.
///
/// Any thread may call; [#tick] is meant for one. Refusals are values; an exception is a bug.
public final class Cutover {
  private static final Logger log = LoggerFactory.getLogger(Cutover.class);

  /// Who the ledger names for what the program did by itself.
  public static final String ITSELF = "banyan";

  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  private final CutoverPorts ports;
  private final Journal journal;
  private final Families families;
  private final ReentrantLock moves = new ReentrantLock();
  private final ComparisonOrders comparisonOrders;
  private volatile long retriedAt;

  /// Takes up the states that the store holds. Nothing is in force before [#configure].
  ///
  /// @throws java.io.UncheckedIOException when the store can not be read
  public Cutover(CutoverPorts ports, Ledger ledger) {
    this.ports = ports;
    this.journal = new Journal(ledger, ports.executor(), ports.listener());
    this.families = new Families(ports);
    this.comparisonOrders = new ComparisonOrders(ports, families, journal, moves);
  }

  /// Takes over the families that the configuration names, and no others; those not named keep
  /// their state in the store.
  ///
  /// @param publish is given the states of all families named, to put the first table in force, and
  ///   runs while no family can move
  public void configure(List<FamilyPolicy> policies, Consumer<List<FamilyState>> publish) {
    moves.lock();
    try {
      families.configure(policies);
      publish.accept(states());
    } finally {
      moves.unlock();
    }
  }

  /// The states of the configured families, by name.
  public List<FamilyState> states() {
    return families.states();
  }

  /// Where a configured family stands.
  public Optional<FamilyState> state(String name) {
    return families.find(name).map(found -> found.family().state());
  }

  /// All that gates read about a family, as of now.
  public Optional<Evidence> evidence(String name) {
    return state(name).map(state -> families.evidence(name, state.epoch()));
  }

  /// Every gate's reading for the next step, and what would roll the family back.
  public Optional<Explanation> explain(String name) {
    return families.find(name).map(this::explanation);
  }

  private Explanation explanation(Families.Configured found) {
    FamilyPolicy policy = found.policy();
    Standing standing = found.family().standing();
    Phase next = Ladder.next(standing.state().phase(), policy).orElse(null);
    List<GateReading> gates = Gates.read(families.situation(found, standing, next));
    return new Explanation(standing.state(), next, gates, Breaker.rollbackWhen(policy, standing));
  }

  /// Takes the next step of the ladder, if every gate agrees.
  ///
  /// @param to the phase that the step is meant to enter, or null for whichever is next
  /// @param weight a larger step of the canary or of the writes than the schedule's, or null
  public CutoverResult promote(Order order, Phase.@Nullable Name to, @Nullable Weight weight) {
    Families.Configured found = families.find(order.family()).orElse(null);
    if (found == null) {
      return Refusals.unknown(order);
    }
    Family family = found.family();
    // Before the gates look, so that evidence thrown away meanwhile is noticed.
    long period = family.periods();
    Standing seen = family.standing();
    FamilyState state = seen.state();
    Refused refused = Refusals.badOrder(order, state);
    if (refused != null) {
      return refused;
    }
    if (state.held() != null) {
      String detail = order.family() + " is held (" + state.held() + "); resume it first";
      return refusedPromotion(family, order, new Refused(Code.FAMILY_HELD, detail));
    }
    StepChoice choice = StepChoice.of(state.phase(), found.policy(), to, weight);
    return switch (choice) {
      case StepChoice.None none ->
          refusedPromotion(family, order, Refusals.illegal(order, none.why()));
      case StepChoice.To step ->
          step(family, period, order, families.askedSituation(found, seen, step.phase()));
    };
  }

  private CutoverResult step(Family family, long period, Order order, Situation situation) {
    List<GateReading> gates = Gates.read(situation);
    List<GateReading> against =
        gates.stream().filter(gate -> gate.opinion() != Opinion.PROMOTE).toList();
    if (!against.isEmpty()) {
      String detail =
          against.stream()
              .map(gate -> gate.gate() + ": " + gate.says())
              .collect(Collectors.joining(". "));
      return refusedPromotion(family, order, new Refused(Code.GATE_REFUSED, detail, gates));
    }
    Standing seen = situation.standing();
    Phase next = Objects.requireNonNull(situation.next());
    Phase.Name now = situation.phase().name();
    if (now == Phase.Name.LEGACY) {
      // What an earlier attempt has shown says nothing of today's candidate. Thrown away before the
      // step is written, so that no crash leaves it behind.
      String refusal = families.compareAnew(order.family());
      if (refusal != null) {
        return Refusals.notRecorded(refusal);
      }
    }
    // The candidate's traffic changes what the legacy does: its yardstick is taken before.
    Baseline baseline =
        situation.step().baseline(seen.baseline(), situation.policy().gates().baseline());
    return durableFirst(family, period, seen, order, Kind.PROMOTE, gates, next, baseline);
  }

  /// A change on its way into the store, from where it was decided on.
  private record Pending(Standing seen, Standing after, Journal.Ticket ticket) {}

  /// Writes a change, and puts it in force only if it is written and nothing came between.
  private CutoverResult durableFirst(
      Family family,
      long period,
      Standing seen,
      Order order,
      Kind kind,
      List<GateReading> gates,
      Phase next,
      @Nullable Baseline baseline) {
    Pending pending;
    moves.lock();
    try {
      if (!family.standing().equals(seen) || family.pending() || family.periods() != period) {
        return Refusals.changed(order);
      }
      Standing after = new Standing(afterwards(family, seen.state(), kind, next), baseline);
      pending =
          new Pending(
              seen,
              after,
              journal.add(
                  Draft.of(now(), kind, order, seen, after, gates, null),
                  new Change.Move(seen, after),
                  false));
      family.pending(true);
    } finally {
      moves.unlock();
    }
    journal.write();
    return onceWritten(family, order, pending);
  }

  private CutoverResult onceWritten(Family family, Order order, Pending pending) {
    String refusal = pending.ticket().refusal();
    Done done = null;
    moves.lock();
    try {
      family.pending(false);
      if (refusal == null && family.standing().equals(pending.seen())) {
        done = enforce(family, pending.after(), true);
      }
    } finally {
      moves.unlock();
    }
    if (done != null) {
      ports.listener().changed(done.after());
      return done;
    }
    if (refusal != null) {
      return Refusals.notRecorded(refusal);
    }
    Refused late = Refusals.overtaken(pending.after());
    note(Kind.REFUSED, order.family(), order.actor(), late.detail(), List.of());
    return late;
  }

  private FamilyState afterwards(Family family, FamilyState before, Kind kind, Phase next) {
    return kind == Kind.RESUME
        ? before.withHeld(null)
        : new FamilyState(before.family(), next, family.nextEpoch(), before.held(), now());
  }

  /// Puts a standing in force; the moves' lock is held.
  private Done enforce(Family family, Standing after, boolean recorded) {
    FamilyState before = family.state();
    Duration swap = Duration.ZERO;
    if (after.state().epoch() != before.epoch()) {
      long began = ports.nanos().getAsLong();
      ports.routing().swap(after.state());
      swap = Duration.ofNanos(ports.nanos().getAsLong() - began);
    }
    family.stand(after, ports.nanos().getAsLong());
    return new Done(before, after.state(), swap, recorded);
  }

  /// Takes a family back. Neither gates nor a hold nor the store can refuse it, and it is in force
  /// when this returns.
  ///
  /// @param to an earlier phase; null for the nearest in which the legacy answers everything, which
  ///   is `legacy` out of `shadow` and `canary`, and `shadow` out of the later phases
  public CutoverResult rollback(Order order, Phase.@Nullable Name to) {
    Families.Configured found = families.find(order.family()).orElse(null);
    if (found == null) {
      return Refusals.unknown(order);
    }
    if (order.reason().isBlank()) {
      return Refusals.reasonMissing();
    }
    return goBack(found, null, to, order, List.of()).finish();
  }

  /// A rollback that is in force (or refused) and may still have to be recorded.
  private record Return(CutoverResult result, Journal.@Nullable Ticket ticket) {
    CutoverResult finish() {
      return switch (result) {
        case Done done when ticket != null ->
            new Done(done.before(), done.after(), done.swap(), ticket.soon());
        case Done done -> done;
        case Refused refused -> refused;
      };
    }
  }

  /// @param only the standing that the decision was made on, or null for whatever it is now
  private Return goBack(
      Families.Configured found,
      @Nullable Standing only,
      Phase.@Nullable Name to,
      Order order,
      List<GateReading> gates) {
    Family family = found.family();
    FamilyPolicy policy = found.policy();
    Done done;
    Journal.Ticket ticket;
    moves.lock();
    try {
      Standing seen = family.standing();
      FamilyState before = seen.state();
      if (only != null && !only.equals(seen)) {
        return new Return(Refusals.changed(order), null);
      }
      Phase.Name target = to == null ? Ladder.defaultRollback(before.phase().name()) : to;
      String illegal = StepChoice.whyNotBack(before.phase(), policy, target, family.pending());
      if (illegal != null) {
        return new Return(Refusals.illegal(order, illegal), null);
      }
      Phase back =
          target == before.phase().name()
              ? before.phase()
              : before.phase().backTo(target, policy.weights().getFirst());
      FamilyState state = afterwards(family, before, Kind.ROLLBACK, back);
      Standing after = new Standing(state, seen.baseline());
      done = enforce(family, after, false);
      ticket =
          journal.add(
              Draft.of(now(), Kind.ROLLBACK, order, seen, after, gates, done.swap()),
              new Change.Move(seen, after),
              true);
    } finally {
      moves.unlock();
    }
    journal.write();
    ports.listener().changed(done.after());
    return new Return(done, ticket);
  }

  /// Stops promotions of a family; in force when this returns.
  public CutoverResult hold(Order order) {
    Families.Configured found = families.find(order.family()).orElse(null);
    if (found == null) {
      return Refusals.unknown(order);
    }
    Family family = found.family();
    Done done;
    Journal.Ticket ticket;
    moves.lock();
    try {
      Standing seen = family.standing();
      Refused refused = Refusals.badOrder(order, seen.state());
      if (refused != null) {
        return refused;
      }
      if (family.pending()) {
        return Refusals.changed(order);
      }
      Standing after = new Standing(seen.state().withHeld(order.reason()), seen.baseline());
      done = enforce(family, after, false);
      ticket =
          journal.add(
              Draft.of(now(), Kind.HOLD, order, seen, after, List.of(), null),
              new Change.Move(seen, after),
              true);
    } finally {
      moves.unlock();
    }
    journal.write();
    ports.listener().changed(done.after());
    return new Return(done, ticket).finish();
  }

  /// Lets a held family be promoted again.
  public CutoverResult resume(Order order) {
    Families.Configured found = families.find(order.family()).orElse(null);
    if (found == null) {
      return Refusals.unknown(order);
    }
    Family family = found.family();
    Standing seen = family.standing();
    Refused refused = Refusals.badOrder(order, seen.state());
    if (refused != null) {
      return refused;
    }
    if (seen.state().held() == null) {
      return Refusals.illegal(order, "it is not held");
    }
    Phase phase = seen.state().phase();
    return durableFirst(
        family, family.periods(), seen, order, Kind.RESUME, List.of(), phase, seen.baseline());
  }

  /// Begins a family's comparisons anew. No promotion that was decided on the old ones comes into
  /// force after this has said done.
  public CutoverResult parityReset(Order order) {
    return comparisonOrders.reset(order);
  }

  /// Enters what somebody has ruled about a place that is compared, and keeps it.
  ///
  /// @param detail what was ruled, for the ledger
  /// @param keep puts it in force; throws [java.io.UncheckedIOException] when it can not be kept,
  ///   and then nothing is in force
  public CutoverResult rule(Order order, Kind kind, String detail, Runnable keep) {
    return comparisonOrders.rule(order, kind, detail, keep);
  }

  /// Enters that the program has started.
  public void started(String detail) {
    note(Kind.START, null, ITSELF, detail, List.of());
  }

  /// Enters that a configuration was loaded, or refused.
  public void configLoaded(String detail) {
    note(Kind.CONFIG, null, ITSELF, detail, List.of());
  }

  private Instant now() {
    return ports.clock().instant();
  }

  private void note(
      Kind kind, @Nullable String family, String actor, String reason, List<GateReading> gates) {
    Draft draft = new Draft(now(), kind, family, actor, reason, null, null, gates, null);
    journal.add(draft, null, false);
    journal.write();
  }

  /// Looks at every family's latest traffic and takes back those whose candidate does harm. To be
  /// called every 100 ms or so. Never waits for the store.
  public void tick() {
    long now = ports.nanos().getAsLong();
    families.forEach(found -> {
      try {
        watch(found, now);
      } catch (RuntimeException e) {
        // One family's fault must not leave the others unwatched.
        log.error("watching {} failed; the other families are watched", found.policy(), e);
      }
    });
    if (journal.behind() && now - retriedAt >= RETRY_NANOS) {
      retriedAt = now;
      journal.write();
    }
  }

  private void watch(Families.Configured found, long now) {
    Family family = found.family();
    FamilyPolicy policy = found.policy();
    Standing standing = family.standing();
    long epoch = standing.state().epoch();
    String name = policy.family();
    TickDigest tick = TickDigest.of(ports.traffic().tick(name, epoch));
    if (tick.legacy().requests() > 0) {
      family.legacySeen(now);
    }
    family.take(standing, policy, tick, now);
    Phase.Name phase = standing.state().phase().name();
    if (tick.empty() || phase.before(Phase.Name.CANARY)) {
      return;
    }
    Situation situation = families.situation(found, standing, null);
    if (Gates.harmful(situation)) {
      List<GateReading> harm = Gates.harm(situation);
      List<GateReading> against =
          harm.stream().filter(gate -> gate.opinion() == Opinion.ROLL_BACK).toList();
      trip(found, standing, harm, against);
    }
  }

  private void trip(
      Families.Configured found,
      Standing standing,
      List<GateReading> harm,
      List<GateReading> against) {
    FamilyPolicy policy = found.policy();
    String why = against.stream().map(GateReading::says).collect(Collectors.joining("; "));
    if (Breaker.acts(policy, standing)) {
      Order order = Order.of(policy.family(), ITSELF, why);
      CutoverResult result = goBack(found, standing, Phase.Name.SHADOW, order, harm).result();
      log.warn("{} does harm: {}: {}", policy.family(), why, result);
    } else if (found.family().newAlarm()) {
      String told = why + ". Not rolled back: " + Breaker.whyNot(policy, standing);
      log.warn("{} does harm: {}", policy.family(), told);
      note(Kind.ALARM, policy.family(), ITSELF, told, harm);
    }
  }

  /// Enters a refusal, but not the same one again and again for someone who keeps asking.
  private Refused refusedPromotion(Family family, Order order, Refused refused) {
    List<String> against = new ArrayList<>();
    for (GateReading gate : refused.gates()) {
      against.add(gate.gate() + gate.opinion());
    }
    String same = order.actor() + refused.code() + against;
    boolean fresh;
    moves.lock();
    try {
      fresh = family.newRefusal(same);
    } finally {
      moves.unlock();
    }
    if (fresh) {
      String detail = order.reason() + " (refused: " + refused.detail() + ")";
      note(Kind.REFUSED, order.family(), order.actor(), detail, refused.gates());
    }
    return refused;
  }
}
