package dev.banyan.parity;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Where rulings made by command outlive the process, for one process or for many.
public interface RulingStore {
  /// Replaces all rulings of a family by what is made of those that are kept by then, whichever
  /// process gave them. When this has returned, they survive a crash.
  ///
  /// @param changed of the rulings that are kept, in their order; others wait for it
  /// @return what is kept now
  /// @throws java.io.UncheckedIOException when the store fails; then the former ones are kept
  List<Ruling> change(String family, UnaryOperator<List<Ruling>> changed);

  /// All that are kept, by family, in the order in which they were given.
  ///
  /// @throws java.io.UncheckedIOException when the store can not be read
  Map<String, List<Ruling>> load();
}
