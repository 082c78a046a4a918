package dev.banyan.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What every changing command is told: which family, why, and by whom.
final class Asking {
  @Parameters(paramLabel = "FAMILY", description = "The family's name.")
  private String family = "";

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "REASON",
      description = "Why, for the ledger.")
  private String reason = "";

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "Who asks, for the ledger. Default: USER@host.")
  private @Nullable String actor;

  String path(String verb) {
    return ControlClient.family(family) + "/" + verb;
  }

  /// The request's body, to which a command may add.
  Map<String, String> body(Environment environment) {
    Map<String, String> body = new LinkedHashMap<>();
    body.put("reason", reason);
    body.put("actor", actor == null ? environment.actor() : actor);
    return body;
  }
}
