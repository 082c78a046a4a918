package dev.banyan.replica;

import java.time.Duration;
import java.util.OptionalLong;

/// The replicas as the rest of the program sees them, whether there are many or one. Any thread may
/// ask.
public interface Replicas {

  /// Whether this process is the one that decides by itself.
  boolean controls();

  /// The term that automatic decisions are written with: empty where nobody could take over.
  OptionalLong term();

  /// Waits until a ledger entry's decision is in force on every replica that has a lease, but not
  /// longer than that.
  Acknowledged await(long seq, Duration atMost);

  /// For people.
  Fleet fleet();
}
