package dev.banyan.config;

import java.util.List;
import java.util.stream.Collectors;

/// What came of reading a configuration file: all of it, or every reason why not.
public sealed interface ConfigResult {

  /// The file is valid.
  record Loaded(BanyanConfig config) implements ConfigResult {}

  /// The file is not valid, or could not be read.
  ///
  /// @param problems at least one, in the order of the file
  record Rejected(List<Problem> problems) implements ConfigResult {
    public Rejected {
      problems = List.copyOf(problems);
    }

    /// All problems for a terminal, with excerpts.
    public String text() {
      return problems.stream().map(Problem::text).collect(Collectors.joining("\n"));
    }
  }
}
