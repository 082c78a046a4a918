package dev.banyan.cutover;

import dev.banyan.cutover.LedgerEntry.Draft;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final CutoverPorts ports;
  private final Families families;
  private final Moves moves;
  private final Promotions promotions;
  private final Rollbacks rollbacks;
  private final OwnWrites ownWrites;
  private final ComparisonOrders comparisonOrders;
  private final Watch watch;
  private final Line line;

  /// What a store held when it was last read.
  ///
  /// @param whole whether families that are not named never moved, as far as the store knows
  /// @param highest the highest epoch of each family that was ever seen, where that is more
  /// @param head the number of the last ledger entry that all of this holds at least; 0 for none
  public record Known(
      List<Standing> standings,
      boolean whole,
      Map<String, Long> highest,
      Optional<String> stoppedLine,
      long head) {
    public Known {
      standings = List.copyOf(standings);
      highest = Map.copyOf(highest);
    }

    /// Reads it.
    ///
    /// @throws java.io.UncheckedIOException when the store can not be read
    public static Known of(MigrationStore store) {
      // The number first: what is written in between is read twice, and never left out.
      long head = store.head().map(LedgerEntry::seq).orElse(0L);
      return new Known(store.standings(), true, store.highestEpochs(), store.stoppedLine(), head);
    }
  }

  /// Takes up what is known of the store, and what a former life of this process has decided that
  /// is not there. Nothing is in force before [#configure].
  public Cutover(CutoverPorts ports, Ledger ledger, Known known) {
    List<Unwritten> unwritten = ports.backlog().read();
    Journal journal = new Journal(ports.executor(), ports.backlog(), unwritten, ports.listener());
    this.ports = ports;
    this.families = new Families(ports, known.standings());
    this.line = new Line(known.stoppedLine().orElse(null));
    this.moves = new Moves(ports, ledger, journal);
    this.promotions = new Promotions(ports, families, moves, line);
    this.rollbacks = new Rollbacks(ports, moves);
    this.ownWrites = new OwnWrites(ports, families, promotions, rollbacks, moves);
    this.comparisonOrders = new ComparisonOrders(families, moves);
    this.watch = new Watch(ports, families, moves, promotions, rollbacks, ownWrites);
    known.highest().forEach((name, epoch) -> families.named(name).seen(epoch));
    unwritten.forEach(this::again);
    families.all().forEach(moves::lift);
  }

  private void again(Unwritten unwritten) {
    log.warn("decided before this process was started, and not in the store: {}", unwritten);
    switch (unwritten) {
      case Unwritten.Back back -> rollbacks.again(families.named(back.family()), back);
      case Unwritten.Hold hold -> rollbacks.again(families.named(hold.family()), hold);
      case Unwritten.Stop stop -> {
        if (!stop.reason().equals(line.stopped())) {
          line.stopping(stop.reason());
          add(stop);
        }
      }
    }
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
      families.forEach(found -> moves.leaveToTheOwner(found.family()));
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
            adopt(known);
            done.complete(known);
          } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private void adopt(Known known) {
    known.standings().forEach(stored -> moves.adopt(families.of(stored), stored));
    if (known.whole()) {
      families
          .movedBut(known.standings())
          .forEach(lost -> moves.adopt(lost, Standing.initial(lost.standing())));
    }
    line.stored(known.stoppedLine().orElse(null));
  }

  /// The states of the configured families, by name, as they are in force here.
  public List<FamilyState> states() {
    return families.states();
  }

  /// Where a configured family stands, as it is in force here.
  public Optional<FamilyState> state(String name) {
    return families.find(name).map(found -> found.family().state());
  }

  /// Where families stand by the store, which is in force here when this returns: for who must not
  /// go by what was heard so far. May wait.
  ///
  /// @throws java.io.UncheckedIOException when the store does not say
  public List<FamilyState> stored(Set<String> names) {
    return ownWrites.takenOver(names).stream().map(Standing::state).toList();
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
    return Optional.ofNullable(line.stopped());
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
    Obstacle obstacle = promotions.obstacle(found);
    Situation situation = families.situation(found, standing, next);
    return new Explanation(
        family.state(),
        next,
        Gates.read(situation),
        Breaker.rollbackWhen(found.policy(), standing, situation.rows()),
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
    return withFamily(order, found -> climb(found, ask, false));
  }

  /// Takes the next step though it is not proved, and marks the phase so. Proved harm, a difference
  /// at a critical place, rows that are not there, an open decommission checklist, a freeze, a hold
  /// and a stopped line still refuse it.
  public CutoverResult force(Order order, Phase.@Nullable Name to, @Nullable Weight weight) {
    Promotions.Ask ask = new Promotions.Ask(order, to, weight, true);
    return withFamily(order, found -> climb(found, ask, false));
  }

  private CutoverResult climb(Families.Configured found, Promotions.Ask ask, boolean unfenced) {
    Phase.Name now = found.family().standing().state().phase().name();
    boolean writes =
        ownWrites.concerns(found) && now == Phase.Name.READS && ask.to() != Phase.Name.READS;
    return writes ? ownWrites.forward(found, ask, unfenced) : promotions.promote(found, ask);
  }

  /// Has the writes of a family with rows of its own, and of those that write the same tables,
  /// change sides. Where their owner can not be fenced this refuses, but for an approver who says
  /// so.
  ///
  /// @param toCandidate otherwise back to the legacy, and the families to `reads`
  public CutoverResult handOver(Order order, boolean toCandidate, boolean unfenced) {
    Promotions.Ask ask = new Promotions.Ask(order, Phase.Name.WRITES, null, false);
    return withFamily(
        order,
        found -> toCandidate ? climb(found, ask, unfenced) : handBack(found, order, unfenced));
  }

  private CutoverResult handBack(Families.Configured found, Order order, boolean unfenced) {
    Phase.Name now = found.family().standing().state().phase().name();
    return now.before(Phase.Name.WRITES)
        ? Refusals.illegal(order, "in " + now.word() + " the legacy owns the rows already")
        : back(found, Phase.Name.READS, Rollbacks.Cause.of(order), unfenced);
  }

  /// Whether a step gives the writes of a family with rows of its own to another owner, which only
  /// the controller can have done.
  ///
  /// @param back the way back, otherwise the next step forward
  public boolean changesOwner(String name, boolean back) {
    return families
        .find(name)
        .map(found ->
            back
                ? ownWrites.isOwner(found)
                : ownWrites.concerns(found)
                    && found.family().standing().state().phase().name() == Phase.Name.READS)
        .orElse(false);
  }

  private CutoverResult back(
      Families.Configured found, Phase.@Nullable Name to, Rollbacks.Cause cause, boolean unfenced) {
    return ownWrites.isOwner(found)
        ? ownWrites.back(found, to, cause, unfenced)
        : rollbacks.finish(rollbacks.goBack(found, to, cause));
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
                : back(found, to, Rollbacks.Cause.of(order), false));
  }

  /// The same where the legacy's rows may be behind for good, for an approver has accepted that
  /// what it does not have is lost to it: out of `retired`, too.
  public CutoverResult rollbackWithLoss(Order order, Phase.@Nullable Name to) {
    return withFamily(
        order,
        found ->
            order.reason().isBlank()
                ? Refusals.reasonMissing()
                : ownWrites.isOwner(found)
                    ? ownWrites.back(found, to, Rollbacks.Cause.of(order), false, true)
                    : back(found, to, Rollbacks.Cause.of(order), false));
  }

  /// The same without waiting for the store: in force in this process when this returns, and
  /// written as soon as the store is there.
  public CutoverResult rollbackHere(Order order, Phase.@Nullable Name to) {
    return withFamily(
        order,
        found ->
            order.reason().isBlank()
                ? Refusals.reasonMissing()
                : ownWrites.isOwner(found)
                    ? Refusals.illegal(
                        order,
                        "its writes belong to the candidate, and a process alone can not give them"
                            + " back: ask for a rollback without --local")
                    : kept(rollbacks.goBack(found, to, Rollbacks.Cause.of(order))));
  }

  private CutoverResult kept(Rollbacks.Return back) {
    moves.journal().keep();
    return back.result();
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
    String why = Wording.storable(reason); // or nothing would be written any more, after this
    line.stopping(why);
    Journal.Ticket ticket = add(new Unwritten.Stop(moves.now(), actor, why));
    moves.journal().write();
    return moves.journal().soon(ticket) != null;
  }

  private Journal.Ticket add(Unwritten.Stop stop) {
    String reason = stop.reason();
    Draft draft =
        new Draft(
            stop.at(), Kind.STOP_LINE, null, stop.actor(), reason, null, null, List.of(), null);
    return moves.add(
        draft,
        new Change.Line(reason),
        new Journal.InForce("line", stop),
        () -> line.written(reason));
  }

  /// Lets promotion go on.
  ///
  /// @return why the store did not take it, and nothing has changed; empty where it did
  public Optional<String> releaseLine(String actor, String reason) {
    Draft draft =
        new Draft(moves.now(), Kind.RELEASE_LINE, null, actor, reason, null, null, List.of(), null);
    String failure =
        moves.note(draft, new Change.Line(null), null, () -> line.stored(null)).result().failure();
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
    return comparisonOrders.deployed(actor, what + ": " + reason, concerns);
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

  /// Another process is about to write that a family goes back, as [Replicas#warn] has brought it:
  /// the candidate is denied at once, until that is here, or for two seconds.
  public void hint(String family, long epoch, Phase.Name to) {
    families.find(family).ifPresent(found -> rollbacks.hint(found, epoch, to));
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
    watch.tick();
  }

  /// Has what is in force here and not in the store yet survive this process, and forgets what is
  /// in the store. To be called every second or so; may wait for the disk.
  public void keepUnwritten() {
    moves.journal().keep();
  }
}
