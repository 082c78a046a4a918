package dev.banyan.app;

import dev.banyan.access.Tokens;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.control.EventFeed;
import dev.banyan.control.StatusView;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverPorts;
import dev.banyan.cutover.Recorded;
import dev.banyan.cutover.Replicas;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.Redaction;
import dev.banyan.parity.SharedEvidence;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.Tee;
import dev.banyan.proxy.WriteCare;
import dev.banyan.proxy.transport.Gateway;
import dev.banyan.proxy.transport.SecondLegClient;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import dev.banyan.routing.SwapRehearsal;
import dev.banyan.shadow.IdempotencyKeys;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.store.postgres.PostgresStore;
import dev.banyan.telemetry.AccessQueue;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.Scrape;
import dev.banyan.telemetry.TrafficMeter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One running Banyan: every station of the ring, made and joined here.
///
/// Starting reads the store before the gateway listens, so the first request is already routed by
/// the phases that were in force last. Closing stops what takes requests first and what records
/// last.
final class Banyan implements AutoCloseable {
  private static final Duration WATCH = Duration.ofMillis(100);
  private static final Duration TELL = Duration.ofMillis(500);
  private static final Duration CHORES = Duration.ofSeconds(1);
  private static final Duration REHEARSE = Duration.ofSeconds(5);
  private static final int COMPARERS = 1;

  /// Samples that are shown of one difference.
  private static final int SAMPLES = 5;

  private static final String IDEMPOTENCY = "idempotency";
  private static final String REDACTION = "redaction";

  private final Clockwork clockwork;
  private final Storage store;
  private final Steering steering;
  private final @Nullable Replication replication;
  private final Evidence evidence;
  private final Chronicle chronicle;
  private final Transferring transferring;
  private final Executor comparing;
  private final Writes writes;
  private final Shadow shadow;
  private final SecondLegClient secondLegs;
  private final DualSend dual;
  private final Gateway gateway;
  private final SwapRehearsal rehearsal;
  private final @Nullable AccessLog accessLog;
  private final Scrape scrape;
  private final Tokens tokens;

  /// Set before the gateway answers anybody.
  private volatile @Nullable Deploys deploys;

  private final Entrance entrance;

  /// The gateway's address while it listens; the control plane shows it, and says by it whether the
  /// program is ready.
  private volatile @Nullable String listening;

  /// What a start needs to know.
  ///
  /// @param watcher has loaded `config`, and is asked for what comes after
  record Setup(BanyanConfig config, ConfigWatcher watcher, Path file, Path data, String version) {}

  /// Starts everything.
  ///
  /// @throws IOException with a message for people, when a port or the data directory can not be
  ///   had; then nothing runs
  static Banyan start(Setup setup) throws IOException {
    try (Unwinding undo = new Unwinding()) {
      Banyan banyan = new Banyan(setup, undo);
      undo.keep();
      return banyan;
    }
  }

  private Banyan(Setup setup, Unwinding undo) throws IOException {
    BanyanConfig config = setup.config();
    InstantSource clock = InstantSource.system();
    clockwork = undo.add(new Clockwork(COMPARERS));
    store = undo.add(Storage.open(config, setup.data(), clock, new SecureRandom()));
    evidence = new Evidence(store, new Redaction(store.secret(REDACTION)), this::counts, clock);
    EventFeed feed = new EventFeed();
    Announcer announcer = new Announcer(feed, clockwork.tell());
    LiveTable table = new LiveTable(RoutingTable.compile(config.legacyService(), List.of()));
    steering = new Steering(table);
    replication =
        store.shared() == null
            ? null
            : undo.add(new Replication(store, steering, System::nanoTime));
    rehearsal = new SwapRehearsal(System::nanoTime, table.inForce());
    TrafficMeter meter = new TrafficMeter();
    RequestMeter requests = new RequestMeter();
    chronicle = undo.add(new Chronicle(setup, store.migrations(), announcer, clockwork, clock));
    Services services = located(config);
    secondLegs = undo.add(secondLegs(services));
    HealthChecks health = new HealthChecks(services, secondLegs::ask, System::nanoTime);
    dual = undo.add(dual(config, clock));
    transferring = undo.add(new Transferring(config, clock, new DualRows(dual)));
    SharedEvidence sum = sum();
    Cutover cutover = cutover(meter, health, sum, clock);

    comparing = Pace.comparing(clockwork.compare(), () -> shadow().isOverrun());
    shadow = undo.add(shadow(config, meter));
    evidence.load(replication != null);
    writes = writes(services, table, clock);
    Reload reload = reload(setup, services, cutover, health, meter, requests, clock);
    deploys =
        Deploys.begin(store.migrations(), replication != null, cutover, reload, clockwork, CHORES);
    reload.begin();
    accessLog = AccessLog.of(setup, undo);
    Outcomes outcomes = outcomes(meter, requests, clock);
    WriteKeeping keeping =
        WriteKeeping.begin(steering, store, transferring, dual::keep, clockwork, clock);
    SafetyNet net = new SafetyNet(SafetyNet.Options.DEFAULTS);
    Tee tee = new ComparisonTee(shadow, evidence.book(), writes);
    ExecutorService blocking = clockwork.blocking();
    WriteCare care = keeping.care();
    gateway =
        undo.add(Front.open(config, table, services, outcomes, tee, dual, net, care, blocking));
    serves(gateway.address());

    tokens = LedgeredTokens.read(store, clock);
    OwnerOrders owners =
        OwnerOrders.of(cutover, replicas(), store, blocking, transferring::carryOut);
    ControlFace face = face(setup, cutover, reload, owners, clock);
    announcer.watch(face);
    scrape =
        undo.add(new Scrape(requests, face.with(numbers(setup.version(), cutover, net, services))));
    entrance = undo.add(enter(setup, face, feed, table));
    transfer(cutover, keeping, owners);
    begin(setup, cutover, announcer, reload, sum);
    follow(services, health);
  }

  /// What sends writes to both sides, where a family wants that.
  private DualSend dual(BanyanConfig config, InstantSource clock) {
    String name = store.name();
    DualSend made =
        new DualSend(
            new DualSend.Ports(
                store.outbox(),
                secondLegs::send,
                () -> replication == null || replication.controls(),
                () -> replication == null ? null : replication.live(),
                name == null ? "" : name,
                clockwork.blocking(),
                clock,
                System::nanoTime));
    made.adopt(config);
    made.begin(clockwork);
    return made;
  }

  private Reload reload(
      Setup setup,
      Services services,
      Cutover cutover,
      HealthChecks health,
      TrafficMeter meter,
      RequestMeter requests,
      InstantSource clock) {
    Reload.Parts parts =
        new Reload.Parts(
            services,
            cutover,
            evidence,
            health,
            shadow,
            writes,
            meter,
            requests,
            steering,
            this::front,
            clock);
    return new Reload(parts, setup.file(), setup.config());
  }

  private Outcomes outcomes(TrafficMeter meter, RequestMeter requests, InstantSource clock) {
    AccessQueue lines = accessLog == null ? null : accessLog.queue();
    FailureLog failures = new FailureLog(System::nanoTime, clockwork.tell());
    Outcomes made = new TrafficOutcomes(meter, requests, failures, lines, clock);
    dual.limits(made::limited);
    return made;
  }

  /// What all that share the store have compared, or null where nobody shares it.
  private @Nullable SharedEvidence sum() {
    PostgresStore shared = store.shared();
    return shared == null
        ? null
        : new SharedEvidence(evidence.book(), shared.sharedParity(), SAMPLES);
  }

  private Cutover cutover(
      TrafficMeter meter, HealthChecks health, @Nullable SharedEvidence sum, InstantSource clock) {
    CutoverPorts ports =
        new CutoverPorts(
            store.migrations(),
            store.backlog(),
            steering::steer,
            new EvidenceTraffic(meter),
            new FamilyComparisons(evidence.book(), sum, steering.live(), this::shadow, clock),
            health,
            new BothAgreements(dual, transferring, dual::indeterminate),
            transferring,
            chronicle.listener(),
            replicas(),
            clock,
            System::nanoTime,
            clockwork.journal());
    return new Cutover(ports, chronicle.ledger(), Cutover.Known.of(store.migrations()));
  }

  private Shadow shadow() {
    return shadow;
  }

  private Replicas replicas() {
    return replication == null ? Replicas.ALONE : replication;
  }

  /// Rows move, and writes are held where they come in while their owner changes: here, or at all
  /// replicas.
  private void transfer(Cutover cutover, WriteKeeping keeping, OwnerOrders owners) {
    Function<Set<String>, WriteKeeping.Hold> here =
        families -> keeping.hold(families, gateway::writesUnderWay);
    Holding holding = (families, _) -> new HeldHere(here.apply(families));
    if (replication != null) {
      holding = replication.begin(cutover, clockwork, here, owners);
    }
    transferring.begin(new Transferring.Life(cutover, holding, replicas()::term, owners));
    RowsBehind.begin(transferring, cutover, evidence.judging(), clockwork);
  }

  /// Everything is there: it begins to live.
  private void begin(
      Setup setup,
      Cutover cutover,
      Announcer announcer,
      Reload reload,
      @Nullable SharedEvidence sum) {
    dual.tell(cutover);
    cutover.started("version " + setup.version() + ", listening on " + listening);
    repeat(cutover, announcer, setup.watcher(), reload);
    if (sum != null) {
      Runnable rules = () -> reload.basis().follow(evidence.rulingsOfOthers());
      clockwork.choreEvery(CHORES, () -> sum.refresh(InstantSource.system().instant(), rules));
      clockwork.choreEvery(CHORES, store::remember);
      clockwork.choreEvery(CHORES, () -> loadLate(reload));
    }
    chronicle.begin(cutover, reload::config, () -> LedgerKeeping.turn(replication));
  }

  private void loadLate(Reload reload) {
    if (evidence.loadLate()) {
      reload.again();
    }
  }

  private void versionSeen(String service, String version) {
    Deploys to = deploys;
    if (to != null) {
      to.seen(service, version);
    }
  }

  private ShadowCounts counts(String family) {
    return shadow.counts(family);
  }

  private Services located(BanyanConfig config) {
    Services services =
        new Services(services(config), InetAddress::getAllByName, this::versionSeen);
    services.lookUpWhenDue(System.nanoTime(), clockwork.blocking()); // ahead of the first request
    return services;
  }

  private void serves(InetSocketAddress at) {
    writes.ports().guard().listening(at);
    listening = Front.text(at);
  }

  private SecondLegClient secondLegs(Services services) {
    return new SecondLegClient(
        services, System::nanoTime, clockwork.blocking(), Pace.ofThread()::await);
  }

  /// Keeps to where the services are, and to how they are.
  private void follow(Services services, HealthChecks health) {
    Runnable lookUp = () -> services.lookUpWhenDue(System.nanoTime(), clockwork.blocking());
    clockwork.choreEvery(CHORES, lookUp);
    clockwork.choreEvery(HealthChecks.PAUSE, health::look);
  }

  private Numbers numbers(String version, Cutover cutover, SafetyNet net, Services services) {
    return new Numbers(
        version,
        cutover,
        evidence.book(),
        shadow,
        evidence.judging(),
        net,
        new UpstreamNumbers(services, System::nanoTime),
        chronicle.notifier()::counts,
        dual,
        this::levels,
        accessLog);
  }

  private Entrance enter(Setup setup, ControlFace face, EventFeed feed, LiveTable table)
      throws IOException {
    return Entrance.open(
        setup.config().control(),
        setup.data(),
        tokens,
        face,
        feed,
        scrape,
        new TableSides(table, System::nanoTime));
  }

  private ControlFace face(
      Setup setup, Cutover cutover, Reload reload, OwnerOrders owners, InstantSource clock) {
    return new ControlFace(
        new ControlFace.Parts(
            cutover,
            chronicle.ledger(),
            Recorded::disagreement,
            chronicle.notifier(),
            chronicle.goals(),
            evidence,
            reload.basis(),
            shadow,
            clock,
            reload::config,
            reload::status,
            () -> reread(setup.watcher(), reload),
            () -> listening,
            new LedgeredTokens(tokens, setup.config().control().token() != null, cutover::enter),
            dual.orders(cutover),
            rehearsal,
            replication,
            transferring,
            owners),
        setup.version());
  }

  /// What is done again and again.
  private void repeat(Cutover cutover, Announcer announcer, ConfigWatcher watcher, Reload reload) {
    clockwork.watchEvery(WATCH, cutover::tick);
    clockwork.choreEvery(CHORES, cutover::keepUnwritten);
    clockwork.choreEvery(REHEARSE, () -> rehearsal.rehearse(steering.live().inForce()));
    Deploys seen = deploys;
    if (seen != null) {
      clockwork.tellEvery(CHORES, seen);
    }
    clockwork.tellEvery(TELL, announcer::numbers);
    clockwork.tellEvery(TELL, new SheddingLog(shadow, System::nanoTime));
    clockwork.choreEvery(CHORES, () -> shadow.tellLeftOut(this::leftOut));
    clockwork.choreEvery(CHORES, writes::tell);
    clockwork.choreEvery(CHORES, evidence.book()::saveDue);
    clockwork.choreEvery(CHORES, () -> watcher.check().ifPresent(reload::take));
    clockwork.choreEvery(CHORES, reload.basis()::lookDaily);
    clockwork.choreEvery(CHORES, tokens::refresh);
    clockwork.choreEvery(
        CHORES, () -> Front.renewCertificate(gateway, cutover)); // nothing to do without TLS
  }

  private StatusView.Config reread(ConfigWatcher watcher, Reload reload) {
    return clockwork.chore(() -> {
      reload.take(watcher.load());
      return reload.status();
    });
  }

  /// What clients are held to after a change of the file.
  private void front(BanyanConfig config) {
    gateway.adopt(config.trustedProxies(), config.limits());
    chronicle.adopt(config);
    dual.adopt(config);
    transferring.adopt(config);
  }

  private Shadow shadow(BanyanConfig config, TrafficMeter meter) {
    return new Shadow(
        config.shadow(),
        Reload.samples(config),
        new Shadow.Ports(
            () -> ThreadLocalRandom.current().nextDouble(),
            System::nanoTime,
            secondLegs::send,
            new PairedAnswers(meter, evidence.judging()),
            comparing));
  }

  private Writes writes(Services services, LiveTable table, InstantSource clock) {
    return new Writes(
        new Writes.Ports(
            secondLegs::send,
            evidence.book(),
            table,
            (exchange, tolerance) ->
                evidence.rulings().comparison(exchange.family()).compare(exchange, tolerance),
            new IdempotencyKeys(store.secret(IDEMPOTENCY)),
            new SandboxGuard(services::find, OwnAddresses::contains),
            new DryRuns(evidence.book(), System::nanoTime),
            secondLegs::run,
            comparing,
            () -> shadow.options().deadline(),
            clock));
  }

  private void leftOut(String family, long period, long count) {
    evidence.book().skipped(family, period, ParityEvidence.SECOND_SIDE_FAILING, count);
  }

  /// How full the gateway is, or null when it does not serve.
  private @Nullable GatewayLevels levels() {
    return listening == null ? null : gateway.levels();
  }

  static Map<String, ServiceOptions> services(BanyanConfig config) {
    return config.services().stream().collect(Collectors.toMap(ServiceOptions::name, each -> each));
  }

  /// Where clients are served, such as `127.0.0.1:8080`.
  String gatewayAddress() {
    return Front.text(gateway.address());
  }

  /// Where the control plane is, such as `http://127.0.0.1:8081`.
  String controlUrl() {
    return "http://" + Front.text(entrance.address());
  }

  @Override
  public void close() {
    listening = null;
    // One part that fails to close must not keep the store from being closed.
    try (Unwinding parts = new Unwinding()) {
      parts.add(store);
      parts.add(dual);
      parts.add(evidence.book()::saveChanged);
      parts.add(() -> shadow.tellLeftOut(this::leftOut));
      parts.add(writes::tell);
      if (replication != null) {
        parts.add(replication);
      }
      parts.add(transferring);
      parts.add(clockwork);
      parts.add(chronicle);
      if (accessLog != null) {
        parts.add(accessLog);
      }
      parts.add(scrape);
      parts.add(entrance);
      parts.add(secondLegs);
      parts.add(shadow);
      parts.add(gateway);
    }
  }
}
