package dev.banyan.config;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;

/// What came of reading a configuration file: all of it, or every reason why not.
public sealed interface ConfigResult {

  /// The file is valid.
  ///
  /// @param expiries what of it holds until a day only
  record Loaded(BanyanConfig config, List<Expiry> expiries) implements ConfigResult {
    public Loaded {
      expiries = List.copyOf(expiries);
    }

    /// What holds no more on a day, each with its place in the file.
    public List<Problem> warnings(LocalDate today) {
      return expiries.stream()
          .filter(expiry -> today.isAfter(expiry.last()))
          .map(Expiry::warning)
          .toList();
    }
  }

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
