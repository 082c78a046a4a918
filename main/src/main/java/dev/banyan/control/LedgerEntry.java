package dev.banyan.control;

import dev.banyan.migration.FamilyState;
import dev.banyan.migration.GateReading;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One decision, as the ledger has it.
///
/// @param family null for what concerns the whole program
/// @param before the family before, null where none changed; likewise `after`
/// @param gates the readings that the decision rests on
/// @param took how long the swap took, or null where nothing was swapped
/// @param previous the hash of the entry before, in hex
public record LedgerEntry(
    long seq,
    Instant at,
    String kind,
    @Nullable String family,
    String actor,
    String reason,
    @Nullable FamilyState before,
    @Nullable FamilyState after,
    List<GateReading> gates,
    @Nullable Duration took,
    String previous,
    String hash) {

  public LedgerEntry {
    gates = List.copyOf(gates);
  }
}
