package dev.banyan.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Space on the disk that is kept for what must be written though the disk is full: a file that is
/// removed when it is needed. For one thread at a time.
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

  /// Enough for some hundred rollbacks, each a page of the table and of its log.
  static final int SIZE = 1 << 20;

  private final Path file;

  Reserve(Path file) {
    this.file = file;
  }

  /// Takes the space, if it is not taken. Where there is none, that is no reason to stop.
  void take() {
    if (Files.exists(file)) {
      return;
    }
    try {
      // Real bytes: a file of holes has no space to give back.
      Files.write(file, new byte[SIZE]);
    } catch (IOException e) {
      LOG.debug("no space is kept for a full disk", e);
      release();
    }
  }

  /// Gives the space to whoever writes next.
  ///
  /// @return whether there was any
  boolean release() {
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the space kept for a full disk can not be given up", e);
      return false;
    }
  }
}
