package dev.banyan.app;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes what was started, the last first, unless the start came through.
final class Unwinding implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Unwinding.class);
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  <T extends AutoCloseable> T add(T part) {
    started.push(part);
    return part;
  }

  /// The start came through: everything stays as it is.
  void keep() {
    started.clear();
  }

  @Override
  public void close() {
    for (AutoCloseable part : started) {
      try {
        part.close();
      } catch (Exception e) {
        // The reason for giving up is on its way to the user; this must not take its place.
        LOG.warn("closing {} after a failed start failed", part, e);
      }
    }
  }
}
