package dev.banyan.compare;

import dev.banyan.compare.ComparisonReport.Habit;
import dev.banyan.compare.Tally.Counts;
import dev.banyan.compare.Tally.Field;
import dev.banyan.compare.Tally.Found;
import dev.banyan.compare.Tally.Group;
import dev.banyan.migration.Endpoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Header differences that hold in the same way on nearly every endpoint: the habit of a side, such
/// as a framework's default, and no fault of any endpoint.
///
/// In the same way: the same header, kind and severity, and where both have a value, the same two
/// values. An endpoint counts where at least half of its answers have it. Endpoints whose answers
/// differ in status have no say, as their headers are not compared.
final class Habits {
  private static final double SHARE = 0.8;
  private static final int FEWEST = 3;

  private final Map<Group, Counts> groups;

  Habits(Map<Group, Counts> groups) {
    this.groups = groups;
  }

  Set<Field> fields() {
    Map<Field, Set<Endpoint>> having = having();
    int voters = voters();
    Set<Field> habits = new HashSet<>();
    having.forEach((field, endpoints) -> {
      if (endpoints.size() >= FEWEST && endpoints.size() >= SHARE * voters) {
        habits.add(field);
      }
    });
    return habits;
  }

  private int voters() {
    Set<Endpoint> voters = new HashSet<>();
    groups.forEach((group, counts) -> {
      boolean refused =
          counts.fields.entrySet().stream()
              .anyMatch(each ->
                  Set.of("status", "answer").contains(each.getKey().where())
                      && each.getValue().count == counts.compared);
      if (!refused) {
        voters.add(group.endpoint());
      }
    });
    return voters.size();
  }

  private Map<Field, Set<Endpoint>> having() {
    Map<Field, Set<Endpoint>> having = new HashMap<>();
    groups.forEach((group, counts) ->
        counts.fields.forEach((field, found) -> {
          if (field.isHeader() && field.variant() != null && found.count * 2 >= counts.compared) {
            having.computeIfAbsent(field, _ -> new HashSet<>()).add(group.endpoint());
          }
        }));
    return having;
  }

  /// The habits as they are reported, the most severe first.
  List<Habit> told(Set<Field> habits, BiFunction<String, @Nullable String, String> shown) {
    Map<Field, Set<Endpoint>> having = having();
    List<Habit> told = new ArrayList<>();
    for (Field field : habits) {
      Found found =
          groups.values().stream()
              .filter(counts -> counts.fields.containsKey(field))
              .map(counts -> counts.fields.get(field))
              .findFirst()
              .orElseThrow();
      told.add(
          new Habit(
              field.where().substring("header:".length()),
              field.kind(),
              field.severity(),
              having.getOrDefault(field, Set.of()).size(),
              shown.apply(field.where(), found.first.legacy()),
              shown.apply(field.where(), found.first.candidate())));
    }
    told.sort(Comparator.comparing(Habit::severity).thenComparing(Habit::name));
    return told;
  }
}
