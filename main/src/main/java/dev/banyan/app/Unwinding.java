package dev.banyan.app;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes what was started, the last first, whatever becomes of each; nothing once [#keep] said so.
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
        // The others must close all the same, and the reason for a failed start is on its way to
        // the user: this must not take its place.
        LOG.warn("closing {} failed; what else is open is closed all the same", part, e);
      }
    }
  }
}
