package dev.banyan.transfer;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Reads the log ahead of what is applied, so that one does not wait for the other. What waits is
/// bounded by its changes; a transaction that is larger than that waits alone.
final class Follower {
  private static final Duration WAIT = Duration.ofMillis(50);

  private final ChangeStream stream;
  private final int bound;
  private final Semaphore room;
  private final BlockingQueue<Delivery> read = new LinkedBlockingQueue<>();
  private volatile boolean stopping;

  Follower(ChangeStream stream, int bound) {
    this.stream = stream;
    this.bound = bound;
    this.room = new Semaphore(bound);
  }

  /// @param transaction empty where the log only went on
  private record Delivery(Optional<Transaction> transaction, Position reached, int takes) {}

  /// What was read since the last time.
  ///
  /// @param reached everything up to here
  record Ahead(List<Transaction> transactions, Optional<Position> reached) {
    boolean isEmpty() {
      return transactions.isEmpty() && reached.isEmpty();
    }
  }

  /// On a thread of its own.
  void run() throws SQLException, InterruptedException {
    Position last = Position.START;
    while (!stopping) {
      Optional<Transaction> next = stream.next(WAIT);
      Position reached = next.isPresent() ? next.get().commit().position() : stream.reached();
      if (next.isPresent() || reached.compareTo(last) > 0) {
        last = reached;
        int takes = Math.clamp(next.map(each -> each.changes().size()).orElse(0), 1, bound);
        while (!room.tryAcquire(takes, WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
          if (stopping) {
            return;
          }
        }
        read.put(new Delivery(next, reached, takes));
      }
    }
  }

  void stop() {
    stopping = true;
  }

  boolean isEmpty() {
    return read.isEmpty();
  }

  /// Waits for the first, takes what is there, up to about that many changes.
  Ahead take(int most, Duration wait) throws InterruptedException {
    List<Transaction> transactions = new ArrayList<>();
    Optional<Position> reached = Optional.empty();
    int changes = 0;
    Delivery next = read.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
    while (next != null) {
      next.transaction().ifPresent(transactions::add);
      reached = Optional.of(next.reached());
      room.release(next.takes());
      changes += next.takes();
      next = changes < most ? read.poll() : null;
    }
    return new Ahead(transactions, reached);
  }
}
