package dev.banyan.compare;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Comparison;
import dev.banyan.parity.Noise;
import dev.banyan.parity.Tolerance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The legacy's noise, from asking it twice for every safe request, and what it explains.
///
/// Classes of volatile fields are known only after some samples, so mismatches wait until the end,
/// with one value of each form that they had. Then each difference is settled: a value of its
/// field's class is none; one on a field that is noisy without a class, and which the paired test
/// does not name a defect, leaves the exchange undecided (raced); every other one stands.
///
/// Bounded: of more mismatches than it holds, those that come later are settled by what is known
/// when they come. Used by one thread.
final class PairNoise {
  private static final int WAITING = 20_000;
  private static final int GROUPS = 500;
  private static final int FIELDS = 200;

  /// Of false discoveries among the noisy fields that are named defects.
  private static final double SHARE = 0.05;

  private record Group(Endpoint endpoint, int status) {}

  private record Field(String where, Kind kind) {
    static Field of(Difference difference) {
      return new Field(difference.where(), difference.kind());
    }
  }

  private static final class Own {
    private long samples;
    private final Map<Field, Long> disagreements = new HashMap<>();
  }

  private final Comparison comparison;
  private final Noise noise;
  private final Map<Group, Own> groups = new HashMap<>();
  private final List<Judged> waiting = new ArrayList<>();
  private @Nullable List<Noise.Rule> rules;
  private Instant rulesAt = Instant.MIN;

  PairNoise(Comparison comparison) {
    this.comparison = comparison;
    this.noise = new Noise(comparison, Noise.Limits.STANDARD);
  }

  void learn(Endpoint endpoint, Response legacy, Response again, Response candidate, Instant now) {
    noise.learn(endpoint, legacy, again, candidate, now);
    Group group = new Group(endpoint, legacy.status());
    if (groups.size() >= GROUPS && !groups.containsKey(group)) {
      return;
    }
    Own own = groups.computeIfAbsent(group, _ -> new Own());
    own.samples++;
    if (comparison.compare(legacy, again) instanceof Verdict.Mismatch mismatch) {
      for (Difference difference : mismatch.differences()) {
        Field field = Field.of(difference);
        if (own.disagreements.size() < FIELDS || own.disagreements.containsKey(field)) {
          own.disagreements.merge(field, 1L, Long::sum);
        }
      }
    }
  }

  Tolerance tolerance(Endpoint endpoint, int status, Instant now) {
    return noise.tolerance(endpoint, status, now);
  }

  /// How often the legacy differed from itself at a place; null where it was not asked twice.
  @Nullable Double rate(Endpoint endpoint, int status, String where, Kind kind) {
    Own own = groups.get(new Group(endpoint, status));
    return own == null || own.samples == 0 || where.startsWith("effect ")
        ? null
        : (double) own.disagreements.getOrDefault(new Field(where, kind), 0L) / own.samples;
  }

  void add(Judged judged, Instant now, Consumer<Judged> settled) {
    if (!judged.isMismatch()) {
      settled.accept(judged);
    } else if (waiting.size() < WAITING) {
      waiting.add(judged);
    } else {
      settled.accept(settle(judged, Set.of(), now));
    }
  }

  /// @param latest an endpoint's name by what is known at the end, which most of the samples have
  void settle(Instant now, UnaryOperator<Endpoint> latest, Consumer<Judged> settled) {
    Map<Group, Set<Field>> defects = new HashMap<>();
    for (Noise.Defect defect : noise.defects(SHARE)) {
      defects
          .computeIfAbsent(new Group(defect.endpoint(), defect.status()), _ -> new HashSet<>())
          .add(new Field(defect.where(), defect.kind()));
    }
    for (Judged early : waiting) {
      Judged judged = early.at(latest.apply(early.endpoint()));
      Group group = new Group(judged.endpoint(), judged.status());
      settled.accept(settle(judged, defects.getOrDefault(group, Set.of()), now));
    }
    waiting.clear();
  }

  private Judged settle(Judged judged, Set<Field> defects, Instant now) {
    Tolerance tolerance = noise.tolerance(judged.endpoint(), judged.status(), now);
    Own own = groups.get(new Group(judged.endpoint(), judged.status()));
    Set<String> classified = classified(judged, now);
    List<Difference> rest = new ArrayList<>();
    boolean undecided = false;
    for (Difference difference : judged.differences()) {
      Field field = Field.of(difference);
      boolean noisy = own != null && own.disagreements.getOrDefault(field, 0L) > 0;
      if (explained(judged, field, tolerance)) {
        continue;
      }
      // of a known class, and yet not of its form: no noise makes that
      boolean misfit = classified.contains(field.where());
      if (noisy && !misfit && !defects.contains(field)) {
        undecided |= difference.severity() != Severity.COSMETIC;
        continue;
      }
      rest.add(difference);
    }
    Judged left = judged.with(Judged.COMPARED, rest);
    return undecided && !left.isMismatch() ? judged.with(Judged.RACED, List.of()) : left;
  }

  private Set<String> classified(Judged judged, Instant now) {
    Set<String> places = new HashSet<>();
    for (Noise.Rule rule : rules(now)) {
      if (rule.endpoint().equals(judged.endpoint()) && rule.status() == judged.status()) {
        places.add(rule.where());
      }
    }
    return places;
  }

  /// Read once for all that waits.
  private List<Noise.Rule> rules(Instant now) {
    List<Noise.Rule> known = rules;
    if (known == null || !now.equals(rulesAt)) {
      known = noise.rules(now);
      rules = known;
      rulesAt = now;
    }
    return known;
  }

  /// Whether every form of value that differs at a place is of the place's class.
  private static boolean explained(Judged judged, Field field, Tolerance tolerance) {
    List<Difference> forms =
        judged.forms().stream().filter(form -> Field.of(form).equals(field)).toList();
    return !forms.isEmpty() && forms.stream().allMatch(tolerance::tolerates);
  }
}
