package dev.banyan.transfer.report;

import java.time.Instant;
import java.util.Map;

/// What one reconciliation came to, for gates to ask for.
///
/// @param at when the cut was made
/// @param cut the two positions at which both sides were compared, for people
/// @param mapping a hash of the mappings: after a change of them, another certificate is needed
/// @param rows that were compared on each side
/// @param digest of all rows, the same on both sides where it is green
/// @param epoch the owner's at that moment
/// @param method `rows` where every row of both sides was read; `checksums` where some tables' rows
///   were hashed by the databases themselves
/// @param methods the same for each table, as the source names it
/// @param green whether both sides agreed in every row of every table, and in every check
public record Certificate(
    Instant at,
    String cut,
    String mapping,
    long rows,
    String digest,
    long epoch,
    String method,
    Map<String, String> methods,
    boolean green) {
  public Certificate {
    methods = Map.copyOf(methods);
  }
}
