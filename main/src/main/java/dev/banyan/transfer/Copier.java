package dev.banyan.transfer;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Copies one chunk after the other, on a thread of its own, until nothing is ahead any more.
final class Copier {
  private static final Duration GLANCE = Duration.ofMillis(100);

  private final Session session;
  private final Dispatcher dispatcher;
  private final ChunkRows rows;
  private int failures;
  private int conflicts;

  Copier(Session session, Dispatcher dispatcher) {
    this.session = session;
    this.dispatcher = dispatcher;
    this.rows = new ChunkRows(session);
  }

  /// @throws SQLException where chunks fail one after the other
  void run() throws SQLException, EpochLost, InterruptedException {
    while (!session.stopping()) {
      Optional<TableName> table = dispatcher.claim();
      if (table.isEmpty()) {
        dispatcher.await(GLANCE);
      } else {
        copy(session.table(table.get()));
      }
    }
  }

  private void copy(Table table) throws SQLException, EpochLost, InterruptedException {
    Optional<Range> range = Optional.empty();
    try {
      range = registered(table);
      if (range.isEmpty()) {
        dispatcher.await(GLANCE);
        return;
      }
      Duration rest = chunk(table, range.get());
      failures = 0;
      session.sleep(rest);
    } catch (SQLException e) {
      if (range.isPresent()) {
        dispatcher.abandon(table.name(), range.get());
      }
      if (++failures > session.options().retries() || session.stopping()) {
        throw e;
      }
      session.meter(table).says("a chunk failed and is tried again: " + e.getMessage());
      session.sleep(session.options().pause());
    }
  }

  /// Finds where the next chunk ends, and puts it in flight.
  private Optional<Range> registered(Table table)
      throws SQLException, EpochLost, InterruptedException {
    try {
      hold(session.meter(table));
      if (session.stopping()) {
        return Optional.empty();
      }
      clear(table);
      List<Range> ahead = dispatcher.plan().ahead(table.name());
      if (ahead.isEmpty()) {
        return Optional.empty();
      }
      Range range = next(table, ahead.getFirst());
      return dispatcher.register(table.name(), range) ? Optional.of(range) : Optional.empty();
    } finally {
      dispatcher.release(table.name());
    }
  }

  /// Waits until nothing holds it back any more, and says what does.
  private void hold(Meter meter) throws InterruptedException {
    Optional<Pace.Hold> hold = session.pace().hold();
    boolean held = hold.isPresent();
    while (hold.isPresent() && !session.stopping()) {
      meter.says(Session.BLOCKED + hold.get().what());
      session.sleep(hold.get().again());
      hold = session.pace().hold();
    }
    if (held) {
      meter.says("");
    }
  }

  private Range next(Table table, Range gap) throws SQLException {
    if (table.key().isEmpty()) {
      return gap;
    }
    try (Snapshot glance = session.source().snapshot()) {
      Optional<Key> end = glance.boundary(table, gap.after(), session.meter(table).size());
      boolean within =
          end.isPresent() && gap.upTo().map(bound -> end.get().compareTo(bound) < 0).orElse(true);
      return within ? new Range(gap.after(), end) : gap;
    }
  }

  /// Where chunks can not be deleted by their range, the table is cleared before the first.
  private void clear(Table table) throws SQLException, EpochLost, InterruptedException {
    if (dispatcher.plan().cleared(table.name())
        || !dispatcher.plan().ahead(table.name()).equals(List.of(Range.ALL))
        || !rows.needsClear(table)) {
      return;
    }
    dispatcher.enter();
    try (TargetWork work = session.begin()) {
      for (MappedTable part : session.mapping().of(table.name())) {
        if (!part.replaces()) {
          continue;
        }
        long gone = work.deleteRange(part.target(), Range.ALL, part.where());
        assert gone >= 0;
      }
      dispatcher.clear(table.name(), work);
    } finally {
      dispatcher.leave();
    }
  }

  /// @return how long to rest after it, when nothing is open any more
  private Duration chunk(Table table, Range range)
      throws SQLException, EpochLost, InterruptedException {
    Meter meter = session.meter(table);
    Duration rest = Duration.ZERO;
    try (Snapshot snapshot = admitted(table, range)) {
      if (snapshot == null) {
        return Duration.ZERO;
      }
      if (session.once()) {
        dispatcher.deliver(List.of(), Optional.of(snapshot.token().upTo()));
      }
      dispatcher.enter();
      Instant began = session.clock().instant();
      try (TargetWork work = session.begin()) {
        long number = rows.copy(snapshot, work, table, range);
        session.failing("chunk copied");
        Dispatcher.Answer answer =
            dispatcher.merge(table.name(), range, work, session.options().patience());
        session.failing("chunk committed");
        if (answer == Dispatcher.Answer.YES) {
          Instant now = session.clock().instant();
          Duration took = Duration.between(began, now);
          meter.copied(number, took, now);
          session.moved();
          rest = session.pace().rest(number, took);
        } else {
          meter.tooLarge();
          dispatcher.abandon(table.name(), range);
        }
      } finally {
        dispatcher.leave();
      }
      conflicts = 0;
    } catch (RowRefused e) {
      refused(table, range, e);
    } catch (Writing.Refusal e) {
      refused(table, range, e.why());
    }
    return rest;
  }

  /// A chunk is of another moment than the rows around it: one of those may still have a value that
  /// must be the only one, which its next change takes from it. So the range is copied again, a
  /// bounded number of times.
  private void refused(Table table, Range range, RowRefused why) throws InterruptedException {
    String says = String.valueOf(why.getMessage());
    if (!why.duplicate() || ++conflicts > session.options().retries()) {
      dispatcher.stop(table.name(), says);
      return;
    }
    dispatcher.abandon(table.name(), range);
    session.meter(table).says("a chunk meets a row that may change, and is tried again: " + says);
    session.sleep(session.options().pause());
  }

  /// Opens snapshots until one contains what it must. Who is in the way is said by name, and after
  /// a bounded time the range is put back, to be begun again: it is never read too early.
  private @Nullable Snapshot admitted(Table table, Range range)
      throws SQLException, InterruptedException {
    Instant until = session.clock().instant().plus(session.options().patience());
    Duration wait = Duration.ofMillis(2);
    while (!session.stopping()) {
      Snapshot snapshot = session.source().snapshot();
      Dispatcher.Answer answer = Dispatcher.Answer.GONE;
      try {
        answer = dispatcher.opened(table.name(), range, snapshot.token());
        if (answer == Dispatcher.Answer.YES) {
          session.meter(table).says("");
          return snapshot;
        }
        if (answer == Dispatcher.Answer.GONE) {
          return null;
        }
        if (wait.compareTo(GLANCE) >= 0) {
          blocked(table, dispatcher.plan().missing(table.name(), range, snapshot.token()));
        }
      } finally {
        if (answer != Dispatcher.Answer.YES) {
          snapshot.close();
        }
      }
      if (session.clock().instant().isAfter(until)) {
        break;
      }
      session.sleep(wait);
      wait = wait.compareTo(GLANCE) < 0 ? wait.multipliedBy(2) : wait;
    }
    dispatcher.abandon(table.name(), range);
    return null;
  }

  private void blocked(Table table, List<Commit> missing) throws SQLException {
    List<String> who = session.source().blocking(missing);
    session
        .meter(table)
        .says(
            Session.BLOCKED
                + (who.isEmpty()
                    ? "transactions that are in the log and can not be seen yet"
                    : String.join(", ", who)));
  }
}
