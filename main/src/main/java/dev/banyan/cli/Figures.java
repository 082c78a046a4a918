package dev.banyan.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Figures of the API's documents as people read them; `-` where there is none.
final class Figures {
  private Figures() {}

  static String count(JsonNode number) {
    return String.format(Locale.ROOT, "%,d", number.asLong());
  }

  /// Never rounded up: 0.99999 is not 100%.
  static String match(JsonNode parity) {
    return share(parity.path("rate"), RoundingMode.DOWN);
  }

  /// A share of something good, never rounded up.
  static String share(JsonNode share) {
    return share(share, RoundingMode.DOWN);
  }

  /// A share of something bad, never rounded down.
  static String shareUp(JsonNode share) {
    return share(share, RoundingMode.UP);
  }

  /// Never rounded down: 0.00001 is not 0%.
  static String errors(JsonNode side) {
    return share(side.path("errorRate"), RoundingMode.UP);
  }

  static String p99(JsonNode side) {
    JsonNode p99 = side.path("p99Millis");
    return p99.isNumber() ? millis(p99.asDouble()) : "-";
  }

  static String millis(double millis) {
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
  }

  /// A place on the ladder, such as `canary at 5%`.
  static String step(JsonNode step) {
    if (!step.isObject()) {
      return "-";
    }
    String phase = step.path("phase").asString("");
    JsonNode weight = step.path("weight");
    return weight.isString() ? phase + " at " + weight.stringValue() : phase;
  }

  /// Where a family stands, and whether that was proved.
  static String phase(JsonNode family) {
    return step(family) + (family.path("unproven").asBoolean(false) ? ", unproven" : "");
  }

  /// A moment to the second: what is finer is for programs, which read the JSON.
  static String moment(JsonNode instant) {
    return instant.asString("").replaceFirst("\\.\\d+Z$", "Z");
  }

  static String gate(JsonNode gate) {
    return gate.path("gate").asString("")
        + " ("
        + gate.path("opinion").asString("")
        + "): "
        + gate.path("says").asString("");
  }

  /// Counts by reason, such as `memory 7, deadline 3`.
  static String byReason(JsonNode counts) {
    List<String> parts = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : counts.properties()) {
      parts.add(entry.getKey() + " " + count(entry.getValue()));
    }
    return String.join(", ", parts);
  }

  /// A share of something; a dash where there is nothing to be a share of.
  private static String share(JsonNode share, RoundingMode mode) {
    if (!share.isNumber()) {
      return "-";
    }
    BigDecimal percent = BigDecimal.valueOf(share.asDouble()).movePointRight(2).setScale(2, mode);
    return percent.stripTrailingZeros().toPlainString() + "%";
  }
}
