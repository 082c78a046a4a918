package dev.banyan.cutover;

import dev.banyan.migration.DataOwnership;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointParity;
import dev.banyan.migration.ParityEvidence.EndpointUnits;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import dev.banyan.migration.SideEvidence;
import dev.banyan.migration.Weight;
import dev.banyan.statistics.Answers;
import dev.banyan.statistics.Latencies;
import dev.banyan.statistics.Pairs;
import dev.banyan.statistics.SideTick;
import dev.banyan.statistics.Sightings;
import dev.banyan.statistics.TrafficTick;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A cutover of the family `users` with a clock, traffic and comparisons under the test's hand.
final class Rig {
  static final Endpoint LIST = new Endpoint("GET", "/users");
  static final Endpoint ONE = new Endpoint("GET", "/users/{id}");

  final InMemoryMigrations store;
  final AtomicLong nanos = new AtomicLong(1);
  final List<FamilyState> published = new CopyOnWriteArrayList<>();
  final List<String> waits = new CopyOnWriteArrayList<>();
  volatile boolean listenerFails;
  final List<LedgerEntry> heard = new CopyOnWriteArrayList<>();
  final FakeTraffic traffic = new FakeTraffic();
  volatile ParityEvidence parity = ParityEvidence.none(Instant.EPOCH);
  final List<String> anews = new CopyOnWriteArrayList<>();
  volatile Runnable whenAnew = () -> {};
  volatile CandidateHealth.Answer health = new CandidateHealth.Undeclared();
  volatile RowAgreement.Reading rows = new RowAgreement.Untransferred();
  final List<Handovers.Turn> turns = new CopyOnWriteArrayList<>();
  volatile @Nullable String handing;

  /// What fails when the writes have changed sides.
  volatile @Nullable String afterFlip;

  /// The families that write the same tables.
  volatile Set<String> together = Set.of("users");

  volatile Instant wall = Instant.parse("2026-01-01T00:00:00Z");
  final Ledger ledger;
  final Cutover cutover;

  final FakeReplicas replicas = new FakeReplicas();

  /// What outlives this process and is not in the store.
  final KeptInMemory backlog;

  Rig() {
    this(new InMemoryMigrations(), Runnable::run);
  }

  Rig(InMemoryMigrations store, Executor executor) {
    this(store, new KeptInMemory(), executor);
  }

  Rig(InMemoryMigrations store, KeptInMemory backlog, Executor executor) {
    this.store = store;
    this.backlog = backlog;
    this.ledger = new Ledger(store);
    CutoverListener listener =
        new CutoverListener() {
          @Override
          public void changed(FamilyState state) {
            if (listenerFails) {
              throw new IllegalStateException("a fault of whoever hears of it");
            }
          }

          @Override
          public void waiting(String family, String why) {
            waits.add(why);
          }

          @Override
          public void entered(LedgerEntry entry) {
            heard.add(entry);
          }
        };
    this.cutover =
        new Cutover(
            new CutoverPorts(
                store,
                backlog,
                published::add,
                traffic,
                comparisons(),
                new FakeHealth(),
                family -> rows,
                new GivenHandovers(),
                listener,
                replicas,
                () -> wall,
                nanos::get,
                executor),
            ledger,
            Cutover.Known.of(store));
    configure(policy(DataOwnership.SHARED, true));
  }

  private Comparisons comparisons() {
    return new Comparisons() {
      @Override
      public ParityEvidence evidence(String family) {
        return parity;
      }

      @Override
      public long period(String family) {
        return 0;
      }

      @Override
      public void anew(String family) {
        parity = ParityEvidence.none(wall);
        anews.add(family);
        whenAnew.run();
      }
    };
  }

  static List<FamilyPolicy.Step> steps(String... weights) {
    return Arrays.stream(weights)
        .map(weight -> new FamilyPolicy.Step(Weight.parse(weight), Duration.ofSeconds(60)))
        .toList();
  }

  static FamilyPolicy policy(DataOwnership data, boolean rollsBack) {
    FamilyPolicy plain = FamilyPolicy.plain("users");
    return new FamilyPolicy(
        plain.family(),
        data,
        List.of(LIST, ONE),
        plain.strategy(),
        steps("5%", "50%", "100%"),
        Duration.ofSeconds(60),
        plain.parityLimit(),
        plain.parityCoverage(),
        plain.gates(),
        rollsBack ? FamilyPolicy.Auto.ROLLBACK : FamilyPolicy.Auto.OFF,
        plain.approvals(),
        plain.freezes(),
        plain.onStoreLoss());
  }

  /// The usual policy with other limits.
  static FamilyPolicy with(FamilyPolicy.GateLimits limits) {
    return policy(DataOwnership.SHARED, true).with(limits);
  }

  void configure(FamilyPolicy... policies) {
    cutover.configure(List.of(policies), states -> {});
  }

  static FamilyPolicy named(String family, FamilyPolicy like) {
    return new FamilyPolicy(
        family,
        like.data(),
        like.endpoints(),
        like.strategy(),
        like.steps(),
        like.soak(),
        like.parityLimit(),
        like.parityCoverage(),
        like.gates(),
        like.auto(),
        like.approvals(),
        like.freezes(),
        like.onStoreLoss());
  }

  static Order order() {
    return Order.of("users", "ann", "because");
  }

  CutoverResult promote() {
    return cutover.promote(order(), null, null);
  }

  FamilyState state() {
    return cutover.state("users").orElseThrow();
  }

  Phase.Name phase() {
    return state().phase().name();
  }

  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  void compared(long list, long one, long mismatchedOnes) {
    parity =
        new ParityEvidence(
            Instant.EPOCH,
            list + one,
            list + one - mismatchedOnes,
            mismatchedOnes,
            0,
            0,
            Map.of(),
            Map.of(),
            List.of(
                new EndpointParity(LIST, 200, list, 0, 0, List.of()),
                new EndpointParity(ONE, 200, one - one / 2, mismatchedOnes, 0, List.of()),
                new EndpointParity(ONE, 404, one / 2, 0, 0, List.of())));
  }

  /// Says that what was compared is of so many different requests.
  void units(long list, long one) {
    parity =
        new ParityEvidence(
            parity.since(),
            parity.compared(),
            parity.matched(),
            parity.mismatched(),
            parity.accepted(),
            parity.raced(),
            parity.skipped(),
            parity.dropped(),
            parity.endpoints(),
            List.of(new EndpointUnits(LIST, list, 0), new EndpointUnits(ONE, one, 0)));
  }

  /// Whatever gates ask for, but of the data.
  void allIsWell() {
    compared(400, 400, 0);
    pass(Duration.ofSeconds(61));
    tick(
        phase().before(Phase.Name.READS) || weight() ? traffic(5_000, 0) : SideTick.NONE,
        phase().before(Phase.Name.CANARY) ? SideTick.NONE : traffic(5_000, 0));
    pass(Duration.ofSeconds(61));
  }

  /// Whether the legacy answers a part of the writes.
  private boolean weight() {
    Weight weight = state().phase().stepWeight();
    return weight != null && weight.compareTo(Weight.FULL) < 0;
  }

  /// Promotes until the family is there.
  void bring(Phase.Name to) {
    while (phase() != to) {
      allIsWell();
      CutoverResult result = promote();
      if (!(result instanceof CutoverResult.Done)) {
        throw new AssertionError(result.toString());
      }
    }
  }

  /// A tick at which the program may promote.
  void look() {
    pass(Duration.ofSeconds(1));
    cutover.tick();
  }

  /// One tick of 100 ms.
  void tick(SideTick legacy, SideTick candidate) {
    tick(legacy, candidate, Sightings.NONE, Pairs.NONE);
  }

  void tick(SideTick legacy, SideTick candidate, Sightings units, Pairs pairs) {
    pass(Duration.ofMillis(100));
    traffic.next = new TrafficTick(legacy, candidate, units, pairs);
    cutover.tick();
    traffic.next = TrafficTick.NONE;
  }

  static Answers answers(long requests, long errors, Duration each) {
    long answered = requests - errors;
    return new Answers(
        requests,
        errors,
        answered == 0
            ? Latencies.NONE
            : Latencies.of(new long[] {each.toNanos() / 1_000}, new long[] {answered}));
  }

  /// Reads of one side, all of which took as long.
  static SideTick traffic(long requests, long errors, Duration each) {
    return new SideTick(answers(requests, errors, each), Answers.NONE, 0);
  }

  static SideTick withWrites(SideTick tick, long writes, long writeErrors) {
    return new SideTick(
        tick.reads(), answers(writes, writeErrors, Duration.ofMillis(5)), tick.connectFailures());
  }

  static SideTick traffic(long requests, long errors) {
    return traffic(requests, errors, Duration.ofMillis(5));
  }

  List<LedgerEntry.Kind> kinds() {
    return new ArrayList<>(store.page(0, 10_000).stream().map(LedgerEntry::kind).toList());
  }

  LedgerEntry lastEntry() {
    return store.head().orElseThrow();
  }

  /// Says when asked what the test has set; before that it knows nothing, unless there is nothing
  /// to ask. Hands over at once what the test lets it.
  private final class GivenHandovers implements Handovers {
    @Override
    public Set<String> together(String family) {
      return together;
    }

    @Override
    public Optional<String> hand(String family, Turn turn) {
      turns.add(turn);
      String after = afterFlip;
      if (after != null) {
        return Optional.of(turn.flip().flip().orElse(after));
      }
      return handing == null ? turn.flip().flip() : Optional.of(handing);
    }

    @Override
    public void begin(Runnable handover) {
      handover.run();
    }
  }

  private final class FakeHealth implements CandidateHealth {
    @Override
    public Answer last(String family) {
      return health instanceof Undeclared ? health : new Unasked("http://users/healthz");
    }

    @Override
    public Answer ask(String family) {
      return health;
    }
  }

  /// One process that can be cut off from its store, and deposed.
  static final class FakeReplicas implements Replicas {
    volatile OptionalLong term = OptionalLong.of(0);
    volatile boolean cutOff;

    @Override
    public boolean alone() {
      return true;
    }

    @Override
    public OptionalLong term() {
      return cutOff ? OptionalLong.empty() : term;
    }

    volatile @Nullable RuntimeException awaiting;

    @Override
    public @Nullable Acknowledged await(long seq) {
      RuntimeException fails = awaiting;
      if (fails != null) {
        throw fails;
      }
      return null;
    }

    final List<String> warned = new CopyOnWriteArrayList<>();

    @Override
    public boolean cutOff() {
      return cutOff;
    }

    @Override
    public void warn(String family, long epoch, Phase.Name to) {
      warned.add(family + " " + epoch + " " + to);
    }

    @Override
    public void give(String family, long epoch, byte[] digest) {}
  }

  /// Totals and ticks as the test sets them.
  static final class FakeTraffic implements Traffic {
    private final Map<Side, SideEvidence> totals = new EnumMap<>(Side.class);
    volatile TrafficTick next = TrafficTick.NONE;

    synchronized void total(Side side, long requests, long errors, Duration p99) {
      totals.put(side, new SideEvidence(requests, errors, p99.dividedBy(2), p99));
    }

    @Override
    public synchronized SideEvidence total(String family, long epoch, Side side) {
      return totals.getOrDefault(side, SideEvidence.NONE);
    }

    @Override
    public TrafficTick tick(String family, long epoch) {
      return next;
    }
  }
}
