package dev.banyan.store.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Space on the disk that is kept for what must be written though the disk is full: a file that is
/// removed when it is needed, and made again once there is room. For one thread at a time.
final class Reserve {
  private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);

  /// Enough for some hundred rollbacks, each a page of the table and of its log.
  static final int SIZE = 1 << 20;

  /// It is taken only where as much again stays free: else it would be what fills the disk.
  private static final long FREE = 2L * SIZE;

  private final Path file;
  private boolean taken;

  Reserve(Path file) {
    this.file = file;
  }

  /// Takes the space, if it is not taken. Where there is none, that is no reason to stop.
  void take() {
    if (taken) {
      return;
    }
    try {
      if (Files.exists(file)) {
        taken = true;
        return;
      }
      if (Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace() < FREE) {
        return;
      }
      // Real bytes: a file of holes has no space to give back.
      Files.write(file, new byte[SIZE]);
      taken = true;
    } catch (IOException e) {
      LOG.debug("no space is kept for a full disk", e);
      release();
    }
  }

  /// Gives the space to whoever writes next.
  ///
  /// @return whether there was any
  boolean release() {
    taken = false;
    try {
      return Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("the space kept for a full disk can not be given up", e);
      return false;
    }
  }
}
