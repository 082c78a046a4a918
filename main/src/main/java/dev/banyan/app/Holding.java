package dev.banyan.app;

import dev.banyan.transfer.handover.Writes;
import java.util.Set;

/// Has the writes of families held while their owner changes, wherever they come in.
@FunctionalInterface
interface Holding {

  /// @param sure whether nothing but the hold keeps writes from the old owner: then every gateway
  ///   must have said that it holds, and it is not enough that one has not been heard of
  Writes.Held hold(Set<String> families, boolean sure);

  /// Who owns the writes of families is known again: what earlier controllers have left held goes
  /// on.
  ///
  /// @param term of this one
  default void settled(long term, Set<String> families) {}

  /// The same for all families but these, whose writes nobody hands over any more.
  default void settledBut(long term, Set<String> families) {}
}
