package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.ConfigResult;
import dev.banyan.config.FamilyConfig;
import dev.banyan.config.Problem;
import dev.banyan.control.StatusView;
import dev.banyan.cutover.Cutover;
import dev.banyan.cutover.FamilyPolicy;
import dev.banyan.migration.FamilyState;
import dev.banyan.proxy.ServiceOptions;
import dev.banyan.proxy.transport.Services;
import dev.banyan.routing.FamilyRoutes;
import dev.banyan.routing.RoutingTable;
import dev.banyan.shadow.Shadow;
import dev.banyan.telemetry.RequestMeter;
import dev.banyan.telemetry.TrafficMeter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a configuration in force, the first one and every later one, without dropping a request.
///
/// Backends are there before a table names them, and go after none does. A file with problems is
/// refused: the configuration in force stays, and the status, the ledger and the log say so.
final class Reload {
  private static final Logger LOG = LoggerFactory.getLogger(Reload.class);

  /// What a configuration steers.
  ///
  /// @param front takes what clients are held to
  record Parts(
      Services services,
      Cutover cutover,
      Evidence evidence,
      HealthChecks health,
      Shadow shadow,
      Writes writes,
      TrafficMeter meter,
      RequestMeter requests,
      Steering steering,
      Consumer<BanyanConfig> front,
      InstantSource clock) {}

  private record InForce(BanyanConfig config, Instant loadedAt, @Nullable String lastError) {}

  private final Parts parts;
  private final Path file;

  /// What the program was started with: its ports and its memory stay until it is started again.
  private final BanyanConfig first;

  private final Basis basis;

  private volatile InForce inForce;

  Reload(Parts parts, Path file, BanyanConfig first) {
    this.parts = parts;
    this.file = file;
    this.first = first;
    this.basis = new Basis(parts.cutover(), parts.evidence(), parts.clock());
    this.inForce = new InForce(first, parts.clock().instant(), null);
  }

  /// What the families' comparisons rest on, under the configuration in force.
  Basis basis() {
    return basis;
  }

  BanyanConfig config() {
    return inForce.config();
  }

  StatusView.Config status() {
    InForce now = inForce;
    return new StatusView.Config(file.toString(), now.loadedAt(), now.lastError());
  }

  /// Puts the first configuration in force.
  void begin() {
    parts.writes().adopt(config());
    configure(config());
    parts.writes().adopted();
  }

  /// Puts the one in force in force again, now that what was ruled is known. One thread at a time.
  void again() {
    configure(config());
  }

  /// Takes what came of reading a changed file. One thread at a time.
  void take(ConfigResult result) {
    switch (result) {
      case ConfigResult.Loaded loaded -> adopt(loaded.config());
      case ConfigResult.Rejected rejected -> refuse(rejected);
    }
  }

  private void adopt(BanyanConfig next) {
    BanyanConfig before = config();
    parts.writes().adopt(next); // what was a sandbox may be live from now on
    Map<String, ServiceOptions> both = new HashMap<>(Banyan.services(before));
    both.putAll(Banyan.services(next));
    parts.services().publish(both);
    // The control plane must know a family's configuration as soon as the family can move.
    inForce = new InForce(next, parts.clock().instant(), null);
    configure(next);
    parts.writes().adopted();
    parts.services().publish(Banyan.services(next));
    parts.shadow().adopt(next.shadow(), samples(next));
    parts.front().accept(next);
    parts.meter().retain(next.families().stream().map(FamilyConfig::name).toList());
    parts.requests().retain(templates(next));
    String note = "loaded " + file + needsRestart(first, next);
    parts.cutover().configLoaded(note);
  }

  static Map<String, Double> samples(BanyanConfig config) {
    return config.families().stream()
        .collect(Collectors.toMap(FamilyConfig::name, FamilyConfig::shadowSample));
  }

  private static Map<String, Set<String>> templates(BanyanConfig config) {
    return config.families().stream()
        .collect(
            Collectors.toMap(
                FamilyConfig::name,
                family ->
                    family.routes().stream()
                        .map(route -> route.template().toString())
                        .collect(Collectors.toUnmodifiableSet())));
  }

  /// What the new file changes that a running program can not.
  private static String needsRestart(BanyanConfig running, BanyanConfig next) {
    boolean listen = !running.listen().equals(next.listen());
    boolean control = !running.control().equals(next.control());
    boolean memory = running.shadow().memoryBytes() != next.shadow().memoryBytes();
    boolean log = !Objects.equals(running.accessLog(), next.accessLog());
    boolean head = !Objects.equals(running.ledger().headFile(), next.ledger().headFile());
    boolean tls = !Objects.equals(running.tls(), next.tls());
    boolean store = !Objects.equals(running.store(), next.store());
    List<String> keys =
        Map.of(
                "listen",
                listen,
                "tls",
                tls,
                "control",
                control,
                "shadow.memory",
                memory,
                "access_log",
                log,
                "ledger.head_file",
                head,
                "store",
                store)
            .entrySet()
            .stream()
            .filter(Map.Entry::getValue)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return keys.isEmpty() ? "" : "; in force after a restart: " + String.join(", ", keys);
  }

  private void configure(BanyanConfig config) {
    for (FamilyConfig family : config.families()) {
      parts.evidence().rulings().adopt(family.name(), family.rules(), family.accepted());
    }
    parts.evidence().judging().adopt(config);
    parts.health().adopt(config);
    List<FamilyPolicy> policies = config.families().stream().map(FamilyConfig::policy).toList();
    parts
        .cutover()
        .configure(policies, states -> parts.steering().publish(table(config, states), policies));
    basis.adopt(config, "its routes, where its sides are, or its rules changed in " + file);
  }

  private static RoutingTable table(BanyanConfig config, List<FamilyState> states) {
    Map<String, FamilyState> byName =
        states.stream().collect(Collectors.toMap(FamilyState::family, state -> state));
    List<FamilyRoutes> families =
        config.families().stream()
            .map(family -> {
              FamilyState state = byName.get(family.name());
              if (state == null) {
                throw new IllegalStateException("no state for the family '" + family.name() + "'");
              }
              return family.routesIn(state.phase(), state.epoch());
            })
            .toList();
    return RoutingTable.compile(config.legacyService(), families);
  }

  private void refuse(ConfigResult.Rejected rejected) {
    String problems =
        rejected.problems().stream().map(Problem::headline).collect(Collectors.joining("\n"));
    inForce = new InForce(config(), inForce.loadedAt(), problems);
    LOG.error("{} has problems; the configuration in force stays:\n{}", file, rejected.text());
    parts
        .cutover()
        .configLoaded("refused " + file + ", the configuration in force stays: " + problems);
  }
}
