package dev.banyan.app;

import dev.banyan.access.Tokens;
import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigWatcher;
import dev.banyan.config.FamilyConfig;
import dev.banyan.config.HostPort;
import dev.banyan.control.EventFeed;
import dev.banyan.control.StatusView;
import dev.banyan.cutover.Comparisons;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.CutoverPorts;
import dev.banyan.cutover.Ledger;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.parity.Redaction;
import dev.banyan.proxy.GatewayLevels;
import dev.banyan.proxy.GatewayOptions;
import dev.banyan.proxy.Outcomes;
import dev.banyan.proxy.SafetyNet;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.transport.Gateway;
import dev.banyan.proxy.transport.SecondLegClient;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.LiveTable;
import dev.banyan.routing.RoutingTable;
import dev.banyan.shadow.IdempotencyKeys;
import dev.banyan.shadow.Shadow;
import dev.banyan.shadow.ShadowCounts;
import dev.banyan.store.sqlite.SqliteStore;
import dev.banyan.telemetry.AccessQueue;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.Scrape;
import dev.banyan.telemetry.TrafficMeter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One running Banyan: every station of the ring, made and joined here.
///
/// Starting reads the store before the gateway listens, so the first request is already routed by
/// the phases that were in force last. Closing stops what takes requests first and what records
/// last.
final class Banyan implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Banyan.class);
  private static final Duration WATCH = Duration.ofMillis(100);
  private static final Duration TELL = Duration.ofMillis(500);
  private static final Duration CHORES = Duration.ofSeconds(1);
  private static final Duration REST = Duration.ofMillis(100);
  private static final int MOST_RESTS = 10;
  private static final int COMPARERS = 1;
  private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
  private static final int SECRET = 32;
  private static final String IDEMPOTENCY = "idempotency";
  private static final String REDACTION = "redaction";

  private final Clockwork clockwork;
  private final SqliteStore store;
  private final Evidence evidence;
  private final Executor comparing;
  private final Writes writes;
  private final Shadow shadow;
  private final SecondLegClient secondLegs;
  private final Gateway gateway;
  private final @Nullable AccessLog accessLog;
  private final Scrape scrape;
  private final Tokens tokens;
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
    store = undo.add(SqliteStore.open(setup.data()));
    MigrationStore migrations = store.migrations();
    evidence =
        new Evidence(store, new Redaction(secret(migrations, REDACTION)), this::counts, clock);

    EventFeed feed = new EventFeed();
    Announcer announcer = new Announcer(feed, clockwork.tell());
    LiveTable table = new LiveTable(RoutingTable.compile(config.legacyService(), List.of()));
    TrafficMeter meter = new TrafficMeter();
    RequestMeter requests = new RequestMeter();
    Ledger ledger = new Ledger(migrations);
    Services services = located(config);
    secondLegs = undo.add(secondLegs(services));
    HealthChecks health = new HealthChecks(services, secondLegs::ask, System::nanoTime);
    Cutover cutover =
        new Cutover(
            new CutoverPorts(
                migrations,
                state -> steer(table, state),
                new EvidenceTraffic(meter),
                comparisons(table, clock),
                health,
                announcer,
                clock,
                System::nanoTime,
                clockwork.journal()),
            ledger);

    comparing = comparing(pace());
    shadow = undo.add(shadow(config));
    evidence.load();
    writes = writes(migrations, services, table, clock);
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
            table,
            this::front,
            clock);
    Reload reload = new Reload(parts, setup.file(), config);
    reload.begin();
    accessLog = accessLog(setup, undo);
    AccessQueue lines = accessLog == null ? null : accessLog.queue();
    FailureLog failures = new FailureLog(System::nanoTime, clockwork.tell());
    Outcomes outcomes = new TrafficOutcomes(meter, requests, failures, lines, clock);
    SafetyNet net = new SafetyNet(SafetyNet.Options.DEFAULTS);
    gateway = undo.add(gateway(config, table, services, outcomes, net));
    serves(gateway.address());

    tokens = tokens(clock);
    ControlFace face = face(setup, cutover, ledger, reload, clock);
    announcer.watch(face);
    scrape =
        undo.add(new Scrape(requests, List.of(numbers(setup.version(), cutover, net, services))));
    entrance = undo.add(enter(setup, face, feed));

    cutover.started("version " + setup.version() + ", listening on " + listening);
    repeat(cutover, announcer, setup.watcher(), reload);
    follow(services, health);
  }

  private ShadowCounts counts(String family) {
    return shadow.counts(family);
  }

  private Services located(BanyanConfig config) {
    Services services = new Services(services(config));
    services.lookUpWhenDue(System.nanoTime(), clockwork.blocking()); // ahead of the first request
    return services;
  }

  private void serves(InetSocketAddress at) {
    writes.ports().guard().listening(at);
    listening = text(at);
  }

  private SecondLegClient secondLegs(Services services) {
    return new SecondLegClient(services, System::nanoTime, clockwork.blocking(), pace()::await);
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
        this::levels,
        accessLog);
  }

  private Tokens tokens(InstantSource clock) {
    Tokens known = new Tokens(store.tokens(), clock, Banyan::secretBytes);
    known.refresh();
    return known;
  }

  private Entrance enter(Setup setup, ControlFace face, EventFeed feed) throws IOException {
    return Entrance.open(setup.config().control(), setup.data(), tokens, face, feed, scrape);
  }

  private ControlFace face(
      Setup setup, Cutover cutover, Ledger ledger, Reload reload, InstantSource clock) {
    return new ControlFace(
        new ControlFace.Parts(
            cutover,
            ledger,
            evidence,
            reload.basis(),
            shadow,
            clock,
            reload::config,
            reload::status,
            () -> reread(setup.watcher(), reload),
            () -> listening,
            new LedgeredTokens(tokens, setup.config().control().token() != null, cutover::noted)),
        setup.version());
  }

  /// What is done again and again.
  private void repeat(Cutover cutover, Announcer announcer, ConfigWatcher watcher, Reload reload) {
    clockwork.watchEvery(WATCH, cutover::tick);
    clockwork.tellEvery(TELL, announcer::numbers);
    clockwork.tellEvery(TELL, new SheddingLog(shadow, System::nanoTime));
    clockwork.choreEvery(CHORES, () -> shadow.tellLeftOut(this::leftOut));
    clockwork.choreEvery(CHORES, writes::tell);
    clockwork.choreEvery(CHORES, evidence.book()::saveChanged);
    clockwork.choreEvery(CHORES, () -> watcher.check().ifPresent(reload::take));
    clockwork.choreEvery(CHORES, reload.basis()::lookDaily);
    clockwork.choreEvery(CHORES, tokens::refresh);
    clockwork.choreEvery(CHORES, () -> renewCertificate(cutover)); // nothing to do without TLS
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
  }

  private Comparisons comparisons(LiveTable table, InstantSource clock) {
    return new Comparisons() {
      @Override
      public ParityEvidence evidence(String family) {
        return evidence.book().evidence(family);
      }

      @Override
      public void anew(String family) {
        evidence.book().reset(family, clock.instant());
        table
            .current()
            .family(family)
            .ifPresent(routes -> {
              shadow.replaced(routes.legacyService());
              shadow.replaced(routes.candidateService());
            });
      }
    };
  }

  private Shadow shadow(BanyanConfig config) {
    return new Shadow(
        config.shadow(),
        samples(config),
        new Shadow.Ports(
            () -> ThreadLocalRandom.current().nextDouble(),
            System::nanoTime,
            secondLegs::send,
            evidence.judging(),
            comparing));
  }

  private Executor comparing(Pace pace) {
    return work ->
        clockwork
            .compare()
            .execute(() -> {
              awaitTime(pace);
              work.run();
            });
  }

  private Writes writes(
      MigrationStore migrations, Services services, LiveTable table, InstantSource clock) {
    return new Writes(
        new Writes.Ports(
            secondLegs::send,
            evidence.book(),
            table,
            (exchange, tolerance) ->
                evidence.rulings().comparison(exchange.family()).compare(exchange, tolerance),
            new IdempotencyKeys(secret(migrations, IDEMPOTENCY)),
            new SandboxGuard(services::find, OwnAddresses::contains),
            new DryRuns(evidence.book(), System::nanoTime),
            secondLegs::run,
            comparing,
            () -> shadow.options().deadline(),
            clock));
  }

  /// Half of a processor, and nothing while the event loops are so late that nothing is sampled;
  /// but then not for ever either.
  private void awaitTime(Pace pace) {
    for (int i = 0; i < MOST_RESTS && shadow.isOverrun(); i++) {
      LockSupport.parkNanos(REST.toNanos());
    }
    pace.await();
  }

  /// For one thread.
  private static Pace pace() {
    return new Pace(System::nanoTime, CPU::getCurrentThreadCpuTime, LockSupport::parkNanos);
  }

  private void leftOut(String family, long period, long count) {
    evidence.book().skipped(family, period, ParityEvidence.SECOND_SIDE_FAILING, count);
  }

  private static @Nullable AccessLog accessLog(Setup setup, Unwinding undo) throws IOException {
    String file = setup.config().accessLog();
    return file == null ? null : undo.add(AccessLog.to(file, setup.file().toAbsolutePath()));
  }

  /// Shows new connections what the files of the certificate hold now, if it is fit.
  private void renewCertificate(Cutover cutover) {
    try {
      if (gateway.renewCertificate()) {
        LOG.info("new connections are shown the new certificate");
        cutover.configLoaded("loaded a new certificate");
      }
    } catch (IOException e) {
      LOG.error("the certificate in force stays: {}", e.getMessage());
      cutover.configLoaded("refused a new certificate, the one in force stays: " + e.getMessage());
    }
  }

  /// How full the gateway is, or null when it does not serve.
  private @Nullable GatewayLevels levels() {
    return listening == null ? null : gateway.levels();
  }

  private Gateway gateway(
      BanyanConfig config, LiveTable table, Services services, Outcomes outcomes, SafetyNet net)
      throws IOException {
    try {
      return Gateway.start(
          GatewayOptions.on(address("listen", config.listen()), loops())
              .with(config.tls())
              .trusting(config.trustedProxies())
              .with(config.limits()),
          new Gateway.Ports(
              table,
              services,
              outcomes,
              new ComparisonTee(shadow, evidence.book(), writes),
              net,
              System::nanoTime,
              () -> ThreadLocalRandom.current().nextLong(),
              clockwork.blocking()));
    } catch (UncheckedIOException e) {
      throw new IOException("tls: " + e.getMessage(), e);
    } catch (Exception e) {
      // Netty throws what the system said, checked or not.
      throw new IOException(
          "the gateway can not listen on "
              + config.listen()
              + ": another program may have that port ("
              + e.getMessage()
              + "); set listen to a free address",
          e);
    }
  }

  /// Puts a family's state in force. A family that has just left the configuration has no routes to
  /// steer.
  private static void steer(LiveTable live, FamilyState state) {
    RoutingTable table = live.current();
    table
        .family(state.family())
        .ifPresent(family -> live.publish(table.with(family.in(state.phase(), state.epoch()))));
  }

  /// A key of its own for each purpose, made once for a data directory.
  private static byte[] secret(MigrationStore migrations, String purpose) {
    return migrations.secret(purpose, Banyan::secretBytes);
  }

  private static byte[] secretBytes() {
    byte[] fresh = new byte[SECRET];
    new SecureRandom().nextBytes(fresh);
    return fresh;
  }

  static Map<String, ServiceOptions> services(BanyanConfig config) {
    return config.services().stream().collect(Collectors.toMap(ServiceOptions::name, each -> each));
  }

  static Map<String, Double> samples(BanyanConfig config) {
    return config.families().stream()
        .collect(Collectors.toMap(FamilyConfig::name, FamilyConfig::shadowSample));
  }

  static InetSocketAddress address(String key, HostPort where) throws IOException {
    InetSocketAddress address = new InetSocketAddress(where.host(), where.port());
    if (address.isUnresolved()) {
      throw new IOException(
          key + ": the host of '" + where + "' is not known; give an address of this machine");
    }
    return address;
  }

  /// One event loop for each processor, but one that is left to everything else.
  private static int loops() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }

  private static String text(InetSocketAddress address) {
    return new HostPort(address.getAddress().getHostAddress(), address.getPort()).toString();
  }

  /// Where clients are served, such as `127.0.0.1:8080`.
  String gatewayAddress() {
    return text(gateway.address());
  }

  /// Where the control plane is, such as `http://127.0.0.1:8081`.
  String controlUrl() {
    return "http://" + text(entrance.address());
  }

  @Override
  public void close() {
    listening = null;
    // One part that fails to close must not keep the store from being closed.
    try (Unwinding parts = new Unwinding()) {
      parts.add(store);
      parts.add(evidence.book()::saveChanged);
      parts.add(() -> shadow.tellLeftOut(this::leftOut));
      parts.add(writes::tell);
      parts.add(clockwork);
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
