package dev.banyan.parity;

import dev.banyan.exchange.Difference.Kind;
import dev.banyan.migration.Severity;
import dev.banyan.parity.Multipart.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Compares two multipart bodies part by part: by the names of a form's fields where all parts have
/// one, otherwise in the order in which they stand. Boundaries are not compared: they are drawn
/// anew for every message. Used by one thread.
final class MultipartComparison {
  private final BodyComparison bodies;
  private final Differences differences;

  MultipartComparison(BodyComparison bodies, Differences differences) {
    this.bodies = bodies;
    this.differences = differences;
  }

  void compare(JsonPath place, List<Part> legacy, List<Part> candidate, int nesting) {
    boolean named =
        legacy.stream().allMatch(part -> part.name().isPresent())
            && candidate.stream().allMatch(part -> part.name().isPresent());
    if (!named) {
      inOrder(place.element(), legacy, candidate, nesting);
      return;
    }
    Map<String, List<Part>> left = byName(legacy);
    Map<String, List<Part>> right = byName(candidate);
    Set<String> names = new LinkedHashSet<>(left.keySet());
    names.addAll(right.keySet());
    for (String name : names) {
      inOrder(
          place.key(name),
          left.getOrDefault(name, List.of()),
          right.getOrDefault(name, List.of()),
          nesting);
    }
  }

  private static Map<String, List<Part>> byName(List<Part> parts) {
    Map<String, List<Part>> byName = new LinkedHashMap<>();
    for (Part part : parts) {
      byName.computeIfAbsent(part.name().orElse(""), _ -> new ArrayList<>(1)).add(part);
    }
    return byName;
  }

  private void inOrder(JsonPath place, List<Part> legacy, List<Part> candidate, int nesting) {
    int both = Math.min(legacy.size(), candidate.size());
    for (int i = 0; i < both; i++) {
      parts(place, legacy.get(i), candidate.get(i), nesting);
    }
    String where = "body:" + place;
    for (Part lost : legacy.subList(both, legacy.size())) {
      differences.add(where, Kind.MISSING, Severity.BREAKING, lost.content().shown(), null);
    }
    for (Part added : candidate.subList(both, candidate.size())) {
      differences.add(where, Kind.EXTRA, Severity.RISKY, null, added.content().shown());
    }
  }

  private void parts(JsonPath place, Part legacy, Part candidate, int nesting) {
    MediaType left = legacy.content().type();
    MediaType right = candidate.content().type();
    if (!left.name().equals(right.name()) || !left.charset().equals(right.charset())) {
      differences.add(
          "body:" + place.key("content-type"),
          Kind.VALUE,
          Severity.BREAKING,
          left.name() + " " + left.charset(),
          right.name() + " " + right.charset());
    }
    String file = legacy.parameter("filename").orElse("");
    String theirFile = candidate.parameter("filename").orElse("");
    if (!file.equals(theirFile)) {
      differences.add(
          "body:" + place.key("filename"),
          Kind.VALUE,
          Severity.BREAKING,
          Content.cut(file),
          Content.cut(theirFile));
    }
    bodies.compare(place, legacy.content(), candidate.content(), nesting);
  }
}
