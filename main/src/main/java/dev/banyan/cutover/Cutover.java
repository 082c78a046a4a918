package dev.banyan.cutover;

import dev.banyan.cutover.Controller.Decision;
import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one class that moves families.
///
/// Going forward is durable first and in force second ([Promotions]); going back is in force first
/// and durable second ([Rollbacks]). So a store that is slow or gone stops promotions and never a
/// rollback. What the program does by itself is decided by the [Controller], a pure function, and
/// carried out here.
///
/// Any thread may call; [#tick] is meant for one. Refusals are values; an exception is a bug.
public final class Cutover {
  private static final Logger log = LoggerFactory.getLogger(Cutover.class);

  /// Who the ledger names for what the program did by itself.
  public static final String ITSELF = "banyan";

  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long ADVANCE_NANOS = Duration.ofSeconds(1).toNanos();

  private final CutoverPorts ports;
  private final Families families;
  private final Moves moves;
  private final Promotions promotions;
  private final Rollbacks rollbacks;
  private final ComparisonOrders comparisonOrders;
  private volatile @Nullable String stoppedLine;

  // Used by the thread of [#tick] alone.
  private long retriedAt;
  private long advancedAt;

  /// What a store held when it was last read.
  ///
  /// @param head the number of the last ledger entry that all of this holds at least; 0 for none
  public record Known(List<Standing> standings, Optional<String> stoppedLine, long head) {
    public Known {
      standings = List.copyOf(standings);
    }

    /// Reads it.
    ///
    /// @throws java.io.UncheckedIOException when the store can not be read
    public static Known of(MigrationStore store) {
      // The number first: what is written in between is read twice, and never left out.
      long head = store.head().map(LedgerEntry::seq).orElse(0L);
      return new Known(store.standings(), store.stoppedLine(), head);
    }
  }

  /// Takes up what is known of the store. Nothing is in force before [#configure].
  public Cutover(CutoverPorts ports, Ledger ledger, Known known) {
    this.ports = ports;
    this.families = new Families(ports, known.standings());
    this.moves = new Moves(ports, ledger, new Journal(ports.executor(), ports.listener()));
    this.promotions = new Promotions(ports, families, moves);
    this.rollbacks = new Rollbacks(ports, moves);
    this.comparisonOrders = new ComparisonOrders(families, moves);
    this.stoppedLine = known.stoppedLine().orElse(null);
  }

  /// Takes over the families that the configuration names, and no others; those not named keep
  /// their state in the store.
  ///
  /// @param publish is given the states of all families named, to put the first table in force, and
  ///   runs while no family can move
  public void configure(List<FamilyPolicy> policies, Consumer<List<FamilyState>> publish) {
    moves.lock().lock();
    try {
      families.configure(policies);
      publish.accept(states());
    } finally {
      moves.lock().unlock();
    }
  }

  /// Takes over what other processes have written. In the order of this process's own writes.
  ///
  /// @param read reads it, on the thread that this process writes on
  /// @return completes once that is in force, or with the failure of the store
  public CompletableFuture<Known> refresh(Supplier<Known> read) {
    CompletableFuture<Known> done = new CompletableFuture<>();
    ports
        .executor()
        .execute(() -> {
          try {
            Known known = read.get();
            known.standings().forEach(stored -> moves.adopt(families.of(stored), stored));
            stoppedLine = known.stoppedLine().orElse(null);
            done.complete(known);
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  /// The states of the configured families, by name, as they are in force here.
  public List<FamilyState> states() {
    return families.states();
  }

  /// Where a configured family stands, as it is in force here.
  public Optional<FamilyState> state(String name) {
    return families.find(name).map(found -> found.family().state());
  }

  /// The families that this process denies the candidate though the store does not.
  public Set<String> denied() {
    Set<String> denied = new TreeSet<>();
    families.forEach(found -> {
      if (found.family().denied() != null) {
        denied.add(found.policy().family());
      }
    });
    return denied;
  }

  /// Why all promotion is stopped; empty while it is not.
  public Optional<String> stoppedLine() {
    return Optional.ofNullable(stoppedLine);
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
    Family family = found.family();
    Standing standing = family.standing();
    Phase next = Ladder.next(standing.state().phase(), found.policy()).orElse(null);
    Obstacle obstacle = Obstacle.before(found, stoppedLine, ports.clock().instant());
    Situation situation = families.situation(found, standing, next);
    return new Explanation(
        family.state(),
        next,
        Gates.read(situation),
        Breaker.rollbackWhen(found.policy(), standing),
        obstacle == null ? null : obstacle.says(),
        family.denied(),
        standing.approval(),
        situation.step().units().candidate());
  }

  private CutoverResult withFamily(
      Order order, Function<Families.Configured, CutoverResult> action) {
    return families.find(order.family()).map(action).orElseGet(() -> Refusals.unknown(order));
  }

  /// Takes the next step of the ladder, if every gate agrees.
  ///
  /// @param to the phase that the step is meant to enter, or null for whichever is next
  /// @param weight a larger step of the canary or of the writes than the schedule's, or null
  public CutoverResult promote(Order order, Phase.@Nullable Name to, @Nullable Weight weight) {
    Promotions.Ask ask = new Promotions.Ask(order, to, weight, false);
    return withFamily(order, found -> promotions.promote(found, ask, stoppedLine));
  }

  /// Takes the next step though it is not proved, and marks the phase so. Proved harm, a freeze, a
  /// hold, a stopped line and rows that are not there still refuse it.
  public CutoverResult force(Order order, Phase.@Nullable Name to, @Nullable Weight weight) {
    Promotions.Ask ask = new Promotions.Ask(order, to, weight, true);
    return withFamily(order, found -> promotions.promote(found, ask, stoppedLine));
  }

  /// Gives leave to enter the next phase.
  ///
  /// @param phase the one that is meant, or null for whichever is next
  public CutoverResult approve(Order order, Phase.@Nullable Name phase) {
    return withFamily(order, found -> promotions.approve(found, order, phase));
  }

  /// Takes a family back. Neither gates nor a hold, a freeze, an approval or the store can refuse
  /// it, and it is in force when this returns.
  ///
  /// @param to an earlier phase; null for the nearest in which the legacy answers everything, which
  ///   is `legacy` out of `shadow` and `canary`, and `shadow` out of the later phases
  public CutoverResult rollback(Order order, Phase.@Nullable Name to) {
    return withFamily(
        order,
        found ->
            order.reason().isBlank()
                ? Refusals.reasonMissing()
                : rollbacks.finish(rollbacks.goBack(found, to, Rollbacks.Cause.of(order))));
  }

  /// The same without waiting for the store: in force in this process when this returns, and
  /// written as soon as the store is there.
  public CutoverResult rollbackHere(Order order, Phase.@Nullable Name to) {
    return withFamily(
        order,
        found ->
            order.reason().isBlank()
                ? Refusals.reasonMissing()
                : rollbacks.goBack(found, to, Rollbacks.Cause.of(order)).result());
  }

  /// Stops promotions of a family; in force when this returns.
  public CutoverResult hold(Order order) {
    return withFamily(order, found -> rollbacks.finish(rollbacks.hold(found.family(), order)));
  }

  /// Lets a held family be promoted again.
  public CutoverResult resume(Order order) {
    return withFamily(order, found -> promotions.resume(found, order));
  }

  /// Stops all promotion; in force here when this returns.
  ///
  /// @return whether the store has it
  public boolean stopLine(String actor, String reason) {
    stoppedLine = reason;
    Draft draft =
        new Draft(moves.now(), Kind.STOP_LINE, null, actor, reason, null, null, List.of(), null);
    return moves.note(draft, new Change.Line(reason), true).soon() != null;
  }

  /// Lets promotion go on.
  ///
  /// @return why the store did not take it, and nothing has changed; empty where it did
  public Optional<String> releaseLine(String actor, String reason) {
    Draft draft =
        new Draft(moves.now(), Kind.RELEASE_LINE, null, actor, reason, null, null, List.of(), null);
    String failure =
        moves
            .note(draft, new Change.Line(null), false, () -> stoppedLine = null)
            .result()
            .failure();
    return Optional.ofNullable(failure);
  }

  /// That another version of a service runs: what the families of it have shown so far says nothing
  /// of it, so their evidence begins anew, with a new epoch.
  ///
  /// @param concerns whether a family has the service on one of its sides
  /// @param what for the ledger, such as `orders 2.1`
  /// @return what the store did not take, a sentence a family; none where all is well
  public List<String> deployed(
      String actor, String reason, String what, Predicate<String> concerns) {
    List<String> failures = new ArrayList<>();
    String told = what + ": " + reason;
    boolean any = false;
    for (FamilyState state : states()) {
      if (concerns.test(state.family())) {
        any = true;
        Order order = Order.of(state.family(), actor, told);
        CutoverResult result = withFamily(order, found -> deployed(found, order));
        if (result instanceof CutoverResult.Refused refused) {
          failures.add(state.family() + ": " + refused.detail());
        }
      }
    }
    if (!any) {
      var _ = moves.note(Kind.DEPLOY, null, actor, told, List.of());
    }
    return List.copyOf(failures);
  }

  private CutoverResult deployed(Families.Configured found, Order order) {
    found.family().comparedAnew();
    String refusal = families.compareAnew(order.family());
    if (refusal != null) {
      log.warn("what was compared of {} before a deploy is still stored: {}", order, refusal);
    }
    return moves.mark(
        found.family(),
        order,
        Kind.DEPLOY,
        seen ->
            new Standing(
                seen.state().moved(seen.state().phase(), moves.now()), seen.baseline(), null));
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
    var _ = moves.note(Kind.START, null, ITSELF, detail, List.of());
  }

  /// Enters that a configuration was loaded, or refused.
  public void configLoaded(String detail) {
    var _ = moves.note(Kind.CONFIG, null, ITSELF, detail, List.of());
  }

  /// Enters what concerns no family and needs nothing else kept, such as a token.
  ///
  /// @return why the store did not take it; empty where it did
  public Optional<String> enter(Kind kind, String actor, String detail) {
    return Optional.ofNullable(moves.note(kind, null, actor, detail, List.of()).result().failure());
  }

  /// The same of a family.
  public Optional<String> enter(Kind kind, String family, String actor, String detail) {
    return Optional.ofNullable(
        moves.note(kind, family, actor, detail, List.of()).result().failure());
  }

  /// Takes in what some process saw of a family, this one included, as [Replicas#give] brought it.
  public void count(String family, long epoch, byte[] digest) {
    families.fold(family, epoch, digest);
  }

  /// Looks at every family's latest traffic, takes back those whose candidate does harm, and
  /// promotes those that may be. To be called every 100 ms or so. Never waits for the store.
  public void tick() {
    long now = ports.nanos().getAsLong();
    boolean advancing = now - advancedAt >= ADVANCE_NANOS;
    if (advancing) {
      advancedAt = now;
    }
    families.forEach(found -> {
      try {
        families.fold(found, now);
        act(found, now, advancing);
      } catch (RuntimeException e) {
        // One family's fault must not leave the others unwatched.
        log.error("watching {} failed; the other families are watched", found.policy(), e);
      }
    });
    if (moves.journal().behind() && now - retriedAt >= RETRY_NANOS) {
      retriedAt = now;
      moves.journal().write();
    }
  }

  private void act(Families.Configured found, long now, boolean advancing) {
    Family family = found.family();
    Replicas replicas = ports.replicas();
    OptionalLong term = replicas.term();
    if (family.alone() != null && !replicas.cutOff()) {
      allowAgain(found);
    }
    if (family.denial() != null || (term.isEmpty() && !replicas.cutOff())) {
      return;
    }
    Standing standing = family.standing();
    Phase next = Ladder.next(standing.state().phase(), found.policy()).orElse(null);
    Situation situation = families.situation(found, standing, next);
    Decision harm = Controller.guard(situation).orElse(null);
    if (harm != null) {
      perform(found, situation, harm, term);
    } else if (advancing && term.isPresent()) {
      Obstacle obstacle = Obstacle.before(found, stoppedLine, ports.clock().instant());
      Controller.advance(new Controller.Input(situation, obstacle))
          .filter(decision -> isFresh(family, decision, now))
          .ifPresent(decision -> perform(found, situation, decision, term));
    }
  }

  private static boolean isFresh(Family family, Decision decision, long now) {
    return !(decision instanceof Decision.Promote)
        || (!family.pending() && family.mayTry(now, 10 * RETRY_NANOS));
  }

  private void perform(
      Families.Configured found, Situation situation, Decision decision, OptionalLong term) {
    Family family = found.family();
    String name = found.policy().family();
    Long inTerm = term.isPresent() ? term.getAsLong() : null;
    switch (decision) {
      case Decision.RollBack back when inTerm == null -> denyAlone(found, back);
      case Decision.RollBack back -> rollBack(found, situation, back, inTerm);
      case Decision.Alarm alarm -> {
        if (inTerm != null && family.newAlarm()) {
          alarm(situation, alarm);
        }
      }
      case Decision.Promote promote -> {
        Order order = Order.of(name, ITSELF, "every gate agrees (auto: full)");
        var _ =
            promotions.begin(
                found, family.periods(), order, situation, promote.gates(), false, inTerm);
      }
      case Decision.Wait wait -> {
        if (family.newWait(wait.why())) {
          ports.listener().waiting(name, wait.why());
        }
      }
    }
  }

  private void rollBack(
      Families.Configured found, Situation situation, Decision.RollBack back, Long term) {
    String name = found.policy().family();
    Rollbacks.Cause cause =
        new Rollbacks.Cause(
            Order.of(name, ITSELF, back.why()),
            situation.standing(),
            term,
            back.harm(),
            Recorded.write(situation),
            back.hold());
    CutoverResult result = rollbacks.goBack(found, back.to(), cause).result();
    log.warn("{} does harm: {}: {}", name, back.why(), result);
  }

  private void alarm(Situation situation, Decision.Alarm alarm) {
    String name = situation.policy().family();
    log.warn("{} does harm: {}", name, alarm.why());
    Draft draft =
        new Draft(
            moves.now(),
            Kind.ALARM,
            name,
            ITSELF,
            alarm.why(),
            null,
            null,
            alarm.harm(),
            null,
            Recorded.write(situation));
    var _ = moves.note(draft, null, false);
  }

  /// Cut off from the store this process decides for itself alone, which is no new epoch.
  private void denyAlone(Families.Configured found, Decision.RollBack back) {
    Family family = found.family();
    if (family.alone() != null) {
      return;
    }
    Phase phase = family.standing().state().phase();
    String why = "cut off from the store, and the candidate does harm: " + back.why();
    Denial denial = new Denial(phase.backTo(back.to(), found.policy().weights().getFirst()), why);
    moves.change(family, () -> family.alone(denial));
    log.warn("{} denies itself the candidate: {}", found.policy().family(), why);
    Draft draft =
        new Draft(
            moves.now(),
            Kind.DENY,
            found.policy().family(),
            ITSELF,
            why,
            null,
            null,
            back.harm(),
            null);
    var _ = moves.note(draft, null, true);
  }

  private void allowAgain(Families.Configured found) {
    moves.change(found.family(), () -> found.family().alone(null));
    String name = found.policy().family();
    var _ =
        moves.note(
            Kind.ALLOW, name, ITSELF, "the store is back, and the controller decides", List.of());
  }
}
