package dev.banyan.cutover;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// A backlog that a test hands from one life of a process to the next.
final class KeptInMemory implements Backlog {
  volatile List<Unwritten> kept = List.of();
  volatile boolean failing;

  @Override
  public List<Unwritten> read() {
    return kept;
  }

  @Override
  public void keep(List<Unwritten> unwritten) {
    if (failing) {
      throw new UncheckedIOException(new IOException("this disk is full, too"));
    }
    kept = unwritten;
  }
}
