package dev.banyan.transfer;

import dev.banyan.transfer.engine.Snapshot;
import java.sql.SQLException;

/// Both sides at one moment: the target as it was when it held exactly what the source's snapshot
/// does. Neither side stood still for it.
public record AlignedCut(Snapshot source, Snapshot target) implements AutoCloseable {
  @Override
  public void close() throws SQLException {
    try (source;
        target) {
      // both are closed, whichever fails
    }
  }
}
