package dev.banyan.control;

/// What recomputing the ledger's chain has shown.
public sealed interface LedgerCheck {

  /// Every entry is as it was written.
  ///
  /// @param head the hash of the last entry, in hex
  record Intact(long entries, String head) implements LedgerCheck {}

  /// Someone or something changed the ledger.
  ///
  /// @param brokenAt the first sequence number that does not fit
  record Broken(long entries, long brokenAt, String detail) implements LedgerCheck {}
}
