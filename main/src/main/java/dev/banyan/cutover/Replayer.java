package dev.banyan.cutover;

import java.util.Optional;

/// Makes an automatic decision again from what it was made from. Any thread may call.
@FunctionalInterface
public interface Replayer {
  /// Evaluates an entry's evidence with the code that decides today, and compares every reading
  /// with the entry's by bits.
  ///
  /// @param entry one that has evidence
  /// @return where the two differ, with both numbers; empty where they are the same
  /// @throws RuntimeException when the evidence can not be read, which is a disagreement too
  Optional<String> disagreement(LedgerEntry entry);
}
