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

  private final Ledger ledger;
  private final Executor executor;
  private final CutoverListener listener;

  // Guarded by itself, like `writing`.
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private boolean writing;

  Journal(Ledger ledger, Executor executor, CutoverListener listener) {
    this.ledger = ledger;
    this.executor = executor;
    this.listener = listener;
  }

  /// One decision on its way into the store.
  static final class Ticket {
    private final LedgerEntry.Draft draft;
    private final @Nullable Change change;
    private final boolean inForce;
    private final CompletableFuture<LedgerEntry> written = new CompletableFuture<>();

    private Ticket(LedgerEntry.Draft draft, @Nullable Change change, boolean inForce) {
      this.draft = draft;
      this.change = change;
      this.inForce = inForce;
    }

    /// Waits until the store has it or has refused it, and returns why it refused, or null.
    @Nullable String refusal() {
      try {
        written.join();
        return null;
      } catch (CompletionException e) {
        return String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
      }
    }

    /// Whether the store has it, after waiting for a short while.
    boolean soon() {
      try {
        written.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        return true;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      } catch (ExecutionException | TimeoutException e) {
        log.debug("not recorded yet", e);
        return false;
      }
    }
  }

  /// Puts a decision in line. Call [#write] afterwards, without holding a lock.
  ///
  /// @param inForce whether it is kept until it is written
  Ticket add(LedgerEntry.Draft draft, @Nullable Change change, boolean inForce) {
    Ticket ticket = new Ticket(draft, change, inForce);
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
    LedgerEntry entry;
    try {
      Written written = ledger.append(ticket.draft, ticket.change, null);
      if (!(written instanceof Written.Done(LedgerEntry made))) {
        throw new IllegalStateException("another process moved " + ticket.draft.family());
      }
      entry = made;
    } catch (RuntimeException e) {
      return goOnAfter(ticket, e);
    }
    synchronized (queue) {
      queue.remove();
    }
    ticket.written.complete(entry);
    try {
      listener.entered(entry);
    } catch (RuntimeException e) {
      log.error("a listener failed on ledger entry {}; the entry is written", entry.seq(), e);
    }
    return true;
  }

  private boolean goOnAfter(Ticket ticket, RuntimeException failure) {
    LedgerEntry.Draft draft = ticket.draft;
    // Once for each entry: it is tried again every second, for as long as the store is gone.
    if (ticket.written.completeExceptionally(failure)) {
      log.error(
          "STORE FAILED: {} of {} ({}) is not recorded: {}{}",
          draft.kind().word(),
          draft.family(),
          Wording.line(draft.reason()),
          failure.getMessage(),
          ticket.inForce ? ". It is in force, and is tried again until it is recorded" : "",
          failure);
    }
    synchronized (queue) {
      if (!ticket.inForce) {
        queue.remove();
        return true;
      }
      // The order of decisions is the order of the ledger: nothing overtakes what failed.
      queue.stream()
          .filter(other -> !other.inForce)
          .forEach(other -> other.written.completeExceptionally(failure));
      queue.removeIf(other -> !other.inForce);
      writing = false;
      return false;
    }
  }
}
