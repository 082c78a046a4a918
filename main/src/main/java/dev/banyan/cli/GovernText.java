package dev.banyan.cli;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What people have laid down, in sentences.
final class GovernText {
  private GovernText() {}

  static String line(JsonNode document) {
    return "the line is stopped, nothing is promoted: " + document.path("line").asString("");
  }

  /// What stands before a promotion beside the gates, and what is unusual about the family.
  static List<String> sentences(JsonNode governance) {
    List<String> sentences = new ArrayList<>();
    if (governance.path("denied").isString()) {
      sentences.add(
          "denied on this replica, the legacy answers: " + governance.path("denied").stringValue());
    }
    if (governance.path("freeze").isObject()) {
      sentences.add(
          "frozen: "
              + governance.path("freeze").path("name").asString("")
              + ", until "
              + Figures.moment(governance.path("freeze").path("until")));
    }
    JsonNode approval = governance.path("approval");
    if (governance.path("awaitsApproval").asBoolean(false)) {
      sentences.add("waits for an approver: banyan approve FAMILY --reason …");
    } else if (approval.isObject()) {
      sentences.add(
          approval.path("phase").asString("")
              + " was approved by "
              + approval.path("actor").asString("")
              + " at epoch "
              + approval.path("epoch").asLong());
    }
    String auto = governance.path("auto").asString("rollback");
    if (!auto.equals("rollback")) {
      sentences.add("auto: " + auto);
    }
    String strategy = governance.path("strategy").asString("canary");
    if (!strategy.equals("canary")) {
      sentences.add("strategy: " + strategy);
    }
    return sentences;
  }

  /// What is to be said of families below the table.
  static String notes(JsonNode families) {
    StringBuilder text = new StringBuilder();
    for (JsonNode family : families) {
      for (String sentence : sentences(family.path("governance"))) {
        text.append(family.path("name").asString("")).append(": ").append(sentence).append('\n');
      }
    }
    return text.toString();
  }

  static String replicas(JsonNode replicas) {
    StringBuilder text = new StringBuilder();
    for (JsonNode replica : replicas) {
      text.append("replica ")
          .append(replica.path("name").asString(""))
          .append(", heard of at ")
          .append(Figures.moment(replica.path("seen")))
          .append(replica.path("controller").asBoolean(false) ? ", controller\n" : "\n");
    }
    return text.toString();
  }

  static String cost(JsonNode cost) {
    long sessions = cost.path("sessions").asLong();
    return Figures.millis(cost.path("millis").asDouble())
        + ", "
        + Figures.count(cost.path("sessions"))
        + (sessions == 1 ? " session" : " sessions")
        + behind(cost);
  }

  /// What of the rows would have to come first.
  private static String behind(JsonNode cost) {
    JsonNode bytes = cost.path("bytesBehind");
    if (!bytes.isNumber()) {
      return "";
    }
    return bytes.asLong() == 0
        ? ", 0 rows behind"
        : ", rows behind by "
            + TransferText.bytes(bytes.asLong())
            + " of log ("
            + cost.path("secondsBehind").asDouble()
            + " s)";
  }
}
