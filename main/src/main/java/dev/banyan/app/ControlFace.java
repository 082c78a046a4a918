package dev.banyan.app;

import dev.banyan.access.Role;
import dev.banyan.access.Token;
import dev.banyan.access.Tokens;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.control.Change;
import dev.banyan.control.FamilyView;
import dev.banyan.control.Governance;
import dev.banyan.control.Operations;
import dev.banyan.control.OutboxOrders;
import dev.banyan.control.Outcome;
import dev.banyan.control.Refusal;
import dev.banyan.control.StatusView;
import dev.banyan.control.TokenOrders;
import dev.banyan.control.TransferOrders;
import dev.banyan.control.WideOutcome;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.Explanation;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Order;
import dev.banyan.cutover.Replay;
import dev.banyan.cutover.Replayer;
import dev.banyan.cutover.Replicas;
import dev.banyan.dual.Entry;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Weight;
import dev.banyan.notification.Notifier;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.replica.Fleet;
import dev.banyan.routing.RouteSpec;
import dev.banyan.routing.SwapRehearsal;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowRate;
import dev.banyan.telemetry.Sheet;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The features, as the control plane sees them.
final class ControlFace implements Operations {
  private static final Logger LOG = LoggerFactory.getLogger(ControlFace.class);

  /// What the face looks at.
  ///
  /// @param compared what comparing has shown
  /// @param config the configuration in force
  /// @param file what is known of the file that it came from
  /// @param reload reads the file again, and waits until that is done
  /// @param listen where the gateway really listens; null until it does
  /// @param rehearsal knows what a rollback would take
  /// @param replication null where there is but this process
  record Parts(
      Cutover cutover,
      Ledger ledger,
      Replayer replayer,
      Notifier notifier,
      GoalKeeping goals,
      dev.banyan.app.Evidence compared,
      Basis basis,
      Shadow shadow,
      InstantSource clock,
      Supplier<BanyanConfig> config,
      Supplier<StatusView.Config> file,
      Supplier<StatusView.Config> reload,
      Supplier<@Nullable String> listen,
      TokenOrders tokens,
      OutboxOrders outbox,
      SwapRehearsal rehearsal,
      @Nullable Replication replication,
      Transferring transfers,
      OwnerOrders owners) {}

  private final Parts parts;
  private final String version;
  private final Instant started;
  private final RulingOrders rulingOrders;
  private final TransferOrders transfers;

  ControlFace(Parts parts, String version) {
    this.parts = parts;
    this.version = version;
    this.started = parts.clock().instant();
    this.transfers = parts.transfers();
    this.rulingOrders =
        new RulingOrders(
            parts.cutover(),
            parts.compared().rulings(),
            parts.basis(),
            parts.config(),
            parts.clock(),
            this::outcome);
  }

  @Override
  public boolean ready() {
    return parts.listen().get() != null;
  }

  @Override
  public TransferOrders transferring() {
    return transfers;
  }

  /// What a scrape reads: the numbers given, and the transfers'.
  List<Consumer<Sheet>> with(Consumer<Sheet> numbers) {
    return List.of(numbers, new TransferNumbers(transfers::transfers));
  }

  @Override
  public StatusView status() {
    List<FamilyView> families =
        parts.config().get().families().stream()
            .map(family -> family(family.name()))
            .flatMap(Optional::stream)
            .toList();
    String listen = parts.listen().get();
    return new StatusView(
        version,
        started,
        listen == null ? "" : listen,
        families,
        parts.file().get(),
        line().orElse(null),
        replicas());
  }

  private @Nullable List<StatusView.Replica> replicas() {
    Replication replication = parts.replication();
    if (replication == null) {
      return null;
    }
    Fleet fleet = replication.fleet();
    String controller = fleet.controller();
    return fleet.members().stream()
        .map(member ->
            new StatusView.Replica(
                member.name(),
                member.seen(),
                member.self() ? replication.controls() : member.name().equals(controller),
                member.self(),
                member.live(),
                member.lag(),
                List.copyOf(new TreeSet<>(member.denied()))))
        .toList();
  }

  @Override
  public Optional<FamilyView> family(String name) {
    FamilyConfig config = parts.config().get().family(name).orElse(null);
    Explanation explanation = parts.cutover().explain(name).orElse(null);
    Evidence evidence = parts.cutover().evidence(name).orElse(null);
    if (config == null || explanation == null || evidence == null) {
      return Optional.empty();
    }
    return Optional.of(
        new FamilyView(
            explanation.state(),
            config.owner(),
            config.candidateService(),
            config.data(),
            config.routes().stream().map(RouteSpec::toString).toList(),
            evidence,
            tally(name),
            step(explanation.next()),
            explanation.gates(),
            explanation.rollbackWhen(),
            parts.compared().rulings().list(name),
            parts.goals().read(config, evidence, explanation.state().phase()),
            governance(config.policy(), explanation)));
  }

  private Governance governance(FamilyPolicy policy, Explanation explanation) {
    return new Governance(
        policy.strategy(),
        policy.auto(),
        policy.approvals(),
        explanation.approval(),
        freeze(policy),
        explanation.denied(),
        cost(policy.family(), explanation));
  }

  private Governance.@Nullable RollbackCost cost(String family, Explanation explanation) {
    Duration swap = parts.rehearsal().took(family).orElse(null);
    if (swap == null) {
      return null;
    }
    Phase.Name phase = explanation.state().phase().name();
    Duration pause =
        phase == Phase.Name.WRITES ? parts.transfers().lastPause(family).orElse(swap) : swap;
    return new Governance.RollbackCost(
        pause, explanation.sessions(), parts.transfers().behind(family, phase).orElse(null));
  }

  /// Of the windows in force the one that ends last.
  private Governance.@Nullable Freeze freeze(FamilyPolicy policy) {
    Instant now = parts.clock().instant();
    return policy.freezes().stream()
        .flatMap(window ->
            window.endOf(now).map(end -> new Governance.Freeze(window.name(), end)).stream())
        .max(Comparator.comparing(Governance.Freeze::until))
        .orElse(null);
  }

  @Override
  public LearnedNoise noise(String family) {
    return parts.compared().judging().learned(family);
  }

  private FamilyView.ShadowTally tally(String family) {
    ShadowCounts counts = parts.shadow().counts(family);
    ShadowRate rate = parts.shadow().rate(family);
    return new FamilyView.ShadowTally(
        rate.configured(),
        rate.effective(),
        rate.shed(),
        counts.sampled(),
        counts.sent(),
        counts.inFlight(),
        counts.dropped());
  }

  private static FamilyView.@Nullable Step step(@Nullable Phase next) {
    return next == null ? null : new FamilyView.Step(next.name(), next.stepWeight());
  }

  @Override
  public Outcome promote(Change.Promotion ask) {
    Weight weight = ask.weight();
    return outcome(
        owned(
            OwnerOrders.Kind.PROMOTE,
            ask,
            ask.to(),
            weight == null ? null : weight.buckets(),
            ask.force(),
            null));
  }

  @Override
  public Outcome rollback(Change.Rollback ask) {
    return outcome(owned(OwnerOrders.Kind.ROLLBACK, ask, ask.to(), null, false, ask.acceptLoss()));
  }

  /// An order that may change who owns the rows.
  private CutoverResult owned(
      OwnerOrders.Kind kind,
      Change ask,
      Phase.@Nullable Name to,
      @Nullable Integer weight,
      boolean force,
      @Nullable Long acceptLoss) {
    return parts
        .owners()
        .give(
            new OwnerOrders.Ask(
                kind,
                ask.family(),
                ask.actor(),
                ask.reason(),
                ask.expected(),
                to,
                weight,
                force,
                false,
                acceptLoss))
        .result();
  }

  @Override
  public Outcome approve(Change.Approval ask) {
    return outcome(parts.cutover().approve(order(ask), ask.to()));
  }

  @Override
  public Optional<String> line() {
    return parts.cutover().stoppedLine();
  }

  @Override
  public WideOutcome stopLine(String actor, String reason) {
    return new WideOutcome.Done(families(), parts.cutover().stopLine(actor, reason));
  }

  @Override
  public WideOutcome releaseLine(String actor, String reason) {
    return parts
        .cutover()
        .releaseLine(actor, reason)
        .map(why -> unavailable("the line stays stopped: " + why))
        .orElseGet(() -> new WideOutcome.Done(families(), true));
  }

  private List<String> families() {
    return parts.config().get().families().stream().map(FamilyConfig::name).toList();
  }

  private static WideOutcome unavailable(String why) {
    return new WideOutcome.Refused(Refusal.of(Refusal.Code.STORE_UNAVAILABLE, why));
  }

  @Override
  public WideOutcome deploy(String service, @Nullable String release, String actor, String reason) {
    BanyanConfig config = parts.config().get();
    if (config.services().stream().noneMatch(known -> known.name().equals(service))) {
      return new WideOutcome.Refused(
          Refusal.of(Refusal.Code.SERVICE_UNKNOWN, "no service is called '" + service + "'"));
    }
    List<String> concerned = Deploys.concerned(config, service);
    String what = release == null ? service : service + " " + release;
    List<String> failures = parts.cutover().deployed(actor, reason, what, concerned::contains);
    return failures.isEmpty()
        ? new WideOutcome.Done(concerned, true)
        : unavailable(String.join("; ", failures));
  }

  @Override
  public Outcome rollbackLocally(Change.Rollback ask) {
    return outcome(parts.cutover().rollbackHere(order(ask), ask.to()));
  }

  @Override
  public List<Token> tokens() {
    return parts.tokens().tokens();
  }

  @Override
  public Tokens.Created createToken(
      String name, Role role, @Nullable Duration lasts, String actor) {
    return parts.tokens().createToken(name, role, lasts, actor);
  }

  @Override
  public Tokens.Revoked revokeToken(String name, String actor) {
    return parts.tokens().revokeToken(name, actor);
  }

  @Override
  public List<Entry.Listed> outbox(@Nullable String family, long after, int limit) {
    return parts.outbox().outbox(family, after, limit);
  }

  @Override
  public Settling retryEntry(long seq, String actor, String reason) {
    return parts.outbox().retryEntry(seq, actor, reason);
  }

  @Override
  public Settling discardEntry(long seq, String actor, String reason) {
    return parts.outbox().discardEntry(seq, actor, reason);
  }

  @Override
  public Outcome hold(Change.Hold ask) {
    return outcome(parts.cutover().hold(order(ask)));
  }

  @Override
  public Outcome resume(Change.Resume ask) {
    return outcome(parts.cutover().resume(order(ask)));
  }

  @Override
  public Outcome resetParity(Change.ParityReset ask) {
    return outcome(parts.cutover().parityReset(order(ask)));
  }

  @Override
  public Outcome acceptDifference(Change.ParityAccept ask) {
    return rulingOrders.accept(ask);
  }

  @Override
  public Outcome markCritical(Change.ParityCritical ask) {
    return rulingOrders.critical(ask);
  }

  @Override
  public Outcome unacceptDifference(Change.ParityUnaccept ask) {
    return rulingOrders.unaccept(ask);
  }

  private static Order order(Change ask) {
    return new Order(ask.family(), ask.actor(), ask.reason(), ask.expected());
  }

  private Outcome outcome(CutoverResult result) {
    return switch (result) {
      case CutoverResult.Done done -> done(done.after(), done);
      case CutoverResult.Refused refused ->
          new Outcome.Refused(new Refusal(code(refused.code()), refused.detail(), refused.gates()));
    };
  }

  private Outcome done(FamilyState after, CutoverResult.Done done) {
    FamilyView view = family(after.family()).orElse(null);
    return view == null
        ? new Outcome.Refused(
            Refusal.of(
                Refusal.Code.FAMILY_UNKNOWN,
                "the family '" + after.family() + "' left the configuration meanwhile"))
        : new Outcome.Done(view, done.swap(), done.recorded(), replicas(done.replicas()));
  }

  private static Outcome.@Nullable Replicas replicas(Replicas.@Nullable Acknowledged followed) {
    return followed == null ? null : new Outcome.Replicas(followed.acknowledged(), followed.of());
  }

  private static Refusal.Code code(CutoverResult.Code code) {
    return switch (code) {
      case FAMILY_UNKNOWN -> Refusal.Code.FAMILY_UNKNOWN;
      case REASON_MISSING -> Refusal.Code.REASON_MISSING;
      case STATE_CHANGED -> Refusal.Code.STATE_CHANGED;
      case FAMILY_HELD -> Refusal.Code.FAMILY_HELD;
      case LINE_STOPPED -> Refusal.Code.LINE_STOPPED;
      case FROZEN -> Refusal.Code.FROZEN;
      case APPROVAL_REQUIRED -> Refusal.Code.APPROVAL_REQUIRED;
      case TRANSITION_ILLEGAL -> Refusal.Code.TRANSITION_ILLEGAL;
      case GATE_REFUSED -> Refusal.Code.GATE_REFUSED;
      case HANDOVER_FAILED -> Refusal.Code.HANDOVER_FAILED;
      case STORE_UNAVAILABLE -> Refusal.Code.STORE_UNAVAILABLE;
    };
  }

  @Override
  public StatusView.Config reload() {
    return parts.reload().get();
  }

  @Override
  public List<LedgerEntry> ledgerAfter(long after, int limit) {
    return parts.ledger().page(after, limit);
  }

  @Override
  public List<LedgerEntry> ledgerTail(int limit) {
    try {
      long last = parts.ledger().head().map(LedgerEntry::seq).orElse(0L);
      return ledgerAfter(Math.max(0, last - limit), limit);
    } catch (UncheckedIOException e) {
      LOG.debug("the ledger is not shown while the store is gone", e);
      return List.of();
    }
  }

  @Override
  public Ledger.Check verifyLedger() {
    return parts.ledger().verify();
  }

  @Override
  public List<Notifier.Tried> testNotifications() {
    return parts.notifier().test("test_" + parts.clock().instant().toEpochMilli());
  }

  @Override
  public Replay replayLedger(long from) {
    return parts.ledger().replay(parts.replayer(), from);
  }
}
