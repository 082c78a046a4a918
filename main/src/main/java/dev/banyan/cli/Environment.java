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
  private static final int TERMINAL_WIDTH = 100;
  private static final int FILE_WIDTH = 400;

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

  /// How many characters fit on a line: what the shell says, else what fits nearly everywhere.
  /// Where nobody watches, lines may be long.
  int width() {
    String columns = variable("COLUMNS", "");
    if (columns.matches("[1-9][0-9]{1,3}")) {
      return Integer.parseInt(columns);
    }
    return terminal ? TERMINAL_WIDTH : FILE_WIDTH;
  }

  /// The ledger's name for whoever types.
  String actor() {
    return variable("USER", "unnamed") + "@" + host;
  }
}
