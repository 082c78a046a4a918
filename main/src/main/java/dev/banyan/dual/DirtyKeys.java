package dev.banyan.dual;

import java.util.Set;

/// Which rows of a family may differ between the sides. That a write was sent to both proves
/// nothing; a comparison of the rows does.
///
/// Whoever compares takes [#cut] first, then a snapshot of each side, compares all rows, looks
/// again at those that differ, and says [#agreed] where none does in the end. Any thread may call;
/// calls wait for the store, and fail with [java.io.UncheckedIOException].
public interface DirtyKeys {
  /// Stands for every row of the family: of writes in which no rule finds what they touch.
  String WHOLE = "*";

  /// The number of the last change of the outbox. Whoever writes meanwhile is waited for.
  long cut();

  /// The keys that are dirty now, such as `path:id=42`, and [#WHOLE].
  Set<String> dirty(String family);

  /// All rows of the family were compared after the cut was taken, and agree.
  ///
  /// A key stays dirty where a write, or the settling of one, has touched it since the cut, and
  /// where an entry that touches it, or that may touch anything, is still in the outbox. The family
  /// counts as compared unless something has gone to one side alone since the cut.
  void agreed(String family, long cut);
}
