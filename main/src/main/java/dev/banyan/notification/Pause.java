package dev.banyan.notification;

import java.time.Duration;

/// Waits.
@FunctionalInterface
public interface Pause {
  /// Returns after that long.
  ///
  /// @throws InterruptedException when the thread is to end
  void of(Duration time) throws InterruptedException;
}
