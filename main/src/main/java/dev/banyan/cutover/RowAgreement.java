package dev.banyan.cutover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether both sides of a family with `data: synced` hold the same rows. Any thread may ask; never
/// waits.
public interface RowAgreement {
  /// Where nothing moves any rows.
  RowAgreement NONE = family -> new Untransferred();

  Reading of(String family);

  /// A family is about to leave `legacy`: what was known of its rows before says nothing of them.
  ///
  /// @throws java.io.UncheckedIOException when that can not be written; then it must not leave
  default void forget(String family) {}

  /// What is known by now.
  sealed interface Reading {}

  /// No transfer names the family.
  record Untransferred() implements Reading {}

  /// Its tables are being moved.
  ///
  /// @param backfilled whether every table has been copied once
  /// @param lag how far the follower is behind the owner of the writes; null while it is not known
  /// @param lagBound what is borne
  /// @param bytesBehind of the log that the follower has not got yet
  /// @param stopped tables that do not go on, and what else is open, with the reasons
  /// @param certificate what the last reconciliation said; null before the first
  /// @param certificateAge how old a certificate may be
  record Moving(
      boolean backfilled,
      @Nullable Duration lag,
      Duration lagBound,
      long bytesBehind,
      List<String> stopped,
      @Nullable Reconciled certificate,
      Duration certificateAge)
      implements Reading {
    public Moving {
      stopped = List.copyOf(stopped);
    }

    /// The same with one more thing that is open.
    public Moving with(String open) {
      List<String> more = new ArrayList<>(stopped);
      more.add(open);
      return new Moving(backfilled, lag, lagBound, bytesBehind, more, certificate, certificateAge);
    }
  }

  /// Its writes go to both sides through an outbox, and what they touch is dirty until its rows are
  /// compared.
  ///
  /// @param counts null while the store can not be read
  /// @param compared by the transfer that names it, which follows no log; null where none does
  record Sent(@Nullable Counts counts, @Nullable Moving compared) implements Reading {}

  /// What of a family is in the outbox, and what of it is dirty.
  ///
  /// @param underWay entries that go on by themselves
  /// @param indeterminate entries of which nobody knows whether their owner carried them out
  /// @param parked entries that the other side does not take
  /// @param dirty keys whose rows have not been compared since they were touched
  /// @param whole whether all rows must be compared before anything is known of them
  /// @param oldest how long the oldest entry has been there; null where there is none
  record Counts(
      long underWay,
      long indeterminate,
      long parked,
      long dirty,
      boolean whole,
      @Nullable Duration oldest) {}

  /// A reconciliation.
  ///
  /// @param rows that were compared
  /// @param differences of them, and checks that failed; 0 is what is called green
  /// @param current whether it is of the tables, the mapping and the owner that are in force
  record Reconciled(long rows, long differences, boolean current, Duration age) {}
}
