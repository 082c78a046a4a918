package dev.banyan.dual;

import java.util.Set;

/// Which rows of a family may differ between the sides. That a write was sent to both proves
/// nothing; a comparison of the rows does.
///
/// Whoever compares: takes [#dirty] first, then a snapshot of each side, compares the rows of the
/// keys that are not open, and clears those that agree with the cut that it was given. Any thread
/// may call; calls wait for the store, and fail with [java.io.UncheckedIOException].
public interface DirtyKeys {
  /// Stands for the whole family. It is dirty until it has been compared once, and again after each
  /// write that touched nothing that a rule names.
  String WHOLE = "*";

  /// What is dirty now.
  Dirty dirty(String family);

  /// Clears keys that were compared and agree.
  ///
  /// A key stays dirty where a write, or the settling of one, has touched it since the cut, and
  /// where an entry that touches it, or that may touch anything, is still in the outbox.
  ///
  /// @param cut as [#dirty] gave it, before the snapshots were taken
  /// @return those of the keys that stay dirty
  Set<String> clear(String family, Set<String> keys, long cut);

  /// @param cut the number of the last change of the outbox
  /// @param keys such as `path:id=42`, and [#WHOLE]
  /// @param open those among them that an entry still in the outbox touches: comparing them now
  ///   would clear nothing
  record Dirty(String family, long cut, Set<String> keys, Set<String> open) {
    public Dirty {
      keys = Set.copyOf(keys);
      open = Set.copyOf(open);
    }
  }
}
