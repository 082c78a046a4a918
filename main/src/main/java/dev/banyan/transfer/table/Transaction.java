package dev.banyan.transfer.table;

import java.time.Instant;
import java.util.List;

/// One committed transaction of the source, as its log delivers it.
///
/// @param changes in the order in which they were made, of the transfer's tables only; may be empty
/// @param at when it was committed, by the source's clock
/// @param marks what the transaction itself says of its origin; empty where it is a user's own work
public record Transaction(Commit commit, Instant at, List<Change> changes, String marks) {
  public Transaction {
    changes = List.copyOf(changes);
  }
}
