package dev.banyan.cli;

import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// What every changing command is told: which family, why, and by whom.
final class Asking {
  @Parameters(paramLabel = "FAMILY", description = "The family's name.")
  private String family = "";

  @Mixin private final Reasoned reasoned = new Reasoned();

  String family() {
    return family;
  }

  String path(String verb) {
    return ControlClient.family(family) + "/" + verb;
  }

  /// The request's body, to which a command may add.
  Map<String, Object> body(Environment environment) {
    return reasoned.body(environment);
  }
}
