package dev.banyan.replica;

import java.util.Set;

/// The holds that stand, for all replicas. What stands is read with the ledger's last number, in
/// one look ([Wire#look]): who sees that a hold has ended also sees what was decided before.
///
/// Any thread may call. Every call is bounded by the store's timeouts, and throws
/// [java.io.UncheckedIOException] when the store fails; it may have been done all the same.
public interface WriteHolds {

  /// Has all replicas hold.
  ///
  /// @return false where its term is over, and nothing is held
  boolean begin(WriteHold hold);

  /// Says that this replica holds, and that no write of the families is under way here any more.
  /// Nothing is said of a hold that has ended.
  void drained(String hold);

  /// The replicas that have said so.
  Set<String> whereDrained(String hold);

  /// Lets all go on, to whom the families' phases by now say. Twice is once.
  void end(String hold);

  /// Ends what controllers of earlier terms have left, where it is of any of these families.
  void endEarlier(long term, Set<String> families);

  /// The same of what is of none of these.
  void endEarlierBut(long term, Set<String> families);
}
