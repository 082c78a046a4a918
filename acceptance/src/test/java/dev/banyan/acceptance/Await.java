package dev.banyan.acceptance;

import java.time.Duration;

/// Waits for a condition by asking for it again and again. The bound is generous and says only when
/// to give up: it is never what a test is about.
final class Await {
  static final Duration BOUND = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /// Something that holds or not, and may fail to be asked.
  interface Condition {
    boolean holds() throws Exception;
  }

  /// Something that throws an assertion error until it is so.
  interface Assertion {
    void check() throws Exception;
  }

  /// Returns as soon as the condition holds.
  ///
  /// @throws AssertionError when it does not within the bound
  static void until(String what, Condition condition) throws Exception {
    until(what, BOUND, condition);
  }

  static void until(String what, Duration bound, Condition condition) throws Exception {
    long deadline = System.nanoTime() + bound.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited " + bound.toSeconds() + " s in vain: " + what);
      }
      Thread.sleep(PAUSE);
    }
  }

  /// Returns as soon as the assertion passes, and fails with its own error when it never does.
  static void passes(Assertion assertion) throws Exception {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (true) {
      try {
        assertion.check();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      Thread.sleep(PAUSE);
    }
  }
}
