package dev.banyan.cutover;

import org.jspecify.annotations.Nullable;

/// Whether all promotion is stopped: as the store has it, and as somebody here has said while the
/// store does not have it yet. What the store says does not take back the latter. Any thread may
/// ask and say.
final class Line {
  private volatile @Nullable String stored;
  private volatile @Nullable String stopping;

  Line(@Nullable String stored) {
    this.stored = stored;
  }

  /// Why it is stopped, or null.
  @Nullable String stopped() {
    String here = stopping;
    return here == null ? stored : here;
  }

  void stopping(String reason) {
    stopping = reason;
  }

  /// Takes over what the store has. In the order of the store.
  void stored(@Nullable String reason) {
    stored = reason;
  }

  /// The store has what was said here. In the order of the store.
  void written(String reason) {
    stored = reason;
    if (reason.equals(stopping)) {
      stopping = null;
    }
  }
}
