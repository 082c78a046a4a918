package dev.banyan.demo.tour;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What the control API says of one family, as far as the tour needs it.
///
/// @param readShare the candidate's share of the reads
/// @param writeShare the candidate's share of the writes
/// @param next the step that comes next, for people; null at the end
record Family(
    String name,
    String phase,
    @Nullable String weight,
    double readShare,
    double writeShare,
    long compared,
    long mismatched,
    Side legacy,
    Side candidate,
    @Nullable String next,
    List<Gate> gates) {

  /// One side's numbers.
  record Side(long requests, double errorRate, double p99Millis) {
    static Side of(JsonNode side) {
      return new Side(
          side.path("requests").asLong(0),
          side.path("errorRate").asDouble(0),
          side.path("p99Millis").asDouble(0));
    }
  }

  /// One gate's opinion.
  record Gate(String name, String opinion, String says, Map<String, Double> numbers) {
    Gate {
      numbers = Map.copyOf(numbers);
    }

    boolean open() {
      return opinion.equals("promote");
    }

    static Gate of(JsonNode gate) {
      Map<String, Double> numbers = new HashMap<>();
      gate.path("numbers")
          .properties()
          .forEach(number -> numbers.put(number.getKey(), number.getValue().asDouble(0)));
      return new Gate(
          gate.path("gate").asString(""),
          gate.path("opinion").asString(""),
          gate.path("says").asString(""),
          numbers);
    }
  }

  Family {
    gates = List.copyOf(gates);
  }

  static Family of(JsonNode family) {
    List<Gate> gates = new ArrayList<>();
    family.path("gates").forEach(gate -> gates.add(Gate.of(gate)));
    JsonNode next = family.path("next");
    return new Family(
        family.path("name").asString(""),
        family.path("phase").asString(""),
        family.path("weight").isString() ? family.path("weight").asString() : null,
        family.path("readShare").asDouble(0),
        family.path("writeShare").asDouble(0),
        family.path("parity").path("compared").asLong(0),
        family.path("parity").path("mismatched").asLong(0),
        Side.of(family.path("sides").path("legacy")),
        Side.of(family.path("sides").path("candidate")),
        next.isObject()
            ? words(
                next.path("phase").asString(""),
                next.path("weight").isString() ? next.path("weight").asString() : null)
            : null,
        gates);
  }

  private static String words(String phase, @Nullable String weight) {
    return weight == null ? phase : phase + " " + weight;
  }

  /// Phase and weight, for people.
  String place() {
    return words(phase, weight);
  }

  boolean retired() {
    return phase.equals("retired");
  }

  /// Whether nothing stands before the next step.
  boolean mayRise() {
    return next != null && gates.stream().allMatch(Gate::open);
  }

  /// The first gate that is not open yet.
  Optional<Gate> waitsFor() {
    return gates.stream().filter(gate -> !gate.open()).findFirst();
  }

  /// One number of a gate.
  Optional<Double> number(String gate, String number) {
    return gates.stream()
        .filter(each -> each.name().equals(gate))
        .flatMap(each -> Optional.ofNullable(each.numbers().get(number)).stream())
        .findFirst();
  }

  /// How much of the proof that the sides agree is there, from 0 to 1, by the endpoint that has
  /// least of it; empty where no gate asks for one.
  Optional<Double> proof() {
    Optional<Double> wanted = number("parity", "wantedLogE");
    return wanted.map(whole ->
        gates.stream()
            .filter(gate -> gate.name().equals("parity"))
            .flatMap(gate -> gate.numbers().entrySet().stream())
            .filter(number -> number.getKey().endsWith(" logE"))
            .mapToDouble(number -> Math.clamp(number.getValue() / whole, 0, 1))
            .min()
            .orElse(1));
  }

  /// How far it is on its whole way, from 0 to 1.
  double way() {
    return switch (phase) {
      case "shadow" -> 0.1;
      case "canary" -> 0.2 + 0.3 * readShare;
      case "reads" -> 0.6;
      case "writes" -> 0.6 + 0.3 * writeShare;
      case "retired" -> 1;
      default -> 0;
    };
  }
}
