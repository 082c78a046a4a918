package dev.banyan.transfer;

import java.time.Duration;

/// How fast a table is copied and how large its chunks should be. Guarded by itself.
final class Meter {
  private final Options options;
  private long size;
  private long rows;
  private double perSecond;
  private String says = "";

  Meter(Options options) {
    this.options = options;
    this.size = options.chunkRows();
  }

  synchronized long size() {
    return size;
  }

  /// A chunk was written: the next is as large as would have taken the time it should take, but no
  /// more than four times as large as this one.
  synchronized void copied(long number, Duration took) {
    rows += number;
    says = "";
    double seconds = Math.max(took.toNanos(), 1_000) / 1e9;
    if (number > 0) {
      double rate = number / seconds;
      perSecond = perSecond == 0 ? rate : (perSecond + rate) / 2;
      double wanted = rate * (options.chunk().toNanos() / 1e9);
      size = bounded(Math.min(wanted, number * 4.0));
    }
  }

  /// A chunk was given up.
  synchronized void tooLarge() {
    size = bounded(size / 2.0);
  }

  private long bounded(double wanted) {
    return Math.clamp((long) wanted, 1, options.mostChunkRows());
  }

  synchronized void says(String what) {
    says = what;
  }

  synchronized String says() {
    return says;
  }

  synchronized long rows() {
    return rows;
  }

  synchronized double perSecond() {
    return perSecond;
  }
}
