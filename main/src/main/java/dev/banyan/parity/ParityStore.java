package dev.banyan.parity;

import dev.banyan.migration.Endpoint;
import dev.banyan.migration.ParityEvidence;
import dev.banyan.migration.ParityEvidence.EndpointUnits;
import java.util.Map;
import java.util.stream.Collectors;

/// Where parity's counts and redacted samples outlive the process.
public interface ParityStore {
  /// What is kept for a family.
  ///
  /// @param sides whose answers were compared, as [ParityBook#compares] was told; empty where it
  ///   was not
  /// @param units what the evidence's units are counted from, by endpoint
  record Kept(String sides, ParityEvidence evidence, Map<Endpoint, Units> units) {
    public Kept {
      units = Map.copyOf(units);
    }

    /// Evidence of which each comparison is a unit.
    public Kept(String sides, ParityEvidence evidence) {
      this(
          sides,
          evidence,
          evidence.units().stream()
              .collect(Collectors.toMap(EndpointUnits::endpoint, Units::alone)));
    }
  }

  /// Replaces what is kept for a family.
  void save(String family, Kept kept);

  /// All that is kept, by family.
  Map<String, Kept> load();
}
