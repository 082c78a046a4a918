package dev.banyan.app;

import dev.banyan.shadow.Shadow;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells operators when less is sampled than they asked for, and when it is all sampled again.
///
/// A machine at its limit goes to and fro, so a beginning is told at most every [#PAUSE], and an
/// end only after a beginning that was told. Lateness that cost no sample is not told: a program
/// that has just started is late now and then, and nobody misses anything. Looked at by one thread.
final class SheddingLog implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SheddingLog.class);
  static final Duration PAUSE = Duration.ofMinutes(1);

  private final Shadow shadow;
  private final LongSupplier nanos;
  private long toldAt;
  private long shed;
  private boolean told;

  SheddingLog(Shadow shadow, LongSupplier nanos) {
    this.shadow = shadow;
    this.nanos = nanos;
    this.toldAt = nanos.getAsLong() - PAUSE.toNanos();
  }

  @Override
  public void run() {
    Duration worst = shadow.worstLag();
    double kept = shadow.kept();
    if (kept >= 1) {
      if (told) {
        told = false;
        LOG.info("event loops are in time again: all is sampled that is to be");
      }
      return;
    }
    long now = nanos.getAsLong();
    long before = shed;
    shed = shadow.timesShed();
    if (!told && shed > before && now - toldAt >= PAUSE.toNanos()) {
      told = true;
      toldAt = now;
      LOG.warn(
          "event loops are up to {} ms late: sampling is down to {} % of what is configured, until"
              + " they are in time again; less traffic, more processors or a smaller shadow.sample"
              + " would help",
          worst.toMillis(), Math.round(100 * kept));
    }
  }
}
