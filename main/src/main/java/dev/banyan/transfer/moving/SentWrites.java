package dev.banyan.transfer.moving;

import dev.banyan.transfer.options.TransferOptions;
import java.util.Optional;

/// What is known of writes that somebody else carries to both sides of a transfer, whose log is not
/// followed then. Any thread may call; calls wait for a store, and fail with
/// [java.io.UncheckedIOException].
public interface SentWrites {
  /// For whoever does not send any, and does not know who does.
  SentWrites UNKNOWN =
      new SentWrites() {
        @Override
        public Optional<Boolean> targetOwns(TransferOptions transfer) {
          return Optional.empty();
        }

        @Override
        public boolean isWanted(TransferOptions transfer) {
          return false;
        }

        @Override
        public Agreed before(TransferOptions transfer) {
          return () -> {};
        }
      };

  /// Whether the target's rows are the right ones; empty where that is not known.
  Optional<Boolean> targetOwns(TransferOptions transfer);

  /// Whether all rows should be compared as soon as may be.
  boolean isWanted(TransferOptions transfer);

  /// Is asked before the snapshots of a comparison are taken.
  Agreed before(TransferOptions transfer);

  /// Hears that all rows agreed in the end.
  interface Agreed {
    void agreed();
  }
}
