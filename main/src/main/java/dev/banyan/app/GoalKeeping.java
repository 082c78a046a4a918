package dev.banyan.app;

import dev.banyan.config.BanyanConfig;
import dev.banyan.config.FamilyConfig;
import dev.banyan.cutover.CutoverListener;
import dev.banyan.cutover.Goal;
import dev.banyan.cutover.GoalReading;
import dev.banyan.cutover.LedgerEntry;
import dev.banyan.cutover.MigrationStore;
import dev.banyan.cutover.Standing;
import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.SideEvidence;
import dev.banyan.telemetry.ProcessPage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// The figures behind the families' goals: what the legacy did on its own, frozen when a canary is
/// entered, and what the candidate does now.
///
/// [#look] fetches, one thread at a time; the rest is for any thread and waits for nothing.
final class GoalKeeping implements CutoverListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GoalKeeping.class);
  private static final JsonMapper MAPPER = JsonMapper.shared();

  /// How often the services are asked.
  static final Duration PAUSE = Duration.ofSeconds(15);

  /// So few answers show nothing.
  private static final long FEWEST = 100;

  private final MigrationStore store;
  private final ServicePages pages;
  private final LongSupplier nanos;

  /// What each service's process uses.
  private final Map<String, Map<Goal, Double>> processes = new ConcurrentHashMap<>();

  private final Map<String, Cpu> cpus = new HashMap<>(); // of the looking thread

  /// What the legacy of a family last did on its own.
  private final Map<String, Map<Goal, Double>> alone = new ConcurrentHashMap<>();

  /// What it did when the canary was entered.
  private final Map<String, Map<Goal, Double>> frozen = new ConcurrentHashMap<>();

  private final Set<String> toBeKept = ConcurrentHashMap.newKeySet();

  GoalKeeping(MigrationStore store, ServicePages pages, LongSupplier nanos) {
    this.store = store;
    this.pages = pages;
    this.nanos = nanos;
  }

  /// What a look needs to know of a family.
  record Known(Evidence evidence, Phase phase) {}

  private record Cpu(double seconds, long at) {}

  /// Where a family stands with its goals.
  List<GoalReading> read(FamilyConfig family, Evidence evidence, Phase phase) {
    Map<Goal, Double> now = figures(evidence.candidate());
    now.putAll(processes.getOrDefault(family.candidateService(), Map.of()));
    return family.goals().read(frozen.getOrDefault(family.name(), Map.of()), now, phase);
  }

  /// Freezes the legacy's figures when a canary is entered. Returns at once; they are kept at the
  /// next look.
  @Override
  public void entered(LedgerEntry entry) {
    FamilyState before = entry.before();
    FamilyState after = entry.after();
    if (entry.kind() == LedgerEntry.Kind.PROMOTE
        && before != null
        && after != null
        && before.phase().name() == Phase.Name.SHADOW
        && !after.phase().name().before(Phase.Name.CANARY)) {
      frozen.put(after.family(), alone.getOrDefault(after.family(), Map.of()));
      toBeKept.add(after.family());
    }
  }

  /// Asks the services and takes note of what the legacy does where it is still alone.
  ///
  /// @param known what is known of a family, by its name; null of one that is not configured
  void look(BanyanConfig config, Function<String, @Nullable Known> known) {
    Set<String> services = new HashSet<>();
    for (FamilyConfig family : config.families()) {
      if (family.goals().wanted().keySet().stream().anyMatch(Goal::ofTheProcess)) {
        services.add(family.legacyService());
        services.add(family.candidateService());
      }
    }
    processes.keySet().retainAll(services);
    for (String service : services) {
      URI page = config.metrics().get(service);
      if (page != null) {
        ask(service, page);
      }
    }
    for (FamilyConfig family : config.families()) {
      if (!family.goals().wanted().isEmpty()) {
        note(family, known.apply(family.name()));
      }
    }
    freeze(config);
  }

  private void ask(String service, URI page) {
    try {
      ProcessPage read = pages.fetch(page);
      Map<Goal, Double> uses = new EnumMap<>(Goal.class);
      read.memoryBytes().ifPresent(bytes -> uses.put(Goal.MEMORY, bytes));
      read.cpuSeconds()
          .ifPresent(seconds -> {
            long at = nanos.getAsLong();
            Cpu before = cpus.put(service, new Cpu(seconds, at));
            // Less than before is another process, which has only begun.
            if (before != null && seconds >= before.seconds() && at > before.at()) {
              uses.put(Goal.CPU, (seconds - before.seconds()) * 1e9 / (at - before.at()));
            }
          });
      processes.put(service, uses);
    } catch (IOException e) {
      processes.remove(service);
      cpus.remove(service);
      LOG.debug("the metrics of service {} are not there", service, e);
    }
  }

  private void note(FamilyConfig family, @Nullable Known known) {
    if (known != null && known.phase().name() == Phase.Name.SHADOW) {
      Map<Goal, Double> does = figures(known.evidence().legacy());
      does.putAll(processes.getOrDefault(family.legacyService(), Map.of()));
      alone.put(family.name(), does);
    }
  }

  private static Map<Goal, Double> figures(SideEvidence side) {
    Map<Goal, Double> figures = new EnumMap<>(Goal.class);
    if (side.requests() >= FEWEST) {
      figures.put(Goal.P50, side.p50().toNanos() / 1e6);
      figures.put(Goal.P99, side.p99().toNanos() / 1e6);
      figures.put(Goal.ERROR_RATE, side.errorRate());
    }
    return figures;
  }

  /// Keeps what was frozen here, and takes up what was frozen before a restart or by another
  /// replica.
  private void freeze(BanyanConfig config) {
    try {
      for (Standing standing : store.standings()) {
        String family = standing.state().family();
        boolean wanted =
            config.family(family).filter(each -> !each.goals().wanted().isEmpty()).isPresent();
        if (wanted) {
          freeze(family);
        }
      }
    } catch (UncheckedIOException e) {
      LOG.debug("the frozen figures are looked at again later", e);
    }
  }

  private void freeze(String family) {
    boolean ours = toBeKept.contains(family);
    Map<Goal, Double> figures = new EnumMap<>(Goal.class);
    if (ours) {
      figures.putAll(frozen.getOrDefault(family, Map.of()));
    } else {
      store.note(name(family)).ifPresent(text -> figures.putAll(figures(text)));
    }
    frozen.put(family, figures);
    if (ours) {
      store.note(name(family), text(figures));
      toBeKept.remove(family);
    }
  }

  private static String name(String family) {
    return "frozen-figures:" + family;
  }

  private static String text(Map<Goal, Double> figures) {
    Map<String, Double> words = new HashMap<>();
    figures.forEach((goal, figure) -> words.put(goal.word(), figure));
    return MAPPER.writeValueAsString(words);
  }

  private static Map<Goal, Double> figures(String text) {
    Map<Goal, Double> figures = new EnumMap<>(Goal.class);
    var document = MAPPER.readTree(text);
    for (Goal goal : Goal.values()) {
      if (document.path(goal.word()).isNumber()) {
        figures.put(goal, document.path(goal.word()).doubleValue());
      }
    }
    return figures;
  }

  @Override
  public void close() {
    pages.close();
  }
}
