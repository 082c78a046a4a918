package dev.banyan.cli;

import tools.jackson.databind.JsonNode;

/// What the control plane said.
sealed interface Answer {
  record Given(JsonNode document) implements Answer {}

  /// Problem details (RFC 9457).
  record Refused(JsonNode problem) implements Answer {}
}
