package dev.banyan.control;

import dev.banyan.cutover.ChainLink;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.LedgerEntry.Kind;
import dev.banyan.cutover.Replay;
import dev.banyan.cutover.Version;
import dev.banyan.exchange.Difference;
import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Severity;
import dev.banyan.migration.SideEvidence;
import dev.banyan.migration.Weight;
import dev.banyan.notification.Answer;
import dev.banyan.notification.Notifier;
import dev.banyan.notification.Target;
import dev.banyan.parity.Acceptances;
import dev.banyan.parity.LearnedNoise;
import dev.banyan.parity.Noise;
import dev.banyan.parity.Ruling;
import dev.banyan.parity.Rulings;
import dev.banyan.parity.Scope;
import dev.banyan.parity.VolatileClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A small program behind the control plane: families that move as told, and a ledger of it.
public final class FakeOperations implements Operations {
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  private final Map<String, FamilyView> families = new LinkedHashMap<>();
  private final List<LedgerEntry> ledger = new ArrayList<>();
  private final EventFeed feed;
  private @Nullable Refusal refusal;
  private @Nullable Change last;
  private boolean ready = true;
  private boolean broken;
  private boolean failing;
  private long failsAfter = Long.MAX_VALUE;
  private @Nullable String configProblem;

  public FakeOperations(EventFeed feed) {
    this.feed = feed;
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
        new StatusView.Config("banyan.yaml", START, null));
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
    return new LearnedNoise(
        List.of(
            new Noise.Rule(
                new Endpoint("GET", "/users/{id}"),
                200,
                "body:$.createdAt",
                new VolatileClass.Time("iso", 3, 3, "Z"),
                213,
                212,
                START.plus(Duration.ofDays(7)))),
        List.of(
            new Noise.Defect(
                new Endpoint("GET", "/users/{id}"),
                200,
                "body:$.rank",
                Difference.Kind.VALUE,
                41,
                3,
                9.5)));
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
    FamilyView after = with(before, move.apply(before.state()), before.evidence());
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
        family.goals());
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
            parity()),
        new FamilyView.ShadowTally(
            1, 0.5, 40, 10_000, 9_990, 0, Map.of("memory", 7L, "deadline", 3L)),
        new FamilyView.Step(Phase.Name.CANARY, Weight.parse("1%")),
        List.of(parityHolds()),
        List.of("5% of at least 20 requests in 10 s fail"),
        List.of(accepted()),
        List.of());
  }

  public static GateReading parityHolds() {
    return new GateReading(
        "parity",
        GateReading.Opinion.HOLD,
        Map.of("compared", 9000.0, "limit", 0.01),
        "GET /users/{id} differs in 9 of 9,000 answers; proof of less than 1% needs 400 more.");
  }

  private static Rulings.Listed accepted() {
    return new Rulings.Listed(
        new Ruling.Accepted(
            new Acceptances.Entry(
                new Scope(Optional.empty(), "header:etag", Optional.of(Difference.Kind.VALUE)),
                "weak ones will do",
                "ann",
                LocalDate.parse("2026-06-30"))),
        Rulings.Origin.FILE,
        true);
  }

  private static ParityEvidence parity() {
    return new ParityEvidence(
        START,
        9000,
        8991,
        9,
        5,
        12,
        Map.of("unsafe", 4L),
        Map.of("memory", 7L),
        List.of(
            new EndpointParity(new Endpoint("GET", "/users"), 200, 5000, 0, 5, List.of()),
            new EndpointParity(
                new Endpoint("GET", "/users/{id}"),
                200,
                4000,
                9,
                0,
                List.of(
                    new ParityEvidence.FieldDifference(
                        "body:$.id",
                        "type",
                        Severity.BREAKING,
                        9,
                        0.25,
                        null,
                        true,
                        List.of(
                            new ParityEvidence.Sample(
                                "GET /users/17", "number of 2 digits", "\"dd\"")))))));
  }
}
