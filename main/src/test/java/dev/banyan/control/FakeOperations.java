package dev.banyan.control;

import dev.banyan.access.InMemoryTokens;
import dev.banyan.access.Role;
import dev.banyan.access.Token;
import dev.banyan.access.Tokens;
import dev.banyan.cutover.Approval;
import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.cutover.GoalReading;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.cutover.Replay;
import dev.banyan.cutover.Version;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.Phase;
import dev.banyan.migration.SideEvidence;
import dev.banyan.migration.Weight;
import dev.banyan.notification.Answer;
import dev.banyan.notification.Notifier;
import dev.banyan.notification.Target;
import dev.banyan.parity.LearnedNoise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A small program behind the control plane: families that move as told, and a ledger of it.
public final class FakeOperations extends FakeOutbox implements Operations {
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  private final Map<String, FamilyView> families = new LinkedHashMap<>();
  private final List<LedgerEntry> ledger = new ArrayList<>();
  private final FakeTransfers transfers = new FakeTransfers();
  private final EventFeed feed;
  private @Nullable Refusal refusal;
  private @Nullable Change last;
  private boolean ready = true;
  private boolean broken;
  private boolean failing;
  private long failsAfter = Long.MAX_VALUE;
  private @Nullable String configProblem;
  private @Nullable String line;
  private @Nullable List<StatusView.Replica> replicas;
  private int secrets;
  private final Tokens access = new Tokens(new InMemoryTokens(), () -> START, this::secret);

  public FakeOperations(EventFeed feed) {
    this.feed = feed;
    access.refresh();
  }

  private byte[] secret() {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) ++secrets;
    return bytes;
  }

  /// The tokens that a guard can be given.
  public Tokens access() {
    return access;
  }

  /// Makes a token and gives its secret.
  public String token(String name, Role role) {
    return ((Tokens.Created.Made) access.create(name, role, null, true)).secret();
  }

  public synchronized void replicas(List<StatusView.Replica> all) {
    replicas = all;
  }

  /// Adds a family, or replaces the one of that name.
  public synchronized void put(FamilyView family) {
    families.put(family.name(), family);
    feed.publish(new Event.FamilyChanged(family));
  }

  /// Refuses every change from now on, or none (null).
  public synchronized void refuse(@Nullable Refusal next) {
    refusal = next;
  }

  public synchronized void ready(boolean now) {
    ready = now;
  }

  public synchronized void breakLedger() {
    broken = true;
  }

  /// Fails to read the ledger from an entry on.
  public synchronized void failAfter(long seq) {
    failsAfter = seq;
  }

  /// Fails every question for the status.
  public synchronized void fail() {
    failing = true;
  }

  /// The last change that was asked for.
  public synchronized @Nullable Change last() {
    return last;
  }

  @Override
  public FakeTransfers transferring() {
    return transfers;
  }

  @Override
  public synchronized boolean ready() {
    return ready;
  }

  @Override
  public synchronized StatusView status() {
    if (failing) {
      throw new IllegalStateException("a secret detail of the disk");
    }
    return new StatusView(
        "0.1.0",
        START,
        "127.0.0.1:8080",
        List.copyOf(families.values()),
        new StatusView.Config("banyan.yaml", START, null),
        line,
        replicas);
  }

  @Override
  public synchronized Optional<FamilyView> family(String name) {
    return Optional.ofNullable(families.get(name));
  }

  /// What the configuration's next reading comes to; null for no problem.
  public synchronized void configProblem(@Nullable String problem) {
    configProblem = problem;
  }

  @Override
  public synchronized StatusView.Config reload() {
    return new StatusView.Config("banyan.yaml", START, configProblem);
  }

  @Override
  public Outcome promote(Change.Promotion ask) {
    Weight weight = ask.weight() == null ? Weight.parse("5%") : ask.weight();
    return change(ask, Kind.PROMOTE, state -> state.moved(new Phase.Canary(weight), START));
  }

  @Override
  public Outcome rollback(Change.Rollback ask) {
    return change(ask, Kind.ROLLBACK, state -> state.moved(new Phase.Legacy(), START));
  }

  @Override
  public Outcome approve(Change.Approval ask) {
    return govern(
        ask,
        Kind.APPROVE,
        (before, governance) ->
            new Governance(
                governance.strategy(),
                governance.auto(),
                governance.approvals(),
                new Approval(
                    ask.to() == null ? Phase.Name.CANARY : ask.to(), before.epoch(), ask.actor()),
                governance.freeze(),
                governance.denied(),
                governance.rollbackCost()));
  }

  @Override
  public synchronized Optional<String> line() {
    return Optional.ofNullable(line);
  }

  @Override
  public synchronized WideOutcome stopLine(String actor, String reason) {
    return wide(Kind.STOP_LINE, actor, reason, reason);
  }

  @Override
  public synchronized WideOutcome releaseLine(String actor, String reason) {
    return wide(Kind.RELEASE_LINE, actor, reason, null);
  }

  private WideOutcome wide(Kind kind, String actor, String reason, @Nullable String stopped) {
    if (refusal != null) {
      return new WideOutcome.Refused(refusal);
    }
    line = stopped;
    record(kind, actor, reason);
    return new WideOutcome.Done(List.of(), true);
  }

  private void record(Kind kind, String actor, String reason) {
    long seq = ledger.size() + 1L;
    LedgerEntry entry =
        new LedgerEntry(
            seq,
            START.plusSeconds(seq),
            kind,
            null,
            actor,
            reason,
            null,
            null,
            List.of(),
            null,
            null,
            "%064x".formatted(seq - 1),
            "%064x".formatted(seq));
    ledger.add(entry);
    feed.publish(new Event.Recorded(entry));
  }

  @Override
  public synchronized WideOutcome deploy(
      String service, @Nullable String version, String actor, String reason) {
    List<String> affected =
        families.values().stream()
            .filter(family -> family.candidate().equals(service))
            .map(FamilyView::name)
            .toList();
    if (affected.isEmpty()) {
      return new WideOutcome.Refused(
          Refusal.of(Refusal.Code.SERVICE_UNKNOWN, "there is no service '" + service + "'"));
    }
    record(Kind.DEPLOY, actor, service + " " + version + ": " + reason);
    return new WideOutcome.Done(affected, true);
  }

  @Override
  public Outcome rollbackLocally(Change.Rollback ask) {
    return rollback(ask);
  }

  @Override
  public List<Token> tokens() {
    return access.list();
  }

  @Override
  public synchronized Tokens.Created createToken(
      String name, Role role, @Nullable Duration lasts, String actor) {
    Tokens.Created created = access.create(name, role, lasts, false);
    if (created instanceof Tokens.Created.Made) {
      record(Kind.TOKEN_CREATE, actor, name);
    }
    return created;
  }

  @Override
  public synchronized Tokens.Revoked revokeToken(String name, String actor) {
    return access.revoke(name, false);
  }

  @Override
  public Outcome hold(Change.Hold ask) {
    return change(ask, Kind.HOLD, state -> state.withHeld(ask.reason()));
  }

  @Override
  public Outcome resume(Change.Resume ask) {
    return change(ask, Kind.RESUME, state -> state.withHeld(null));
  }

  @Override
  public Outcome resetParity(Change.ParityReset ask) {
    return change(ask, Kind.PARITY_RESET, state -> state);
  }

  @Override
  public LearnedNoise noise(String family) {
    return FakeEvidence.noise();
  }

  @Override
  public Outcome acceptDifference(Change.ParityAccept ask) {
    return change(ask, Kind.PARITY_ACCEPT, state -> state);
  }

  @Override
  public Outcome markCritical(Change.ParityCritical ask) {
    return change(ask, Kind.PARITY_CRITICAL, state -> state);
  }

  @Override
  public Outcome unacceptDifference(Change.ParityUnaccept ask) {
    return change(ask, Kind.PARITY_UNACCEPT, state -> state);
  }

  private synchronized Outcome change(Change ask, Kind kind, UnaryOperator<FamilyState> move) {
    return moved(ask, kind, view -> with(view, move.apply(view.state()), view.evidence()));
  }

  private synchronized Outcome govern(
      Change ask, Kind kind, BiFunction<FamilyState, Governance, Governance> next) {
    return moved(ask, kind, view -> with(view, next.apply(view.state(), view.governance())));
  }

  private synchronized Outcome moved(Change ask, Kind kind, Function<FamilyView, FamilyView> move) {
    last = ask;
    FamilyView before = Objects.requireNonNull(families.get(ask.family()));
    Version expected = ask.expected();
    if (expected != null && !expected.equals(Version.of(before.state()))) {
      return new Outcome.Refused(
          Refusal.of(
              Refusal.Code.STATE_CHANGED,
              "the family is at " + StateTag.of(before.state()) + " by now"));
    }
    if (refusal != null) {
      return new Outcome.Refused(refusal);
    }
    FamilyView after = move.apply(before);
    families.put(after.name(), after);
    LedgerEntry entry = entry(kind, ask, before, after);
    ledger.add(entry);
    feed.publish(new Event.FamilyChanged(after));
    feed.publish(new Event.Recorded(entry));
    return new Outcome.Done(after, Duration.ofNanos(40_000), true);
  }

  private LedgerEntry entry(Kind kind, Change ask, FamilyView before, FamilyView after) {
    long seq = ledger.size() + 1L;
    return new LedgerEntry(
        seq,
        START.plusSeconds(seq),
        kind,
        ask.family(),
        ask.actor(),
        ask.reason(),
        before.state(),
        after.state(),
        before.gates(),
        Duration.ofNanos(40_000),
        null,
        "%064x".formatted(seq - 1),
        "%064x".formatted(seq));
  }

  @Override
  public synchronized List<LedgerEntry> ledgerAfter(long after, int limit) {
    if (after >= failsAfter) {
      throw new UncheckedIOException(new IOException("the disk is gone"));
    }
    return ledger.stream().filter(e -> e.seq() > after).limit(limit).toList();
  }

  @Override
  public synchronized List<LedgerEntry> ledgerTail(int limit) {
    return List.copyOf(ledger.subList(Math.max(0, ledger.size() - limit), ledger.size()));
  }

  @Override
  public synchronized Ledger.Check verifyLedger() {
    return broken
        ? new Ledger.Check.Broken(9, 4, "entry 4 does not hash to what entry 5 says")
        : new Ledger.Check.Intact(
            ledger.size(), "%064x".formatted(ledger.size()), null, new ChainLink(2, "ab"));
  }

  @Override
  public synchronized List<Notifier.Tried> testNotifications() {
    Notifier.Tried taken =
        new Notifier.Tried("https://hooks.example", Target.Format.SLACK, new Answer.Taken(200));
    Notifier.Tried refused =
        new Notifier.Tried("http://127.0.0.1:9", Target.Format.JSON, new Answer.Refused(404));
    return broken ? List.of(taken, refused) : List.of(taken);
  }

  @Override
  public synchronized Replay replayLedger(long from) {
    return broken
        ? new Replay(9, 3, 1, 2, new Replay.Disagreement(4, "gate errors: logE 1.5, recorded 1.25"))
        : new Replay(ledger.size() - from + 1, 0, 0, 0, null);
  }

  /// The family with another state or other evidence.
  public static FamilyView with(FamilyView family, FamilyState state, Evidence evidence) {
    return new FamilyView(
        state,
        family.owner(),
        family.candidate(),
        family.data(),
        family.routes(),
        evidence,
        family.shadow(),
        family.next(),
        family.gates(),
        family.rollbackWhen(),
        family.rulings(),
        family.goals(),
        family.governance());
  }

  /// The family with other things laid down.
  public static FamilyView with(FamilyView family, Governance governance) {
    return new FamilyView(
        family.state(),
        family.owner(),
        family.candidate(),
        family.data(),
        family.routes(),
        family.evidence(),
        family.shadow(),
        family.next(),
        family.gates(),
        family.rollbackWhen(),
        family.rulings(),
        family.goals(),
        governance);
  }

  private static FamilyView with(FamilyView family, List<GoalReading> goals) {
    return new FamilyView(
        family.state(),
        family.owner(),
        family.candidate(),
        family.data(),
        family.routes(),
        family.evidence(),
        family.shadow(),
        family.next(),
        family.gates(),
        family.rollbackWhen(),
        family.rulings(),
        goals,
        family.governance());
  }

  /// A family in `shadow` with some traffic behind it and one difference found.
  public static FamilyView shadowed(String name) {
    return new FamilyView(
        new FamilyState(name, new Phase.Shadow(), 3, null, START),
        "identity-team",
        "users",
        DataOwnership.SHARED,
        List.of("GET /users", "GET /users/{id}", "POST /users"),
        new Evidence(
            name,
            3,
            new SideEvidence(12_000, 3, Duration.ofMillis(8), Duration.ofMillis(41)),
            new SideEvidence(0, 0, Duration.ZERO, Duration.ZERO),
            FakeEvidence.parity()),
        new FamilyView.ShadowTally(
            1, 0.5, 40, 10_000, 9_990, 0, Map.of("memory", 7L, "deadline", 3L)),
        new FamilyView.Step(Phase.Name.CANARY, Weight.parse("1%")),
        List.of(parityHolds()),
        List.of("5% of at least 20 requests in 10 s fail"),
        List.of(FakeEvidence.accepted()),
        List.of(),
        Governance.NONE);
  }

  /// A canary of which all that can be told is told: unproven, awaiting approval, in a freeze,
  /// denied by this replica.
  public static FamilyView governed(String name) {
    FamilyView family = with(shadowed(name), List.of(FakeEvidence.goalNotReached()));
    return with(
        with(
            family,
            new FamilyState(name, new Phase.Shadow(), 3, null, START).asUnproven(),
            family.evidence()),
        new Governance(
            FamilyPolicy.Strategy.BLUE_GREEN,
            FamilyPolicy.Auto.FULL,
            Set.of(Phase.Name.CANARY, Phase.Name.WRITES),
            null,
            new Governance.Freeze("christmas", START.plus(Duration.ofDays(3))),
            "its own gates saw 9 errors in 20 requests",
            new Governance.RollbackCost(Duration.ofMillis(140), 12, Governance.Behind.NOTHING)));
  }

  public static GateReading parityHolds() {
    return new GateReading(
        "parity",
        GateReading.Opinion.HOLD,
        Map.of("compared", 9000.0, "limit", 0.01),
        "GET /users/{id} differs in 9 of 9,000 answers; proof of less than 1% needs 400 more.");
  }
}
