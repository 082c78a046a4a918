package dev.banyan.compare;

import dev.banyan.compare.ComparisonReport.Compared;
import dev.banyan.compare.ComparisonReport.Different;
import dev.banyan.compare.ComparisonReport.Example;
import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.compare.ComparisonReport.Parity;
import dev.banyan.exchange.Difference;
import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Endpoint;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Redaction;
import dev.banyan.statistics.RateBound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Counts what came of each request by endpoint, place and kind, with one example each.
///
/// Besides, it counts which sets of differences came together, so that a request whose only
/// differences turn out to be habits can be counted as a match at the end. Bounded, whatever the
/// file: what is over is counted at `(other)`. Used by one thread.
final class Tally {
  private static final double CONFIDENCE = 0.95;
  private static final int ENDPOINTS = 500;
  private static final int FIELDS = 200;
  private static final int VARIANTS = 8;
  private static final int SETS = 500;
  private static final int REASONS = 100;
  private static final Endpoint OTHER = new Endpoint("*", "(other)");

  /// @param variant both values of a header, where it can become a habit; null elsewhere
  record Field(String where, Kind kind, Severity severity, @Nullable String variant) {
    boolean isHeader() {
      return where.startsWith("header:");
    }
  }

  record Group(Endpoint endpoint, int status) {}

  static final class Found {
    long count;
    final Difference first;
    final String place;
    final String request;

    Found(Difference first, Judged judged) {
      this.first = first;
      this.place = judged.place();
      this.request = judged.request();
    }
  }

  static final class Counts {
    long compared;
    final Map<Field, Found> fields = new LinkedHashMap<>();
    final Map<Set<Field>, Long> sets = new HashMap<>();
    long otherSets;

    void add(Counts other) {
      compared += other.compared;
      otherSets += other.otherSets;
      other.sets.forEach((set, times) -> sets.merge(set, times, Long::sum));
      other.fields.forEach((field, found) -> {
        Found known = fields.putIfAbsent(field, found);
        if (known != null) {
          known.count += found.count;
        }
      });
    }
  }

  private final @Nullable Redaction redaction;
  private final Map<Group, Counts> groups = new LinkedHashMap<>();
  private final Map<String, Long> skipped = new TreeMap<>();
  private long requests;
  private long raced;

  /// @param redaction of examples; null to show values as they are
  Tally(@Nullable Redaction redaction) {
    this.redaction = redaction;
  }

  /// One request or entry of the file, whatever comes of it.
  void entry() {
    requests++;
  }

  void skip(String reason) {
    boolean room = skipped.size() < REASONS || skipped.containsKey(reason);
    skipped.merge(room ? reason : "other", 1L, Long::sum);
  }

  void add(Judged judged) {
    switch (judged.outcome()) {
      case Judged.Outcome.Compared _ -> compared(judged);
      case Judged.Outcome.Raced _ -> raced++;
      case Judged.Outcome.Skipped outcome -> skip(outcome.reason());
    }
  }

  private void compared(Judged judged) {
    Group group = new Group(judged.endpoint(), judged.status());
    boolean room = groups.size() < ENDPOINTS || groups.containsKey(group);
    Counts counts = groups.computeIfAbsent(room ? group : new Group(OTHER, 0), _ -> new Counts());
    counts.compared++;
    Set<Field> serious = new HashSet<>();
    for (Difference difference :
        judged.isMismatch() ? judged.differences() : List.<Difference>of()) {
      Field field = field(counts, difference);
      Found found = counts.fields.computeIfAbsent(field, _ -> new Found(difference, judged));
      found.count++;
      if (field.severity() != Severity.COSMETIC) {
        serious.add(field);
      }
    }
    if (!serious.isEmpty()) {
      if (counts.sets.size() < SETS || counts.sets.containsKey(serious)) {
        counts.sets.merge(serious, 1L, Long::sum);
      } else {
        counts.otherSets++;
      }
    }
  }

  private static Field field(Counts counts, Difference difference) {
    Field plain = new Field(difference.where(), difference.kind(), difference.severity(), null);
    if (counts.fields.size() >= FIELDS && !counts.fields.containsKey(plain)) {
      return new Field("(other)", Kind.VALUE, difference.severity(), null);
    }
    if (!plain.isHeader()) {
      return plain;
    }
    String values =
        difference.kind() == Kind.VALUE ? difference.legacy() + "\n" + difference.candidate() : "";
    Field variant = new Field(plain.where(), plain.kind(), plain.severity(), values);
    long variants =
        counts.fields.keySet().stream().filter(each -> each.where().equals(plain.where())).count();
    return variants < VARIANTS || counts.fields.containsKey(variant) ? variant : plain;
  }

  /// How often the legacy differs from itself at a place, or null.
  interface NoiseRate {
    @Nullable Double of(Endpoint endpoint, int status, String where, Kind kind);
  }

  /// What is told in the end. Habits are taken out of the endpoints.
  ///
  /// @param latest an endpoint's name by what is known at the end
  Totals totals(UnaryOperator<Endpoint> latest, NoiseRate noise) {
    Map<Group, Counts> groups = joined(latest);
    Set<Field> habits = new Habits(groups).fields();
    List<Compared> endpoints = new ArrayList<>();
    long compared = 0;
    long mismatched = 0;
    for (Map.Entry<Group, Counts> each : groups.entrySet()) {
      Counts counts = each.getValue();
      long wrong = counts.otherSets;
      for (Map.Entry<Set<Field>, Long> set : counts.sets.entrySet()) {
        wrong += habits.containsAll(set.getKey()) ? 0 : set.getValue();
      }
      compared += counts.compared;
      mismatched += wrong;
      endpoints.add(compared(each.getKey(), counts, wrong, habits, noise));
    }
    endpoints.sort(WORST_FIRST);
    double rate = compared == 0 ? 0 : (double) (compared - mismatched) / compared;
    double bound = RateBound.lower(compared, mismatched, CONFIDENCE);
    double coverage = requests == 0 ? 0 : (double) compared / requests;
    return new Totals(
        compared,
        mismatched,
        raced,
        skipped,
        endpoints,
        new Habits(groups).told(habits, this::shown),
        new Parity(rate, bound, CONFIDENCE, coverage));
  }

  /// Those that turned out to be one endpoint together. Those that had the name from the start come
  /// first, so that the example is one whose path was not taken for words of the API.
  private Map<Group, Counts> joined(UnaryOperator<Endpoint> latest) {
    Map<Group, Counts> joined = new LinkedHashMap<>();
    groups.forEach((group, counts) -> {
      if (latest.apply(group.endpoint()).equals(group.endpoint())) {
        joined.put(group, counts);
      }
    });
    groups.forEach((group, counts) -> {
      Endpoint endpoint = latest.apply(group.endpoint());
      if (!endpoint.equals(group.endpoint())) {
        joined.computeIfAbsent(new Group(endpoint, group.status()), _ -> new Counts()).add(counts);
      }
    });
    return joined;
  }

  record Totals(
      long compared,
      long mismatched,
      long raced,
      Map<String, Long> skipped,
      List<Compared> endpoints,
      List<Habit> habits,
      Parity parity) {}

  private static final Comparator<Compared> WORST_FIRST =
      Comparator.comparing(Tally::worst)
          .thenComparing(Comparator.comparingLong(Compared::mismatched).reversed())
          .thenComparing(Compared::template)
          .thenComparing(Compared::method)
          .thenComparingInt(Compared::status);

  private static Severity worst(Compared compared) {
    return compared.differences().isEmpty()
        ? Severity.COSMETIC
        : compared.differences().getFirst().severity();
  }

  private Compared compared(
      Group group, Counts counts, long mismatched, Set<Field> habits, NoiseRate noise) {
    Map<Field, Different> merged = new LinkedHashMap<>();
    counts.fields.forEach((field, found) -> {
      if (!habits.contains(field)) {
        Field plain = new Field(field.where(), field.kind(), field.severity(), null);
        merged.merge(plain, different(group, field, found, noise), Tally::sum);
      }
    });
    List<Different> differences = new ArrayList<>(merged.values());
    differences.sort(
        Comparator.comparing(Different::severity)
            .thenComparing(Comparator.comparingLong(Different::count).reversed())
            .thenComparing(Different::where)
            .thenComparing(Different::field));
    return new Compared(
        group.endpoint().method(),
        group.endpoint().template(),
        group.status(),
        counts.compared,
        mismatched,
        differences);
  }

  private static Different sum(Different one, Different other) {
    return new Different(
        one.where(),
        one.field(),
        one.kind(),
        one.severity(),
        one.count() + other.count(),
        one.noise(),
        one.hint(),
        one.example());
  }

  private Different different(Group group, Field field, Found found, NoiseRate noise) {
    int colon = field.where().indexOf(':');
    String where = colon < 0 ? field.where() : field.where().substring(0, colon);
    String name = colon < 0 ? "" : field.where().substring(colon + 1);
    Difference first = found.first;
    return new Different(
        where,
        name,
        field.kind(),
        field.severity(),
        found.count,
        noise.of(group.endpoint(), group.status(), field.where(), field.kind()),
        Hints.of(where, name, field.kind(), first.legacy(), first.candidate()).orElse(null),
        new Example(
            found.place,
            found.request,
            shown(field.where(), first.legacy()),
            shown(field.where(), first.candidate())));
  }

  private String shown(String where, @Nullable String value) {
    if (redaction != null) {
      boolean effect = where.startsWith("effect ");
      return redaction.value(effect ? where.substring("effect ".length()) : where, value);
    }
    return value == null ? Redaction.ABSENT : value;
  }
}
