package dev.banyan.proxy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// How much of a failing candidate's traffic the legacy may be asked to answer.
///
/// Two bounds keep the net from overrunning the legacy: a cap on the fallbacks under way, and a
/// breaker that opens when the fallbacks themselves keep failing, and then lets one through after
/// each pause to see whether the legacy is well again. Safe to use from any thread; no locks.
public final class SafetyNet {
  /// @param concurrent fallbacks under way at one time
  /// @param failures failed fallbacks in a row that open the breaker
  /// @param pause how long an open breaker refuses before it lets one through
  public record Options(int concurrent, int failures, Duration pause) {
    public static final Options DEFAULTS = new Options(256, 10, Duration.ofSeconds(2));
  }

  private final int concurrent;
  private final int failures;
  private final long pauseNanos;
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicInteger failedInRow = new AtomicInteger();
  private final AtomicLong openSince = new AtomicLong();

  public SafetyNet(Options options) {
    this.concurrent = options.concurrent();
    this.failures = options.failures();
    this.pauseNanos = options.pause().toNanos();
  }

  /// Asks for one fallback. Who is given it calls [#leave] once.
  public boolean enter(long nanos) {
    if (failedInRow.get() >= failures) {
      long opened = openSince.get();
      // Whoever moves the mark is the one that tries; the others wait for the next pause.
      if (nanos - opened < pauseNanos || !openSince.compareAndSet(opened, nanos)) {
        return false;
      }
    }
    if (underWay.incrementAndGet() > concurrent) {
      underWay.decrementAndGet();
      return false;
    }
    return true;
  }

  /// A fallback is over.
  ///
  /// @param well whether the legacy answered it, with anything but a 5xx
  public void leave(boolean well, long nanos) {
    underWay.decrementAndGet();
    if (well) {
      failedInRow.set(0);
    } else if (failedInRow.incrementAndGet() == failures) {
      openSince.set(nanos);
    }
  }

  /// Gives a fallback back whose end says nothing about the legacy: the client left.
  public void withdraw() {
    underWay.decrementAndGet();
  }

  /// Fallbacks under way now.
  public int underWay() {
    return underWay.get();
  }
}
