package dev.banyan.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Why something is to be done, and who says so.
final class Reasoned {
  @Option(
      names = "--reason",
      required = true,
      paramLabel = "REASON",
      description = "Why, for the ledger.")
  private String reason = "";

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who asks, for the ledger, beside the token's name. Default: USER@host.")
  private @Nullable String actor;

  /// The request's body, to which a command may add.
  Map<String, Object> body(Environment environment) {
    return body(reason, actor, environment);
  }

  static Map<String, Object> body(String reason, @Nullable String actor, Environment environment) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("reason", reason);
    body.put("actor", actor == null ? environment.actor() : actor);
    return body;
  }
}
