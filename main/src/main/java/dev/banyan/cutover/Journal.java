package dev.banyan.cutover;

import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes decisions to the store one after the other, in the order in which they were made, away
/// from whoever made them.
///
/// Adding never waits. What is already in force (a rollback, a hold) is kept until the store takes
/// it, and tried again; what waits for the store (a promotion) fails at once while it does not. Of
/// what is in force and says the same of the same family only the latest waits, so the backlog is
/// bounded by the families. While it waits it is in the [Backlog], too, for the next life of this
/// process.
final class Journal {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /// How long the caller of a rollback waits to be able to say that it is recorded.
  private static final long PATIENCE_MILLIS = 2_000;

  /// How long the store may take before what is in force is kept beside it.
  private static final long HASTE_MILLIS = 200;

  private final Executor executor;
  private final Backlog backlog;
  private final CutoverListener listener;

  // Guarded by itself, like `writing`.
  private final Deque<Ticket> queue = new ArrayDeque<>();
  private boolean writing;

  private final ReentrantLock keeping = new ReentrantLock();

  // Guarded by `keeping`.
  private List<Unwritten> kept;

  /// @param kept what the backlog holds
  Journal(Executor executor, Backlog backlog, List<Unwritten> kept, CutoverListener listener) {
    this.executor = executor;
    this.backlog = backlog;
    this.kept = List.copyOf(kept);
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

  /// What makes a decision one that is in force before it is written.
  ///
  /// @param key the same for those of which the latest says it all
  /// @param unwritten how the next life of this process knows of it, or null where it need not
  record InForce(String key, @Nullable Unwritten unwritten) {}

  /// One decision on its way into the store.
  static final class Ticket {
    private final String what;
    private final Writing writing;
    private final @Nullable InForce inForce;
    private final CompletableFuture<Written> written = new CompletableFuture<>();

    private Ticket(String what, Writing writing, @Nullable InForce inForce) {
      this.what = what;
      this.writing = writing;
      this.inForce = inForce;
    }

    private boolean isLike(InForce other) {
      return inForce != null && inForce.key().equals(other.key());
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

    private @Nullable Written within(long millis) {
      try {
        return written.get(millis, TimeUnit.MILLISECONDS);
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

  /// Waits until the store has a decision or has refused it; null when that takes more than a short
  /// while, or has failed so far. What is in force then survives this process.
  @Nullable Written soon(Ticket ticket) {
    Written written = ticket.within(HASTE_MILLIS);
    if (written == null) {
      keep();
      written = ticket.within(PATIENCE_MILLIS - HASTE_MILLIS);
    }
    return written;
  }

  /// Puts a decision in line. Call [#write] afterwards, without holding a lock.
  ///
  /// @param what for the log
  /// @param inForce why it is kept until it is written, or null where it is not
  Ticket add(String what, Writing writing, @Nullable InForce inForce) {
    Ticket ticket = new Ticket(what, writing, inForce);
    synchronized (queue) {
      if (inForce != null) {
        // The one that is being written is the first, and is not in anybody's way.
        queue.stream()
            .skip(this.writing ? 1 : 0)
            .filter(each -> each.isLike(inForce))
            .toList()
            .forEach(before -> follow(before, ticket));
      }
      queue.add(ticket);
    }
    return ticket;
  }

  /// Another decision says what this one did, and more. Whoever waits for it waits for that one.
  private void follow(Ticket before, Ticket next) {
    queue.remove(before);
    var _ =
        next.written.whenComplete((written, failure) -> {
          if (failure == null) {
            before.written.complete(written);
          } else {
            before.written.completeExceptionally(failure);
          }
        });
  }

  /// Has what is in force and not written survive this process, and forgets what is written. May
  /// wait for the disk.
  void keep() {
    keeping.lock();
    try {
      List<Unwritten> now;
      synchronized (queue) {
        now =
            queue.stream()
                .map(each -> each.inForce)
                .filter(Objects::nonNull)
                .map(InForce::unwritten)
                .filter(Objects::nonNull)
                .toList();
      }
      if (!now.equals(kept)) {
        backlog.keep(now);
        kept = now;
      }
    } catch (UncheckedIOException e) {
      log.error("what is in force and not in the store would be lost with this process", e);
    } finally {
      keeping.unlock();
    }
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
    if (ticket.inForce != null) {
      keep();
    }
    if (written instanceof Written.Done(List<LedgerEntry> entries)) {
      entries.forEach(this::tell);
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
    if (ticket.inForce != null) {
      keep(); // before whoever waits is told
    }
    // Once for each entry: it is tried again every second, for as long as the store is gone.
    if (ticket.written.completeExceptionally(failure)) {
      log.error(
          "STORE FAILED: {} is not recorded: {}{}",
          Wording.line(ticket.what),
          failure.getMessage(),
          ticket.inForce != null ? ". It is in force, and is tried again until it is recorded" : "",
          failure);
    }
    synchronized (queue) {
      if (ticket.inForce == null) {
        queue.remove();
        return true;
      }
      // The order of decisions is the order of the ledger: nothing overtakes what failed, and
      // whoever waits for what is behind it need not wait.
      queue.forEach(other -> other.written.completeExceptionally(failure));
      queue.removeIf(other -> other.inForce == null);
      writing = false;
      return false;
    }
  }
}
