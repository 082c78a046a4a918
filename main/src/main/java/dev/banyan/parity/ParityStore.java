package dev.banyan.parity;

import dev.banyan.migration.ParityEvidence;
import java.util.Map;

/// Where parity's counts and redacted samples outlive the process.
public interface ParityStore {
  /// Replaces what is kept for a family.
  void save(String family, ParityEvidence evidence);

  /// All that is kept, by family.
  Map<String, ParityEvidence> load();
}
