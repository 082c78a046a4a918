package dev.banyan.transfer;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.LogLost;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Why threads that work together had to end: what the first of them failed of, for the one that
/// waits for them. May be used by many threads.
public final class FirstFailure {
  private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

  /// @return whether nothing had failed before
  public boolean is(Throwable failure) {
    return first.compareAndSet(null, failure);
  }

  boolean happened() {
    return first.get() != null;
  }

  /// Does nothing where nothing failed.
  public void rethrow() throws SQLException, LogLost, EpochLost {
    Throwable why = first.get();
    switch (why) {
      case null -> {}
      case SQLException e -> throw e;
      case LogLost e -> throw e;
      case EpochLost e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(why);
    }
  }
}
