package dev.banyan.store.rows;

import dev.banyan.migration.ParityEvidence;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A family's comparisons as one JSON document.
public final class ParityJson {
  private ParityJson() {}

  public static String write(ParityEvidence evidence) {
    return Json.write(evidence);
  }

  /// What an older version left out is as if it had counted none of it.
  public static ParityEvidence read(String json) {
    ObjectNode evidence = Json.read(json, ObjectNode.class);
    absent(evidence, "accepted", evidence.numberNode(0));
    absent(evidence, "dropped", evidence.objectNode());
    for (JsonNode endpoint : evidence.path("endpoints")) {
      absent((ObjectNode) endpoint, "status", evidence.numberNode(0));
      absent((ObjectNode) endpoint, "accepted", evidence.numberNode(0));
      for (JsonNode field : endpoint.path("differences")) {
        absent((ObjectNode) field, "critical", evidence.booleanNode(false));
      }
    }
    return Json.read(evidence, ParityEvidence.class);
  }

  private static void absent(ObjectNode object, String name, JsonNode value) {
    if (!object.has(name)) {
      object.set(name, value);
    }
  }
}
