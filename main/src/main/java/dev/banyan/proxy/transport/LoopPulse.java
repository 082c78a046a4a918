package dev.banyan.proxy.transport;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.banyan.proxy.Tee;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A regular tick of one event loop. How late it comes is how long everything else on that loop had
/// to wait at that moment: for the processor, for a pause of the collector, or behind other work.
///
/// It belongs to one event loop. The tick is one task that is used again and again.
final class LoopPulse implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LoopPulse.class);
  static final Duration PERIOD = Duration.ofMillis(50);

  private final LongSupplier nanos;
  private final Tee told;
  private long due;
  private boolean broken;

  private LoopPulse(LongSupplier nanos, Tee told) {
    this.nanos = nanos;
    this.told = told;
    this.due = nanos.getAsLong() + PERIOD.toNanos();
  }

  /// Begins to tick, until the loop ends.
  static void begin(EventLoop loop, LongSupplier nanos, Tee told) {
    var _ =
        loop.scheduleWithFixedDelay(
            new LoopPulse(nanos, told), PERIOD.toNanos(), PERIOD.toNanos(), NANOSECONDS);
  }

  @Override
  public void run() {
    long now = nanos.getAsLong();
    long late = Math.max(0, now - due);
    due = now + PERIOD.toNanos();
    try {
      told.late(late, now);
      broken = false;
    } catch (RuntimeException e) {
      // Whatever is thrown would end the ticks without a word.
      if (!broken) {
        LOG.warn("the shadow failed to hear of an event loop's lateness", e);
      }
      broken = true;
    }
  }
}
