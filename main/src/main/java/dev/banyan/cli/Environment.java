package dev.banyan.cli;

import java.util.Map;

/// What the commands know of the process they run in.
///
/// @param version of the program, for `--version`
/// @param variables the process's environment
/// @param host this machine's name
/// @param terminal whether a person watches the standard output
public record Environment(
    String version, Map<String, String> variables, String host, boolean terminal) {
  public Environment {
    variables = Map.copyOf(variables);
  }

  String variable(String name, String absent) {
    return variables.getOrDefault(name, absent);
  }

  /// Whether to use colours and to redraw in place.
  boolean ansi() {
    return terminal && !variables.containsKey("NO_COLOR");
  }

  /// The ledger's name for whoever types.
  String actor() {
    return variable("USER", "unnamed") + "@" + host;
  }
}
