package dev.banyan.replica;

import java.time.Duration;
import java.util.List;

/// How replicas hear of each other's decisions, for the thread that polls.
///
/// Every call is bounded by the store's timeouts, and throws [java.io.UncheckedIOException] when
/// the store fails; the next call then begins anew.
public interface Wire extends AutoCloseable {

  /// That a replica has put in force all up to a ledger entry.
  record Ack(String replica, long applied) {}

  /// Asks the store for the number of the last ledger entry. That it answers proves that the
  /// connection is not cut.
  long look();

  /// Tells all others what is in force here.
  void acknowledge(long applied);

  /// Waits until something happens, for so long at most, and returns who told what.
  List<Ack> await(Duration atMost);

  @Override
  void close();
}
