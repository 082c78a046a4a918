package dev.banyan.replica;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/// How replicas hear of each other's decisions, for the thread that polls.
///
/// Every call is bounded by the store's timeouts, and throws [java.io.UncheckedIOException] when
/// the store fails; the next call then begins anew.
public interface Wire extends AutoCloseable {

  /// What is told.
  sealed interface Said {}

  /// That a replica has put in force all up to a ledger entry.
  record Ack(String replica, long applied) implements Said {}

  /// That a replica has written something, and waits for the others to follow.
  record Wrote(String replica) implements Said {}

  /// That a replica is about to take a family back.
  record Denied(Hint hint) implements Said {}

  /// What the store holds at one moment.
  ///
  /// @param head the number of the last ledger entry
  /// @param holds that stand
  /// @param asked whether a petition waits for the controller
  record Look(long head, List<WriteHold> holds, boolean asked) {
    public Look {
      holds = List.copyOf(holds);
    }
  }

  /// Asks the store for what there is. That it answers proves that the connection is not cut.
  Look look();

  /// Tells those who wait what is in force here.
  void acknowledge(long applied, Set<String> waiting);

  /// Waits until something happens, for so long at most, and returns what was told.
  List<Said> await(Duration atMost);

  @Override
  void close();
}
