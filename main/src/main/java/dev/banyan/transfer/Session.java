package dev.banyan.transfer;

import dev.banyan.transfer.engine.ChangeStream;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.plan.Plan;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// One life of a transfer: from what the target remembers to a stop or a failure, after which
/// nothing of it is left but what is on the target.
final class Session {
  static final String BLOCKED = "waits for ";

  private static final Duration TICK = Duration.ofMillis(20);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration IDLE = Duration.ofMillis(200);
  private static final Duration BEAT = Duration.ofSeconds(1);

  /// Under a stream of changes, a transaction of the target is not made for a few of them: each
  /// costs as much as some hundred rows.
  private static final Duration GATHER = Duration.ofMillis(20);

  private final Transfer.Setup setup;
  private final Transfer.Vitals vitals;
  private final Life life;
  private final Map<TableName, Table> tables = new HashMap<>();
  private final Dispatcher dispatcher;
  private final FirstFailure failure = new FirstFailure();
  private final List<Thread> threads = new ArrayList<>();
  private final ReentrantLock cutting = new ReentrantLock(true);
  private volatile boolean ending;
  private Instant looked = Instant.EPOCH;
  private Instant wrote = Instant.EPOCH;
  private Instant beaten = Instant.EPOCH;
  private Position acknowledged = Position.START;

  Session(Transfer.Setup setup, Transfer.Vitals vitals, Life life, Plan plan) {
    this.setup = setup;
    this.vitals = vitals;
    this.life = life;
    setup.tables().forEach(table -> tables.put(table.name(), table));
    this.dispatcher =
        new Dispatcher(
            life,
            new Writing(setup.mapping()),
            setup.options(),
            setup.tables().stream().sorted(Ordering.smallFirst()).map(Table::name).toList(),
            plan);
  }

  // ---- what its copiers ask ----

  Source source() {
    return setup.source();
  }

  Mapping mapping() {
    return setup.mapping();
  }

  Options options() {
    return setup.options();
  }

  Pace pace() {
    return setup.pace();
  }

  InstantSource clock() {
    return setup.clock();
  }

  /// No log says when a snapshot has been delivered: it is when it is there.
  boolean once() {
    return setup.mode() == Transfer.Mode.COPY_ONCE;
  }

  boolean binary() {
    return setup.binary();
  }

  Executor helper() {
    return task -> setup.threads().newThread(task).start();
  }

  Dispatcher dispatcher() {
    return dispatcher;
  }

  Table table(TableName name) {
    Table table = tables.get(name);
    if (table == null) {
      throw new IllegalArgumentException(name + " is not of this transfer");
    }
    return table;
  }

  Meter meter(Table table) {
    return vitals.meter(table.name());
  }

  TargetWork begin() throws SQLException, EpochLost {
    return life.begin();
  }

  boolean stopping() {
    return ending || failure.happened();
  }

  void moved() {
    vitals.moved();
  }

  /// Waits, or less where the session ends meanwhile.
  void sleep(Duration longest) throws InterruptedException {
    Instant until = clock().instant().plus(longest);
    Duration left = longest;
    while (left.isPositive() && !stopping()) {
      dispatcher.await(left);
      left = Duration.between(clock().instant(), until);
    }
  }

  // ---- the session's own thread ----

  /// @throws SQLException where a database failed; another session may go on
  void run(Goal goal) throws SQLException, LogLost, EpochLost, InterruptedException {
    report();
    dispatcher.flush();
    if (once()) {
      copiers();
      follow(goal, Optional.empty(), Optional.empty());
      return;
    }
    try (ChangeStream stream =
        source().follow(dispatcher.plan().acknowledgeable(), this::leavesOut)) {
      Follower follower = new Follower(stream, options().readAhead());
      try {
        thread(follower::run);
        copiers();
        follow(goal, Optional.of(stream), Optional.of(follower));
      } finally {
        follower.stop();
        end();
      }
    } finally {
      end();
    }
  }

  private boolean leavesOut(TableName table) {
    return mapping().of(table).stream().anyMatch(MappedTable::leavesOut);
  }

  private interface Task {
    void run() throws Exception;
  }

  private void copiers() {
    for (int i = 0; i < options().copiers(); i++) {
      thread(new Copier(this, dispatcher)::run);
    }
  }

  private void thread(Task task) {
    Thread thread =
        setup
            .threads()
            .newThread(() -> {
              try {
                task.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } catch (Exception | Error e) {
                if (failure.is(e)) {
                  dispatcher.wake();
                }
              }
            });
    threads.add(thread);
    thread.start();
  }

  private void end() {
    ending = true;
    dispatcher.close();
    boolean interrupted = Thread.interrupted();
    for (Thread thread : threads) {
      try {
        if (!thread.join(options().patience())) {
          thread.interrupt();
          thread.join(options().patience());
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(Goal goal, Optional<ChangeStream> stream, Optional<Follower> follower)
      throws SQLException, LogLost, EpochLost, InterruptedException {
    Optional<Instant> stopBy = Optional.empty();
    while (true) {
      failure.rethrow();
      boolean empty = true;
      if (follower.isPresent()) {
        Follower.Ahead ahead = follower.get().take(options().batch(), TICK);
        empty = ahead.isEmpty() || follower.get().isEmpty();
        if (!ahead.isEmpty()) {
          dispatcher.deliver(ahead.transactions(), ahead.reached());
          vitals.delivered(ahead.transactions());
        }
      } else {
        dispatcher.await(TICK);
      }
      write(empty);
      if (stream.isPresent()) {
        acknowledge(stream.get());
      }
      beat();
      if (vitals.stopping() && stopBy.isEmpty()) {
        stopBy = Optional.of(clock().instant().plus(options().patience()));
      }
      boolean late = stopBy.map(by -> clock().instant().isAfter(by)).orElse(false);
      if ((stopBy.isPresent() && (dispatcher.pause(true) || late)) || reached(goal)) {
        dispatcher.flush();
        if (stream.isPresent()) {
          acknowledge(stream.get());
        }
        report();
        return;
      }
    }
  }

  private boolean reached(Goal goal) {
    Plan plan = dispatcher.plan();
    return switch (goal) {
      case Goal.Following _ -> false;
      case Goal.Applied applied ->
          plan.acknowledgeable().compareTo(applied.position()) >= 0
              || (plan.applied().compareTo(applied.position()) >= 0
                  && tables.keySet().stream().anyMatch(table -> !plan.stopped(table).isEmpty()));
      case Goal.Copied _ ->
          tables.keySet().stream()
              .allMatch(table -> plan.copied(table) || !plan.stopped(table).isEmpty());
    };
  }

  /// Writes when enough has come together, or nothing more comes.
  private void write(boolean empty) throws SQLException, EpochLost {
    Plan plan = dispatcher.plan();
    Instant now = clock().instant();
    boolean soon = Duration.between(wrote, now).compareTo(GATHER) < 0;
    boolean changes =
        plan.pending() > 0 && ((empty && !soon) || plan.pending() >= options().batch());
    boolean idle =
        Duration.between(wrote, now).compareTo(IDLE) >= 0
            && plan.delivered().compareTo(plan.applied()) > 0;
    if (!changes && !idle) {
      return;
    }
    if (plan.waitsToSee() && Duration.between(looked, now).compareTo(LOOK) >= 0) {
      try (Snapshot glance = source().snapshot()) {
        dispatcher.observe(glance.token());
      }
      looked = now;
    }
    failing("changes delivered");
    dispatcher.flush();
    failing("changes written");
    wrote = now;
    vitals.applied(dispatcher.plan().acknowledgeable(), dispatcher.changes());
  }

  private void acknowledge(ChangeStream stream) throws SQLException {
    Position position = dispatcher.forgettable();
    if (position.compareTo(acknowledged) > 0) {
      stream.acknowledge(position);
      acknowledged = position;
    }
  }

  private void beat() throws SQLException {
    Instant now = clock().instant();
    if (Duration.between(beaten, now).compareTo(BEAT) < 0) {
      return;
    }
    beaten = now;
    if (!once()) {
      long behind = source().behind(dispatcher.plan().acknowledgeable());
      vitals.lag(behind);
      if (behind > options().retention()) {
        dispatcher.forgetStopped(
            "its source kept "
                + behind
                + " bytes of log for it, more than it may: it will be"
                + " copied anew");
      }
    }
    report();
  }

  void report() {
    vitals.report(dispatcher.plan());
  }

  /// A point at which tests let the program be killed.
  void failing(String point) throws SQLException {
    setup.killer().at(point);
  }

  // ---- aligned cuts, on another thread ----

  /// One at a time: whoever has waited in vain would else end another's.
  ///
  /// @param work done while nothing is written; it closes the cut, now or later
  /// @return empty where no snapshot would do in time, or a table is not there yet
  <T> Optional<T> cut(Transfer.CutWork<T> work)
      throws SQLException, EpochLost, RowRefused, InterruptedException {
    Instant until = clock().instant().plus(options().patience());
    if (!cutting.tryLock(options().patience().toMillis(), TimeUnit.MILLISECONDS)) {
      return Optional.empty();
    }
    try {
      return cut(work, until);
    } finally {
      cutting.unlock();
    }
  }

  private <T> Optional<T> cut(Transfer.CutWork<T> work, Instant until)
      throws SQLException, EpochLost, RowRefused, InterruptedException {
    try {
      while (!dispatcher.pause(true) || !dispatcher.beginCut()) {
        if (late(until)) {
          return Optional.empty();
        }
        dispatcher.await(TICK);
      }
      while (!late(until)) {
        Snapshot snapshot = source().snapshot();
        Optional<Snapshot> target = Optional.empty();
        try {
          if (dispatcher.cutAt(snapshot.token())) {
            target = dispatcher.cutDone(options().patience());
            return target.isEmpty()
                ? Optional.empty()
                : Optional.of(work.of(snapshot, target.get()));
          }
        } finally {
          if (target.isEmpty()) {
            snapshot.close();
          }
        }
        dispatcher.await(TICK);
      }
      return Optional.empty();
    } finally {
      dispatcher.endCut();
      dispatcher.pause(vitals.stopping());
    }
  }

  private boolean late(Instant until) {
    return stopping() || clock().instant().isAfter(until);
  }
}
