package dev.banyan.parity;

import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.exchange.Response;
import dev.banyan.exchange.Verdict;
import dev.banyan.migration.Endpoint;
import dev.banyan.statistics.FalseDiscovery;
import dev.banyan.statistics.PairedTest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Learns which fields the legacy never gives twice alike, from **unconditional double samples**:
/// requests asked of it twice whether or not the candidate's answer differed. (Those asked again
/// because of a difference are biased, and must not be brought here.)
///
/// A field is classified ([VolatileClass]), never dropped: type, presence, form, alphabet and
/// length are still compared. What is learned holds for one exact place of one endpoint and status,
/// and expires unless it is seen again. Where a noisy field has no class, the paired test says
/// whether the candidate disagrees more often than the legacy does with itself ([#defects]).
///
/// May be used from any thread; one lock, never held for I/O. Memory is bounded by the limits: past
/// them nothing more is learned, so that a difference is told of rather than passed over.
public final class Noise {

  /// @param groups endpoints and statuses that are learned of
  /// @param fields of one of them, place and kind of difference
  /// @param disagreements of the legacy with itself before a field is classified
  /// @param expiry how long a class holds after the last disagreement
  public record Limits(int groups, int fields, int disagreements, Duration expiry) {
    public static final Limits STANDARD = new Limits(500, 200, 5, Duration.ofHours(24));

    public Limits {
      if (groups < 1 || fields < 1 || disagreements < 2 || !expiry.isPositive()) {
        throw new IllegalArgumentException(
            "groups and fields are at least 1, disagreements 2, and the expiry is above 0");
      }
    }
  }

  /// A class that has been learned, with its evidence.
  ///
  /// @param samples double samples of the endpoint and status
  /// @param disagreements of them in which the two values were not the same
  /// @param until when it expires
  public record Rule(
      Endpoint endpoint,
      int status,
      String where,
      VolatileClass volatileClass,
      long samples,
      long disagreements,
      Instant until) {}

  /// A field on which the candidate disagrees with the legacy more often than the noise explains.
  public record Defect(
      Endpoint endpoint,
      int status,
      String where,
      Kind kind,
      long against,
      long inFavour,
      double logE) {}

  private record Group(Endpoint endpoint, int status) {}

  private record Field(String where, Kind kind) {}

  /// Guarded by `this`.
  private static final class Learned {
    private long samples;
    private final Map<Field, FieldNoise> fields = new LinkedHashMap<>();
  }

  private final Comparison comparison;
  private final Limits limits;
  private final Map<Group, Learned> groups = new HashMap<>();

  public Noise(Comparison comparison, Limits limits) {
    this.comparison = comparison;
    this.limits = limits;
  }

  /// Learns from one double sample, and counts for the paired test.
  ///
  /// @param legacy the legacy's answer
  /// @param again its answer to the same request, asked again
  /// @param candidate the candidate's answer to it
  public void learn(
      Endpoint endpoint, Response legacy, Response again, Response candidate, Instant now) {
    List<Difference> own = differences(legacy, again);
    List<Difference> others = differences(legacy, candidate);
    synchronized (this) {
      Learned learned = group(endpoint, legacy.status());
      if (learned == null) {
        return;
      }
      learned.samples++;
      Set<Field> noisy = new HashSet<>();
      for (Difference difference : own) {
        Field key = new Field(difference.where(), difference.kind());
        noisy.add(key);
        field(learned, key)
            .ifPresent(field -> field.disagreed(difference.legacy(), difference.candidate(), now));
      }
      Set<Field> differing = new HashSet<>();
      for (Difference difference : others) {
        Field key = new Field(difference.where(), difference.kind());
        differing.add(key);
        if (!noisy.contains(key)) {
          field(learned, key).ifPresent(FieldNoise::countAgainst);
        }
      }
      for (Difference difference : own) {
        Field key = new Field(difference.where(), difference.kind());
        if (!differing.contains(key)) {
          field(learned, key).ifPresent(FieldNoise::countInFavour);
        }
      }
    }
  }

  /// Learns what the legacy never gives twice alike, and counts nothing for the paired test: for
  /// double samples of which the order of the answers, or a third one, says nothing.
  public void learn(Endpoint endpoint, Response legacy, Response again, Instant now) {
    List<Difference> own = differences(legacy, again);
    synchronized (this) {
      Learned learned = group(endpoint, legacy.status());
      if (learned == null) {
        return;
      }
      learned.samples++;
      for (Difference difference : own) {
        field(learned, new Field(difference.where(), difference.kind()))
            .ifPresent(field -> field.disagreed(difference.legacy(), difference.candidate(), now));
      }
    }
  }

  /// Whether fewer than so many double samples of an endpoint and status have been learned from,
  /// and more would be.
  public synchronized boolean wants(Endpoint endpoint, int status, int samples) {
    Learned learned = groups.get(new Group(endpoint, status));
    return learned == null ? groups.size() < limits.groups() : learned.samples < samples;
  }

  /// How often the legacy disagreed with itself at a place, from 0 to 1; null where it was never
  /// asked twice.
  public synchronized @Nullable Double share(
      Endpoint endpoint, int status, String where, Kind kind) {
    Learned learned = groups.get(new Group(endpoint, status));
    if (learned == null || learned.samples == 0) {
      return null;
    }
    FieldNoise field = learned.fields.get(new Field(where, kind));
    return field == null ? 0.0 : field.disagreements() / (double) learned.samples;
  }

  private List<Difference> differences(Response one, Response other) {
    return comparison.compare(one, other) instanceof Verdict.Mismatch mismatch
        ? mismatch.differences()
        : List.of();
  }

  private @Nullable Learned group(Endpoint endpoint, int status) {
    Group group = new Group(endpoint, status);
    return groups.size() >= limits.groups() && !groups.containsKey(group)
        ? null
        : groups.computeIfAbsent(group, _ -> new Learned());
  }

  private Optional<FieldNoise> field(Learned learned, Field field) {
    FieldNoise known = learned.fields.get(field);
    if (known == null && learned.fields.size() < limits.fields()) {
      known = new FieldNoise();
      learned.fields.put(field, known);
    }
    return Optional.ofNullable(known);
  }

  /// What is known at a moment of answers of an endpoint with a status, for comparing them.
  public synchronized Tolerance tolerance(Endpoint endpoint, int status, Instant now) {
    Learned learned = groups.get(new Group(endpoint, status));
    if (learned == null) {
      return Tolerance.NONE;
    }
    Map<String, VolatileClass> classes = new HashMap<>();
    Set<String> unordered = new HashSet<>();
    learned.fields.forEach((field, noise) -> {
      if (!noise.expired(now, limits.expiry())) {
        classOf(learned, field, noise).ifPresent(found -> classes.put(field.where(), found));
        if (field.kind() == Kind.ORDER
            && noise.isUnordered(learned.samples, limits.disagreements())) {
          unordered.add(field.where());
        }
      }
    });
    return difference ->
        switch (difference.kind()) {
          case ORDER -> unordered.contains(difference.where());
          case VALUE, SPELLING -> fits(classes.get(difference.where()), difference);
          case MISSING, EXTRA, TYPE, UNDECODABLE, FAILED -> false;
        };
  }

  private Optional<VolatileClass> classOf(Learned learned, Field field, FieldNoise noise) {
    return field.kind() == Kind.VALUE
        ? noise.volatileClass(learned.samples, limits.disagreements())
        : Optional.empty();
  }

  private static boolean fits(@Nullable VolatileClass found, Difference difference) {
    String legacy = difference.legacy();
    String candidate = difference.candidate();
    return found != null
        && legacy != null
        && candidate != null
        && found.fits(legacy)
        && found.fits(candidate);
  }

  /// Every class that holds at a moment, with its evidence.
  public synchronized List<Rule> rules(Instant now) {
    List<Rule> rules = new ArrayList<>();
    groups.forEach((group, learned) ->
        learned.fields.forEach((field, noise) -> {
          if (!noise.expired(now, limits.expiry())) {
            classOf(learned, field, noise)
                .ifPresent(found ->
                    rules.add(
                        new Rule(
                            group.endpoint(),
                            group.status(),
                            field.where(),
                            found,
                            learned.samples,
                            noise.disagreements(),
                            noise.last().plus(limits.expiry()))));
          }
        }));
    return rules;
  }

  /// The fields whose differences noise does not explain, with at most a given share of false ones
  /// expected among them.
  public synchronized List<Defect> defects(double share) {
    List<Defect> all = new ArrayList<>();
    groups.forEach((group, learned) ->
        learned.fields.forEach((field, noise) ->
            all.add(
                new Defect(
                    group.endpoint(),
                    group.status(),
                    field.where(),
                    field.kind(),
                    noise.against(),
                    noise.inFavour(),
                    PairedTest.logE(noise.against(), noise.inFavour())))));
    double[] logs = all.stream().mapToDouble(Defect::logE).toArray();
    return Arrays.stream(FalseDiscovery.rejected(logs, share)).mapToObj(all::get).toList();
  }

  /// Forgets everything: a side was deployed anew, or its data.
  public synchronized void reset() {
    groups.clear();
  }
}
