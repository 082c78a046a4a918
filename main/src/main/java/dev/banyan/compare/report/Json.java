package dev.banyan.compare.report;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON documents as text, indented, with members in the order in which they were put.
final class Json {
  private static final JsonMapper INDENTED =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private Json() {}

  static ObjectNode object() {
    return INDENTED.createObjectNode();
  }

  static String text(ObjectNode node) {
    return INDENTED.writeValueAsString(node) + "\n";
  }
}
