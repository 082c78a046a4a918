package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.control.Change;
import dev.banyan.control.FamilyView;
import dev.banyan.control.Operations;
import dev.banyan.control.Outcome;
import dev.banyan.control.Refusal;
import dev.banyan.control.StatusView;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverResult;
import dev.banyan.cutover.Explanation;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.Order;
import dev.banyan.cutover.Replay;
import dev.banyan.cutover.Replayer;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.notification.Notifier;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.routing.RouteSpec;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.shadow.ShadowRate;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The features, as the control plane sees them.
final class ControlFace implements Operations {

  /// What the face looks at.
  ///
  /// @param compared what comparing has shown
  /// @param config the configuration in force
  /// @param file what is known of the file that it came from
  /// @param reload reads the file again, and waits until that is done
  /// @param listen where the gateway really listens; null until it does
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
      Supplier<@Nullable String> listen) {}

  private final Parts parts;
  private final String version;
  private final Instant started;
  private final RulingOrders rulingOrders;

  ControlFace(Parts parts, String version) {
    this.parts = parts;
    this.version = version;
    this.started = parts.clock().instant();
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
  public StatusView status() {
    List<FamilyView> families =
        parts.config().get().families().stream()
            .map(family -> family(family.name()))
            .flatMap(Optional::stream)
            .toList();
    String listen = parts.listen().get();
    return new StatusView(
        version, started, listen == null ? "" : listen, families, parts.file().get());
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
            parts.goals().read(config, evidence, explanation.state().phase())));
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
    return outcome(parts.cutover().promote(order(ask), ask.to(), ask.weight()));
  }

  @Override
  public Outcome rollback(Change.Rollback ask) {
    return outcome(parts.cutover().rollback(order(ask), ask.to()));
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
        : new Outcome.Done(view, done.swap(), done.recorded());
  }

  private static Refusal.Code code(CutoverResult.Code code) {
    return switch (code) {
      case FAMILY_UNKNOWN -> Refusal.Code.FAMILY_UNKNOWN;
      case REASON_MISSING -> Refusal.Code.REASON_MISSING;
      case STATE_CHANGED -> Refusal.Code.STATE_CHANGED;
      case FAMILY_HELD -> Refusal.Code.FAMILY_HELD;
      case TRANSITION_ILLEGAL -> Refusal.Code.TRANSITION_ILLEGAL;
      case GATE_REFUSED -> Refusal.Code.GATE_REFUSED;
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
    long last = parts.ledger().head().map(LedgerEntry::seq).orElse(0L);
    return ledgerAfter(Math.max(0, last - limit), limit);
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
