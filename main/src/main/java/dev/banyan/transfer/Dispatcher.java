package dev.banyan.transfer;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.plan.Plan;
import dev.banyan.transfer.plan.Write;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Holds the plan and takes one step at a time, whichever thread asks for it. The transactions of
/// the target that move the plan on are within a step, so that what was committed and what the plan
/// says never differ; rows of a chunk are read and written outside.
///
/// After an exception from a step that writes, the plan may be behind the target: the session ends.
final class Dispatcher {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Life life;
  private final Writing writing;
  private final Options options;
  private final List<TableName> tables;
  private final Set<TableName> claimed = new HashSet<>();
  private Plan plan;
  private long movements;
  private boolean paused;
  private boolean closed;

  /// A commit failed, and nobody knows whether it is durable. The plan may be older than what the
  /// target remembers, so that nothing may be written by it any more.
  private boolean doubtful;

  private long changes;

  /// What the source may forget, as of the last time that everything was remembered. Registering a
  /// chunk may move a table's own position on, of which a next life would know nothing yet.
  private Position forgettable;

  /// A chunk's transaction is open, and no other can be begun before its end.
  private boolean occupied;

  /// Changes wait for a chunk's transaction to end, and the next chunk lets them go first.
  private boolean wanted;

  /// @param tables in the order in which they are to be copied
  Dispatcher(Life life, Writing writing, Options options, List<TableName> tables, Plan plan) {
    this.life = life;
    this.writing = writing;
    this.options = options;
    this.tables = List.copyOf(tables);
    this.plan = plan;
    this.forgettable = plan.acknowledgeable();
  }

  Plan plan() {
    return locked(() -> plan);
  }

  Position forgettable() {
    return locked(() -> forgettable);
  }

  long changes() {
    return locked(() -> changes);
  }

  private <T> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    movements++;
    moved.signalAll();
  }

  private void adopt(Plan next) {
    plan = next;
    signal();
  }

  // ---- the log ----

  void deliver(List<Transaction> transactions, Optional<Position> reached) {
    lock.lock();
    try {
      Plan next = transactions.isEmpty() ? plan : plan.deliver(transactions);
      next = reached.isPresent() ? next.reached(reached.get()) : next;
      adopt(relieved(next));
    } finally {
      lock.unlock();
    }
  }

  /// Chunks for which too much waits are given up.
  private Plan relieved(Plan from) {
    Plan next = from;
    for (TableName table : tables) {
      for (Range range : next.inFlight(table)) {
        if (next.buffered(table, range) > options.buffered()) {
          next = next.abandon(table, range);
        }
      }
    }
    return next;
  }

  void observe(SnapshotToken snapshot) {
    lock.lock();
    try {
      adopt(plan.observed(snapshot));
    } finally {
      lock.unlock();
    }
  }

  /// Writes what was delivered. Tables whose rows are refused stand still from then on.
  ///
  /// Where a chunk keeps the target to itself, changes wait for the next time: whoever calls this
  /// also delivers what the chunk may be waiting for.
  void flush() throws SQLException, EpochLost {
    lock.lock();
    try {
      wanted = occupied;
      if (!occupied) {
        write();
      }
    } finally {
      lock.unlock();
    }
  }

  private void write() throws SQLException, EpochLost {
    Writing.Order order = Writing.Order.BY_TABLE;
    while (plan.writable()) {
      Write write = plan.batch();
      if (write.isEmpty()) {
        adopt(write.then());
        forgettable = plan.acknowledgeable();
        return;
      }
      try (TargetWork work = life.begin()) {
        commit(work, write, order);
        forgettable = plan.acknowledgeable();
        changes += write.changes().size();
        return;
      } catch (Writing.Refusal e) {
        Optional<Writing.Order> next = next(order, e);
        if (next.isEmpty()) {
          return;
        }
        order = next.get();
      }
    }
  }

  /// @return empty where it waits: a chunk may be ahead of the log, with a value that must be the
  ///   only one, and what takes it from the row that is refused has yet to be delivered
  private Optional<Writing.Order> next(Writing.Order order, Writing.Refusal refusal) {
    if (order == Writing.Order.BY_TABLE) {
      return Optional.of(Writing.Order.AS_THEY_CAME);
    }
    if (order == Writing.Order.AS_THEY_CAME && refusal.why().duplicate()) {
      return plan.leads(refusal.source())
          ? Optional.empty()
          : Optional.of(Writing.Order.LAST_OF_EACH);
    }
    adopt(plan.stop(refusal.source(), String.valueOf(refusal.getMessage())));
    return Optional.of(Writing.Order.AS_THEY_CAME);
  }

  private void commit(TargetWork work, Write write, Writing.Order order)
      throws SQLException, EpochLost, Writing.Refusal {
    if (doubtful) {
      throw new SQLException(
          "whether a commit is durable at the target is not known; what it remembers is read"
              + " again");
    }
    life.check(work);
    writing.apply(work, write.changes(), order, plan::lacks);
    for (Map.Entry<String, String> each : write.remember().entrySet()) {
      work.remember(each.getKey(), each.getValue());
    }
    boolean committed = false;
    try {
      work.commit();
      committed = true;
    } finally {
      doubtful = !committed;
      closed |= doubtful;
      signal();
    }
    adopt(write.then());
  }

  // ---- chunks ----

  /// The next table of which something is ahead, for the caller to find the end of its next chunk;
  /// nobody else is given it until [#release].
  Optional<TableName> claim() {
    lock.lock();
    try {
      for (TableName table : paused ? List.<TableName>of() : tables) {
        if (!claimed.contains(table)
            && plan.registrable(table)
            && (plan.ordered(table) || plan.inFlight(table).isEmpty())
            && !plan.ahead(table).isEmpty()) {
          claimed.add(table);
          return Optional.of(table);
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  void release(TableName table) {
    lock.lock();
    try {
      claimed.remove(table);
      signal();
    } finally {
      lock.unlock();
    }
  }

  /// Remembers in a transaction that has cleared a table that it did.
  void clear(TableName table, TargetWork work) throws SQLException, EpochLost {
    lock.lock();
    try {
      commit(work, plan.clear(table), Writing.Order.BY_TABLE);
    } catch (Writing.Refusal e) {
      throw new IllegalStateException("nothing was applied", e);
    } finally {
      lock.unlock();
    }
  }

  /// @return false where the table has stopped, or chunks pause
  boolean register(TableName table, Range range)
      throws SQLException, EpochLost, InterruptedException {
    lock.lock();
    try {
      while (occupied && plan.pending() > 0) {
        moved.await();
      }
      if (plan.pending() > 0) {
        write();
      }
      if (paused || plan.pending() > 0 || !plan.registrable(table)) {
        return false;
      }
      adopt(plan.register(table, range));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Waits for its turn where the target takes one transaction at a time, until [#leave]. A
  /// transaction that is open while its owner waits for the lock here would else keep out the one
  /// that has the lock.
  void enter() throws InterruptedException {
    lock.lock();
    try {
      while (life.target().serial() && !closed && (occupied || (wanted && plan.pending() > 0))) {
        moved.await();
      }
      occupied = life.target().serial();
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      occupied = false;
      signal();
    } finally {
      lock.unlock();
    }
  }

  /// What became of a snapshot or a chunk.
  enum Answer {
    YES,
    NOT_YET,
    /// the chunk is not in flight any more: too much waited for it, or its table has stopped
    GONE
  }

  Answer opened(TableName table, Range range, SnapshotToken snapshot) {
    lock.lock();
    try {
      if (!plan.inFlight(table).contains(range)) {
        return Answer.GONE;
      }
      if (!plan.admits(table, range, snapshot)) {
        return Answer.NOT_YET;
      }
      adopt(plan.opened(table, range, snapshot));
      return Answer.YES;
    } finally {
      lock.unlock();
    }
  }

  /// Applies what is left of a chunk whose rows are written, and commits.
  ///
  /// @return GONE where nothing was committed
  Answer merge(TableName table, Range range, TargetWork work, Duration patience)
      throws SQLException, EpochLost, Writing.Refusal, InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (!closed && plan.inFlight(table).contains(range) && !plan.mergeable(table, range)) {
        if (left <= 0) {
          return Answer.NOT_YET;
        }
        left = moved.awaitNanos(left);
      }
      if (closed || !plan.inFlight(table).contains(range)) {
        return Answer.GONE;
      }
      commit(work, plan.merge(table, range), Writing.Order.AS_THEY_CAME);
      return Answer.YES;
    } finally {
      lock.unlock();
    }
  }

  void abandon(TableName table, Range range) {
    lock.lock();
    try {
      adopt(plan.abandon(table, range));
    } finally {
      lock.unlock();
    }
  }

  void stop(TableName table, String why) {
    lock.lock();
    try {
      adopt(plan.stop(table, why));
    } finally {
      lock.unlock();
    }
  }

  /// The log is not held any more for tables that stand still.
  void forgetStopped(String why) {
    lock.lock();
    try {
      for (TableName table : tables) {
        String stopped = plan.stopped(table);
        if (!stopped.isEmpty()) {
          adopt(plan.forget(table, stopped + "; " + why));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  // ---- waiting ----

  /// Waits until something has moved, or that long.
  void await(Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long before = movements;
      long left = longest.toNanos();
      while (movements == before && left > 0) {
        left = moved.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      signal();
    } finally {
      lock.unlock();
    }
  }

  /// No chunk is committed any more: the session is over, and the next one knows nothing of it.
  void close() {
    lock.lock();
    try {
      closed = true;
      signal();
    } finally {
      lock.unlock();
    }
  }

  /// No chunk is begun until it is over.
  boolean pause(boolean on) {
    lock.lock();
    try {
      paused = on;
      signal();
      return tables.stream().allMatch(table -> plan.inFlight(table).isEmpty());
    } finally {
      lock.unlock();
    }
  }

  // ---- aligned cuts ----

  boolean beginCut() throws SQLException, EpochLost {
    lock.lock();
    try {
      if (plan.pending() > 0 && !occupied) {
        write();
      }
      if (!plan.cuttable()) {
        return false;
      }
      adopt(plan.cut());
      return true;
    } finally {
      lock.unlock();
    }
  }

  boolean cutAt(SnapshotToken snapshot) {
    lock.lock();
    try {
      boolean admitted = plan.cutAdmits(snapshot);
      if (admitted) {
        adopt(plan.cutOpened(snapshot));
      }
      return admitted;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until all that the cut contains was delivered, writes it, and opens the target's
  /// snapshot before anything else is written.
  Optional<Snapshot> cutDone(Duration patience)
      throws SQLException, EpochLost, InterruptedException {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (!plan.writable() || occupied) {
        if (closed || left <= 0) {
          return Optional.empty();
        }
        left = moved.awaitNanos(left);
      }
      write();
      return plan.pending() == 0 ? Optional.of(life.target().snapshot()) : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  void endCut() {
    lock.lock();
    try {
      adopt(plan.resumeFromCut());
    } finally {
      lock.unlock();
    }
  }
}
