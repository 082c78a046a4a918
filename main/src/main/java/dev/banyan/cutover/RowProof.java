package dev.banyan.cutover;

import org.jspecify.annotations.Nullable;

/// What is known of whether a family's rows agree on both sides, where each side has its own. Any
/// thread may ask; the answer never waits.
public interface RowProof {
  /// Knows nothing of any family.
  RowProof NONE = _ -> new Unproven();

  Answer last(String family);

  /// A family is about to leave `legacy`: what was known of its rows before says nothing of them.
  ///
  /// @throws java.io.UncheckedIOException when that can not be written; then it must not leave
  default void forget(String family) {}

  /// What is known.
  sealed interface Answer {}

  /// Nothing shows that they agree.
  record Unproven() implements Answer {}

  /// Writes go to both sides through an outbox, and what they touch is dirty until its rows are
  /// compared.
  ///
  /// @param counts null while the store can not be read
  record Sent(@Nullable Counts counts) implements Answer {}

  /// What of a family is in the outbox, and what of it is dirty.
  ///
  /// @param underWay entries that go on by themselves
  /// @param indeterminate entries of which nobody knows whether their owner carried them out
  /// @param parked entries that the other side does not take
  /// @param dirty keys whose rows have not been compared since they were touched
  /// @param whole whether that is all of the family
  record Counts(long underWay, long indeterminate, long parked, long dirty, boolean whole) {}
}
