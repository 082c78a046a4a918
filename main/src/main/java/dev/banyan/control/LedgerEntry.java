package dev.banyan.control;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One decision, as the ledger has it.
///
/// `before`, `after` and `evidence` are JSON texts and reach the client byte for byte, so that
/// whoever reads the ledger can recompute its chain.
///
/// @param family null for what concerns the whole program
/// @param took how long the swap took, or null where nothing was swapped
/// @param previous the hash of the entry before, in hex
public record LedgerEntry(
    long seq,
    Instant at,
    String kind,
    @Nullable String family,
    String actor,
    String reason,
    @Nullable String before,
    @Nullable String after,
    @Nullable String evidence,
    @Nullable Duration took,
    String previous,
    String hash) {}
