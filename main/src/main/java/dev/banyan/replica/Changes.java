package dev.banyan.replica;

/// What puts in force here what was decided anywhere.
@FunctionalInterface
public interface Changes {
  /// Before anything is in force.
  long NOTHING = -1;

  /// Loads all that changed after a ledger entry and puts it in force. Called by the thread that
  /// polls, one call at a time; must not wait for anything but the store.
  ///
  /// @param after the entry up to which everything is in force, or [#NOTHING]
  /// @return up to which entry everything is in force now
  /// @throws java.io.UncheckedIOException when the store fails; it is then called again
  long apply(long after);
}
