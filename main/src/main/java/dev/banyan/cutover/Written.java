package dev.banyan.cutover;

/// What became of a decision that was to be written.
public sealed interface Written {

  /// It is in the store.
  record Done(LedgerEntry entry) implements Written {}

  /// Nothing was written: the family stands elsewhere by now.
  record Conflict(Standing now) implements Written {}

  /// Nothing was written: another controller has taken over since.
  record Fenced() implements Written {}
}
