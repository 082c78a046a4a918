package dev.banyan.cutover;

import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.Phase;
import dev.banyan.migration.Side;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The families that [Cutover] moves, and what is known about each at this moment. Any thread may
/// read.
final class Families {
  private static final Logger log = LoggerFactory.getLogger(Families.class);

  private final CutoverPorts ports;
  private final Map<String, Family> all = new ConcurrentHashMap<>();

  Families(CutoverPorts ports) {
    this.ports = ports;
    long now = ports.nanos().getAsLong();
    for (Standing standing : ports.store().standings()) {
      all.put(standing.state().family(), new Family(standing, now));
    }
  }

  /// A family with the policy that it has now.
  record Configured(Family family, FamilyPolicy policy) {}

  /// Gives the named families their policies and takes them from all others.
  void configure(List<FamilyPolicy> policies) {
    Set<String> named =
        policies.stream().map(FamilyPolicy::family).collect(Collectors.toUnmodifiableSet());
    all.forEach((name, family) -> {
      if (!named.contains(name)) {
        family.policy(null);
      }
    });
    for (FamilyPolicy policy : policies) {
      Family family = all.computeIfAbsent(policy.family(), this::firstSeen);
      if (family.policy() == null) {
        // While nobody claimed its routes, the legacy answered them.
        family.beginSoak(ports.nanos().getAsLong());
      }
      family.policy(policy);
    }
  }

  private Family firstSeen(String name) {
    FamilyState state = FamilyState.initial(name, ports.clock().instant());
    return new Family(new Standing(state, null), ports.nanos().getAsLong());
  }

  Optional<Configured> find(String name) {
    Family family = all.get(name);
    FamilyPolicy policy = family == null ? null : family.policy();
    return family == null || policy == null
        ? Optional.empty()
        : Optional.of(new Configured(family, policy));
  }

  void forEach(Consumer<Configured> action) {
    for (Family family : all.values()) {
      FamilyPolicy policy = family.policy();
      if (policy != null) {
        action.accept(new Configured(family, policy));
      }
    }
  }

  /// The configured ones' states, by name.
  List<FamilyState> states() {
    Map<String, FamilyState> sorted = new TreeMap<>();
    forEach(found -> sorted.put(found.policy().family(), found.family().state()));
    return List.copyOf(sorted.values());
  }

  Evidence evidence(String name, long epoch) {
    return new Evidence(
        name,
        epoch,
        ports.traffic().total(name, epoch, Side.LEGACY),
        ports.traffic().total(name, epoch, Side.CANDIDATE),
        ports.comparisons().evidence(name));
  }

  /// Throws a family's comparisons away, and returns why that is not on the disk, or null.
  @Nullable String compareAnew(String name) {
    try {
      ports.comparisons().anew(name);
      return null;
    } catch (UncheckedIOException e) {
      log.error("the comparisons of {} can not be begun anew", name, e);
      return String.valueOf(e.getMessage());
    }
  }

  /// What the gates read, for a standing and a step. Never waits.
  Situation situation(Configured configured, Standing standing, @Nullable Phase next) {
    CandidateHealth.Answer known = ports.health().last(configured.policy().family());
    return situation(configured, standing, next, known);
  }

  /// The same, for a step that somebody wants now: what can be asked is asked, which may wait.
  Situation askedSituation(Configured configured, Standing standing, Phase next) {
    String name = configured.policy().family();
    CandidateHealth.Answer health =
        standing.state().phase().name() == Phase.Name.LEGACY
            ? ports.health().ask(name)
            : ports.health().last(name);
    return situation(configured, standing, next, health);
  }

  private Situation situation(
      Configured configured,
      Standing standing,
      @Nullable Phase next,
      CandidateHealth.Answer health) {
    Family family = configured.family();
    long now = ports.nanos().getAsLong();
    return new Situation(
        configured.policy(),
        standing,
        next,
        health,
        ports.comparisons().evidence(configured.policy().family()),
        family.step(standing, configured.policy()),
        Duration.ofNanos(now - family.enteredAt()),
        Duration.ofNanos(now - family.legacySeenAt()));
  }
}
