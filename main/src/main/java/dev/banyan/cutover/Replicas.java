package dev.banyan.cutover;

import dev.banyan.migration.Phase;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The processes that serve the same families from one store, this one among them.
public interface Replicas {
  /// One process, which is its own controller for ever.
  Replicas ALONE =
      new Replicas() {
        @Override
        public boolean alone() {
          return true;
        }

        @Override
        public OptionalLong term() {
          return OptionalLong.of(0);
        }

        @Override
        public @Nullable Acknowledged await(long seq) {
          return null;
        }

        @Override
        public boolean cutOff() {
          return false;
        }

        @Override
        public void warn(String family, long epoch, Phase.Name to) {}

        @Override
        public void give(String family, long epoch, byte[] digest) {}
      };

  /// Whether there is but this process, so that what it sees is all there is to be seen.
  boolean alone();

  /// The term in which this process decides for all of them; empty while another does, or none.
  OptionalLong term();

  /// Waits until every replica steers by a ledger entry, or can not be steering by anything older
  /// any more, because its lease is over. Null where there is but one process.
  @Nullable Acknowledged await(long seq);

  /// Whether this process has not heard of the store for a lease, so that it must assume that
  /// anything may have been decided.
  boolean cutOff();

  /// Tells the others that a family is about to be taken back, for them to [Cutover#hint]. Never
  /// waits, and may fail without a word.
  ///
  /// @param epoch the last one whose decisions this takes back
  void warn(String family, long epoch, Phase.Name to);

  /// Has a digest of what this process saw of a family brought to all of them, this one included.
  /// Never waits; what can not be brought is lost.
  void give(String family, long epoch, byte[] digest);

  /// @param acknowledged replicas that steer by the entry
  /// @param of all that were alive; of the others the lease was waited for
  record Acknowledged(int acknowledged, int of) {}
}
