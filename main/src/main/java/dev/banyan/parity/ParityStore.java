package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence;
import java.util.Map;

/// Where parity's counts and redacted samples outlive the process.
public interface ParityStore {
  /// What is kept for a family.
  ///
  /// @param sides whose answers were compared, as [ParityBook#compares] was told; empty where it
  ///   was not
  record Kept(String sides, ParityEvidence evidence) {}

  /// Replaces what is kept for a family.
  void save(String family, Kept kept);

  /// All that is kept, by family.
  Map<String, Kept> load();
}
