package dev.banyan.app;

import dev.banyan.transfer.handover.Writes;
import java.time.Duration;

/// Writes that are held at this gateway.
record HeldHere(WriteKeeping.Hold hold) implements Writes.Held {
  /// How often it is asked whether those under way have ended.
  static final Duration LOOK = Duration.ofMillis(2);

  @Override
  public boolean drained(Duration wait) throws InterruptedException {
    long until = System.nanoTime() + wait.toNanos();
    while (hold.inFlight().orElse(1) > 0) {
      if (System.nanoTime() - until > 0) {
        return false;
      }
      Thread.sleep(LOOK);
    }
    return true;
  }

  @Override
  public void close() {
    hold.release();
  }
}
