package dev.banyan.cutover;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes decisions to the store one after the other, in the order in which they were made, away
/// from whoever made them.
///
/// Adding never waits. What is already in force (a rollback, a hold) is kept until the store takes
/// it, and tried again; what waits for the store (a promotion) fails at once while it does not. The
/// backlog is bounded by the rollbacks and holds that are possible without a promotion between
/// them.
final class Journal {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /// How long the caller of a rollback waits to be able to say that it is recorded.
  private static final long PATIENCE_SECONDS = 2;

  private final Executor executor;
  private final CutoverListener listener;

  // Guarded by itself, like `writing`.
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private boolean writing;

  Journal(Executor executor, CutoverListener listener) {
    this.executor = executor;
    this.listener = listener;
  }

  /// What writes one decision. Runs on the journal's thread, one at a time, and again after it has
  /// thrown; what it does besides writing, such as taking over what was written, is in the order of
  /// the store.
  @FunctionalInterface
  interface Writing {
    /// @throws RuntimeException when the store fails; then nothing is written
    Written write();
  }

  /// One decision on its way into the store.
  static final class Ticket {
    private final String what;
    private final Writing writing;
    private final boolean inForce;
    private final CompletableFuture<Written> written = new CompletableFuture<>();

    private Ticket(String what, Writing writing, boolean inForce) {
      this.what = what;
      this.writing = writing;
      this.inForce = inForce;
    }

    /// Whether the store has it, or has refused it.
    boolean isDone() {
      return written.isDone();
    }

    /// Waits until the store has it or has refused it.
    Result result() {
      try {
        return new Result(written.join(), null);
      } catch (CompletionException e) {
        return failed(e);
      }
    }

    /// The same, but null when that takes more than a short while, or has failed so far.
    @Nullable Written soon() {
      try {
        return written.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      } catch (ExecutionException | TimeoutException e) {
        log.debug("not recorded yet", e);
        return null;
      }
    }

    private static Result failed(Exception e) {
      Throwable cause = e.getCause();
      return new Result(null, String.valueOf((cause == null ? e : cause).getMessage()));
    }
  }

  /// What became of a decision.
  ///
  /// @param written null where the store failed
  /// @param failure why it failed, else null
  record Result(@Nullable Written written, @Nullable String failure) {}

  /// Puts a decision in line. Call [#write] afterwards, without holding a lock.
  ///
  /// @param what for the log
  /// @param inForce whether it is kept until it is written
  Ticket add(String what, Writing writing, boolean inForce) {
    Ticket ticket = new Ticket(what, writing, inForce);
    synchronized (queue) {
      queue.add(ticket);
    }
    return ticket;
  }

  /// Whether something that is in force is not in the store.
  boolean behind() {
    synchronized (queue) {
      return !queue.isEmpty() && !writing;
    }
  }

  /// Has the line written, unless that is going on.
  void write() {
    synchronized (queue) {
      if (writing || queue.isEmpty()) {
        return;
      }
      writing = true;
    }
    try {
      executor.execute(this::writeAll);
    } catch (RejectedExecutionException e) {
      log.warn("the journal's thread has ended; writing on the caller's", e);
      writeAll();
    }
  }

  private void writeAll() {
    while (true) {
      Ticket ticket;
      synchronized (queue) {
        ticket = queue.peek();
        if (ticket == null) {
          writing = false;
          return;
        }
      }
      if (!writeOne(ticket)) {
        return;
      }
    }
  }

  /// Returns whether the next one may be written.
  private boolean writeOne(Ticket ticket) {
    Written written;
    try {
      written = ticket.writing.write();
    } catch (RuntimeException | Error e) {
      // An error, too: memory that ran out once may be there again, and rollbacks must be written.
      return goOnAfter(ticket, e);
    }
    synchronized (queue) {
      queue.remove();
    }
    ticket.written.complete(written);
    if (written instanceof Written.Done(LedgerEntry entry)) {
      tell(entry);
    }
    return true;
  }

  private void tell(LedgerEntry entry) {
    try {
      listener.entered(entry);
    } catch (RuntimeException e) {
      log.error("a listener failed on ledger entry {}; the entry is written", entry.seq(), e);
    }
  }

  private boolean goOnAfter(Ticket ticket, Throwable failure) {
    // Once for each entry: it is tried again every second, for as long as the store is gone.
    if (ticket.written.completeExceptionally(failure)) {
      log.error(
          "STORE FAILED: {} is not recorded: {}{}",
          Wording.line(ticket.what),
          failure.getMessage(),
          ticket.inForce ? ". It is in force, and is tried again until it is recorded" : "",
          failure);
    }
    synchronized (queue) {
      if (!ticket.inForce) {
        queue.remove();
        return true;
      }
      // The order of decisions is the order of the ledger: nothing overtakes what failed, and
      // whoever waits for what is behind it need not wait.
      queue.forEach(other -> other.written.completeExceptionally(failure));
      queue.removeIf(other -> !other.inForce);
      writing = false;
      return false;
    }
  }
}
