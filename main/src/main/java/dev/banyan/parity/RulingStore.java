package dev.banyan.parity;

import java.util.List;
import java.util.Map;

/// Where rulings made by command outlive the process.
public interface RulingStore {
  /// Replaces all rulings of a family. When this has returned, they survive a crash.
  ///
  /// @throws java.io.UncheckedIOException when the store fails; then the former ones are kept
  void save(String family, List<Ruling> rulings);

  /// All that are kept, by family, in the order in which they were given.
  ///
  /// @throws java.io.UncheckedIOException when the store can not be read
  Map<String, List<Ruling>> load();
}
