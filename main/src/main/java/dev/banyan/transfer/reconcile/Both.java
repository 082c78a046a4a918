package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.engine.RowRefused;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;

/// What two sides gave that were read at once.
record Both<T>(T source, T target) {
  interface Reading<T> {
    T read() throws SQLException, RowRefused;
  }

  /// Reads one side on the executor and the other here; ends when both have, also where one fails.
  static <T> Both<T> of(Executor executor, Reading<T> source, Reading<T> target)
      throws SQLException, InterruptedException, RowRefused {
    FutureTask<T> other = new FutureTask<>(source::read);
    executor.execute(other);
    T here;
    try {
      here = target.read();
    } catch (SQLException | RowRefused | RuntimeException e) {
      settle(other, e);
      throw e;
    }
    try {
      return new Both<>(other.get(), here);
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  /// Two threads never leave one snapshot's connection behind in use.
  private static void settle(FutureTask<?> other, Exception first) throws InterruptedException {
    try {
      other.get();
    } catch (ExecutionException e) {
      first.addSuppressed(e.getCause());
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) throws SQLException, RowRefused {
    Throwable cause = e.getCause();
    switch (cause) {
      case null -> throw new IllegalStateException(e);
      case SQLException sql -> throw sql;
      case RowRefused refused -> throw refused;
      case RuntimeException bug -> throw bug;
      case Error error -> throw error;
      default -> throw new IllegalStateException(cause);
    }
  }
}
