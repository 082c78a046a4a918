package dev.banyan.cutover;

import dev.banyan.migration.Evidence;
import dev.banyan.migration.FamilyState;
import dev.banyan.migration.ParityEvidence;
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

  /// How often it is told that what another process saw can not be read.
  private static final long TOLD_NANOS = Duration.ofMinutes(1).toNanos();

  /// When it was told last, by the monotonic clock; null before.
  private volatile @Nullable Long unreadable;

  Families(CutoverPorts ports, List<Standing> known) {
    this.ports = ports;
    long now = ports.nanos().getAsLong();
    for (Standing standing : known) {
      all.put(standing.state().family(), new Family(standing, ports.replicas().alone(), now));
    }
  }

  /// The family that the store has a standing of, which may be one that it did not have before.
  Family of(Standing stored) {
    return all.computeIfAbsent(
        stored.state().family(),
        _ -> new Family(stored, ports.replicas().alone(), ports.nanos().getAsLong()));
  }

  /// The family of a name, which may be one that nobody knew before.
  Family named(String name) {
    return all.computeIfAbsent(name, this::firstSeen);
  }

  /// All that are known, configured or not.
  List<Family> all() {
    return List.copyOf(all.values());
  }

  /// Those that have moved and that a store does not have.
  List<Family> movedBut(List<Standing> stored) {
    Set<String> there =
        stored.stream().map(each -> each.state().family()).collect(Collectors.toUnmodifiableSet());
    return all.entrySet().stream()
        .filter(each -> !there.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .filter(family -> family.standing().state().epoch() > 0)
        .toList();
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
      Family family = named(policy.family());
      if (family.policy() == null) {
        // While nobody claimed its routes, the legacy answered them.
        family.beginSoak(ports.nanos().getAsLong());
      }
      family.policy(policy);
    }
  }

  private Family firstSeen(String name) {
    FamilyState state = FamilyState.initial(name, ports.clock().instant());
    return new Family(
        new Standing(state, null), ports.replicas().alone(), ports.nanos().getAsLong());
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

  /// To be taken ahead of looking at the evidence.
  EvidencePeriod period(Configured found) {
    return new EvidencePeriod(
        found.family().periods(), ports.comparisons().period(found.policy().family()));
  }

  /// Throws a family's comparisons away, and returns why that is not on the disk, or null. What was
  /// decided on them and is not written yet is not written any more.
  @Nullable String compareAnew(String name) {
    try {
      ports.comparisons().anew(name);
      return null;
    } catch (UncheckedIOException e) {
      log.error("the comparisons of {} can not be begun anew", name, e);
      return String.valueOf(e.getMessage());
    } finally {
      // Behind that: whoever took the period before has perhaps looked at what is thrown away.
      named(name).comparedAnew();
    }
  }

  /// The same, and what was known of its rows.
  @Nullable String beginAnew(String name) {
    try {
      ports.rows().forget(name);
    } catch (UncheckedIOException e) {
      log.error("what was known of the rows of {} can not be forgotten", name, e);
      return String.valueOf(e.getMessage());
    }
    return compareAnew(name);
  }

  /// Takes in what has happened since it was last asked.
  void fold(Configured found, long now) {
    Family family = found.family();
    FamilyPolicy policy = found.policy();
    Standing standing = family.steered();
    long epoch = standing.state().epoch();
    TickDigest tick = TickDigest.of(ports.traffic().tick(policy.family(), epoch));
    family.own().take(standing, policy, tick, since(family, now));
    ParityEvidence compared = ports.comparisons().evidence(policy.family());
    family.comparisons().take(epoch, policy.parityLimit(), compared, now);
    legacyAnswered(family, tick, now);
    if (!ports.replicas().alone() && !tick.empty()) {
      ports.replicas().give(policy.family(), epoch, tick.encode());
    }
  }

  /// Takes in what some process saw, this one included. What is of another epoch is left out.
  void fold(String name, long epoch, byte[] digest) {
    Configured found = find(name).orElse(null);
    if (found == null) {
      return;
    }
    Family family = found.family();
    Standing standing = family.steered();
    if (standing.state().epoch() != epoch) {
      return;
    }
    long now = ports.nanos().getAsLong();
    try {
      TickDigest tick = TickDigest.decode(digest);
      family.all().take(standing, found.policy(), tick, since(family, now));
      legacyAnswered(family, tick, now);
    } catch (IllegalArgumentException e) {
      // Of another version of this program, say. It is left out, or what came with it would be too.
      Long told = unreadable;
      if (told == null || now - told >= TOLD_NANOS) {
        unreadable = now;
        log.error(
            "what a replica saw of {} can not be read, and is left out; do all run one version?",
            name,
            e);
      }
    }
  }

  private static void legacyAnswered(Family family, TickDigest tick, long now) {
    if (tick.legacy().requests() > 0) {
      family.legacySeen(now);
    }
  }

  private static Duration since(Family family, long now) {
    return Duration.ofNanos(now - family.enteredAt());
  }

  /// What the legacy is measured by in the step after this one.
  Baseline yardstick(Situation situation) {
    FamilyPolicy policy = situation.policy();
    return situation.step().baseline(situation.standing().baseline(), policy.gates().baseline());
  }

  /// What the gates read, for a standing and a step: all processes' evidence, or this one's own
  /// while it is cut off from the others. Never waits.
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
        ports.rows().of(configured.policy().family()),
        ports.comparisons().evidence(configured.policy().family()),
        (ports.replicas().cutOff() ? family.own() : family.all())
            .step(standing, configured.policy()),
        family.comparisons().of(standing.state().epoch()),
        Duration.ofNanos(now - family.enteredAt()),
        Duration.ofNanos(now - family.legacySeenAt()));
  }
}
