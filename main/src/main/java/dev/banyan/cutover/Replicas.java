package dev.banyan.cutover;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The processes that serve the same families from one store, this one among them.
public interface Replicas {
  /// One process, which is its own controller for ever.
  Replicas ALONE =
      new Replicas() {
        @Override
        public OptionalLong term() {
          return OptionalLong.of(0);
        }

        @Override
        public @Nullable Acknowledged await(String family, long epoch) {
          return null;
        }

        @Override
        public boolean cutOff() {
          return false;
        }
      };

  /// The term in which this process decides for all of them; empty while another does, or none.
  OptionalLong term();

  /// Waits until every replica steers a family by an epoch, or can not be steering by an older one
  /// any more, because its lease is over. Null where there is but one process.
  @Nullable Acknowledged await(String family, long epoch);

  /// Whether this process has not heard of the store for a lease, so that it must assume that
  /// anything may have been decided.
  boolean cutOff();

  /// @param acknowledged replicas that steer by the epoch
  /// @param of all that were alive; of the others the lease was waited for
  record Acknowledged(int acknowledged, int of) {}
}
