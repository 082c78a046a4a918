package dev.banyan.demo.tour;

import dev.banyan.demo.candidate.Fault;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Compares what parity reports say with what is planted. Guarded by itself.
final class FaultHunt {
  private final Map<Fault, Long> found = new EnumMap<>(Fault.class);
  private final Map<Fault, String> kinds = new EnumMap<>(Fault.class);
  private final Set<String> falseAlarms = new TreeSet<>();

  /// Takes in a family's report from while the faults were planted.
  synchronized void planted(JsonNode report) {
    for (JsonNode endpoint : report.path("endpoints")) {
      for (JsonNode difference : endpoint.path("differences")) {
        if (counts(difference)) {
          enter(endpoint, difference);
        }
      }
    }
  }

  private void enter(JsonNode endpoint, JsonNode difference) {
    String method = endpoint.path("method").asString("");
    String template = endpoint.path("template").asString("");
    String where = difference.path("where").asString("");
    boolean explained = false;
    for (Fault fault : EnumSet.allOf(Fault.class)) {
      if (fault.at(method, template) && fault.explains(where)) {
        explained = true;
        if (fault.where().equals(where)) {
          found.put(fault, difference.path("count").asLong(1));
          kinds.put(fault, difference.path("kind").asString(""));
        }
      }
    }
    if (!explained) {
      falseAlarms.add("with faults planted: " + alarm(endpoint, difference));
    }
  }

  /// Takes in a family's report from while nothing was planted: every difference is a false alarm.
  synchronized void mended(JsonNode report) {
    for (JsonNode endpoint : report.path("endpoints")) {
      for (JsonNode difference : endpoint.path("differences")) {
        if (counts(difference)) {
          falseAlarms.add("with nothing planted: " + alarm(endpoint, difference));
        }
      }
    }
  }

  /// A cosmetic difference is no alarm: no client can see it.
  private static boolean counts(JsonNode difference) {
    return !difference.path("severity").asString("").equals("cosmetic");
  }

  private static String alarm(JsonNode endpoint, JsonNode difference) {
    JsonNode sample = difference.path("samples").path(0);
    return "%s %s: %s (%s), %s; %s"
        .formatted(
            endpoint.path("method").asString(""),
            endpoint.path("template").asString(""),
            difference.path("where").asString(""),
            difference.path("kind").asString(""),
            difference.path("severity").asString(""),
            sample);
  }

  synchronized boolean allFound() {
    return found.size() == Fault.values().length;
  }

  synchronized Set<Fault> missing() {
    Set<Fault> missing = EnumSet.allOf(Fault.class);
    missing.removeAll(found.keySet());
    return missing;
  }

  synchronized int found() {
    return found.size();
  }

  synchronized Set<String> falseAlarms() {
    return new TreeSet<>(falseAlarms);
  }

  synchronized long seen(Fault fault) {
    return found.getOrDefault(fault, 0L);
  }

  synchronized String kind(Fault fault) {
    return kinds.getOrDefault(fault, "-");
  }
}
