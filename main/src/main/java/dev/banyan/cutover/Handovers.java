package dev.banyan.cutover;

import java.util.Optional;
import java.util.Set;

/// Who can have the writes of families with `data: synced` change sides: the fence, the last rows
/// and the way back are another package's work. Any thread may call.
public interface Handovers {
  /// Where no transfer is configured.
  Handovers NONE =
      new Handovers() {
        @Override
        public Set<String> together(String family) {
          return Set.of();
        }

        @Override
        public Optional<String> hand(String family, Turn turn) {
          return Optional.of("no transfer of banyan.yaml names this family");
        }

        @Override
        public void begin(Runnable handover) {
          throw new IllegalStateException("nothing is moved");
        }
      };

  /// The families that write the same tables, the one asked about among them; none where no
  /// transfer names it.
  Set<String> together(String family);

  /// Holds the writes, fences their old owner, waits for the last row, and flips; or undoes all of
  /// it.
  ///
  /// @return why the old owner goes on; empty where the new one owns
  Optional<String> hand(String family, Turn turn) throws InterruptedException;

  /// Has a handover that the program decided on done by a thread that may wait. Returns at once.
  void begin(Runnable handover);

  /// @param toCandidate the candidate is to own the writes; otherwise the legacy is
  /// @param unfenced whether an approver lets it go on where the old owner can not be fenced
  /// @param flip moves the families; returns why it did not. Called once, at the right moment
  /// @param lossAccepted whether an approver has accepted that rows are lost which the new owner
  ///   does not have
  record Turn(boolean toCandidate, boolean unfenced, Flip flip, boolean lossAccepted) {}

  /// Moves the families.
  interface Flip {
    Optional<String> flip();

    /// Whether the store has it, to be asked where [#flip] said that it did not come to be: a store
    /// that fails in the middle may have it all the same.
    ///
    /// @throws java.io.UncheckedIOException while nobody can say; nothing may be undone then
    boolean isWritten();
  }
}
