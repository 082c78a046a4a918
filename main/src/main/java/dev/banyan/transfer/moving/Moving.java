package dev.banyan.transfer.moving;

import dev.banyan.transfer.Goal;
import dev.banyan.transfer.Options;
import dev.banyan.transfer.Progress;
import dev.banyan.transfer.Transfer;
import dev.banyan.transfer.engine.Database;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.Fence;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.mapping.Draft;
import dev.banyan.transfer.mapping.IdMaps;
import dev.banyan.transfer.mapping.Mappings;
import dev.banyan.transfer.mapping.PairedIds;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.DatabaseOptions;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.options.TransferOptions;
import dev.banyan.transfer.report.StatusReport;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One transfer with both of its databases open, in whichever direction its rows flow.
///
/// Guarded by itself, but for [#run], which blocks until it is stopped and is for one thread. What
/// runs is replaced when the owner changes, and [#run] goes on with what there is then.
final class Moving implements AutoCloseable {
  /// One direction.
  ///
  /// @param reverse rows flow from the target of `banyan.yaml` to its source
  /// @param claimed whether some thread runs it
  record Way(
      boolean reverse,
      long epoch,
      Source source,
      Target target,
      Touched mapping,
      Transfer transfer,
      AtomicBoolean claimed)
      implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      try (source;
          target) {
        transfer.stop();
      }
    }
  }

  private final TransferOptions options;
  private final Database from;
  private final Database to;
  private final Draft draft;
  private final List<Table> fromTables;
  private final List<Table> toTables;
  private final Working working;
  private final Replicas replicas;
  private final Target home;
  private final Target there;
  private final Memory memory;
  private @Nullable Way way;
  private Optional<StatusReport> copiedBefore = Optional.empty();
  private boolean stopped;

  private Moving(
      TransferOptions options,
      Database from,
      Database to,
      List<Table> fromTables,
      List<Table> toTables,
      Working working)
      throws SQLException {
    this.options = options;
    this.from = from;
    this.to = to;
    this.fromTables = fromTables;
    this.toTables = toTables;
    this.working = working;
    this.replicas =
        new Replicas(
            options.throttle(),
            from,
            working.database(options.throttle().replica()).orElse(null),
            working.threads());
    this.draft =
        Draft.of(
            options.tables(),
            new Draft.Side(fromTables, from.defaultSchema(), from.expressions()),
            new Draft.Side(toTables, to.defaultSchema(), to.expressions()),
            sameEngine(from, to),
            maps(options.name(), from, to));
    this.home = to.target(options.name() + "_notes", toTables);
    this.there = to.target(options.name(), toTables);
    this.memory = new Memory(home, there);
  }

  /// Reads both schemas. Both databases belong to it from now on, also where this fails.
  static Moving open(TransferOptions options, Database from, Database to, Working working)
      throws SQLException {
    List<Table> here = from.tables(named(options, from, TableOptions::from));
    List<Table> there = to.tables(named(options, to, TableOptions::to));
    return new Moving(options, from, to, here, there, working);
  }

  private static Set<TableName> named(
      TransferOptions options, Database database, Function<TableOptions, String> side) {
    Set<TableName> names = new TreeSet<>();
    for (TableOptions each : options.tables()) {
      names.add(TableName.parse(side.apply(each), database.defaultSchema()));
    }
    return names;
  }

  private static boolean sameEngine(Database from, Database to) {
    return product(from).equals(product(to));
  }

  private static @Nullable IdMaps maps(String transfer, Database from, Database to) {
    return from.ids(transfer)
        .flatMap(source ->
            to.ids(transfer).map(target -> new PairedIds(target, source, UUID::randomUUID)))
        .orElse(null);
  }

  private static String product(Database database) {
    return database.product().split(" ", 2)[0];
  }

  TransferOptions options() {
    return options;
  }

  Database from() {
    return from;
  }

  Database to() {
    return to;
  }

  Draft draft() {
    return draft;
  }

  /// Whether any column has other ids on the other side.
  boolean mapsIds() {
    return options.tables().stream()
        .flatMap(table -> table.columns().stream())
        .anyMatch(rule -> rule instanceof ColumnRule.Copied copied && copied.idMap() != null);
  }

  List<Table> fromTables() {
    return fromTables;
  }

  List<Table> toTables() {
    return toTables;
  }

  Replicas replicas() {
    return replicas;
  }

  Memory memory() {
    return memory;
  }

  /// @throws IllegalStateException where the draft has none
  Mappings mappings() {
    return draft.mappings().orElseThrow(() -> new IllegalStateException("the plan has findings"));
  }

  /// What runs at the moment, or null.
  synchronized @Nullable Way way() {
    return way;
  }

  /// How far its rows were when this process began to run it.
  synchronized Optional<StatusReport> copiedBefore() {
    return copiedBefore;
  }

  /// Makes one direction ready to run.
  ///
  /// @param epoch of the owner that it runs for
  /// @param following the rows are at both sides already, so that only the log is followed
  Way make(boolean reverse, long epoch, boolean following) throws SQLException {
    Source source = source(reverse);
    Target target = target(reverse);
    Touched mapping = new Touched(reverse ? mappings().reversed() : mappings());
    Transfer.Mode mode =
        options.historyOnly()
            ? Transfer.Mode.COPY_ONCE
            : following ? Transfer.Mode.FOLLOW : Transfer.Mode.COPY_AND_FOLLOW;
    Transfer transfer =
        new Transfer(
            new Transfer.Setup(
                source,
                target,
                reverse ? toTables : fromTables,
                mapping,
                // A transaction that says anything of its origin was written by the other
                // direction.
                marks -> !marks.isEmpty(),
                epoch,
                mode,
                from.copiesUnread(to),
                working.pace(options, source, replicas),
                bounds(),
                working.clock(),
                working.threads(),
                Transfer.Killer.NEVER));
    return new Way(reverse, epoch, source, target, mapping, transfer, new AtomicBoolean());
  }

  /// What follows the log of one side.
  ///
  /// @param ofTarget the target's, for the way back
  Source source(boolean ofTarget) throws SQLException {
    String suffix = memory.suffix();
    return ofTarget
        ? to.source(options.name() + "_back" + suffix, toTables)
        : from.source(options.name() + suffix, fromTables);
  }

  /// What writes to one side.
  ///
  /// @param back to the source
  Target target(boolean back) throws SQLException {
    return back
        ? from.target(options.name() + "_back" + memory.suffix(), fromTables)
        : to.target(options.name(), toTables);
  }

  private Options bounds() {
    return Options.DEFAULT
        .withChunks(copiers(), options.chunkRows())
        .withRetention(options.throttle().walBudget());
  }

  private int copiers() {
    int connections =
        Stream.of(options.from(), options.to())
            .flatMap(name -> working.database(name).stream())
            .mapToInt(DatabaseOptions::connections)
            .min()
            .orElse(1);
    boolean asks = mappings().tables().stream().anyMatch(TableMapping::asks);
    return copiers(options.parallel(), asks, connections);
  }

  /// A chunk of a mapping that asks needs a further connection while it holds its own: if all were
  /// held by chunks, each would wait for the others.
  static int copiers(int declared, boolean asks, int connections) {
    return asks ? Math.clamp(connections / 2, 1, declared) : declared;
  }

  /// Another direction runs from now on; what ran is returned, and is the caller's to close.
  synchronized @Nullable Way replace(@Nullable Way next) {
    Way before = way;
    way = next;
    notifyAll();
    return before;
  }

  /// Runs whatever direction the owner says, until the goal is reached or [#stop] is called.
  Progress run(Goal goal) throws SQLException, LogLost, EpochLost, InterruptedException {
    synchronized (this) {
      if (way == null) {
        Memory.Kept kept = memory.read();
        way = make(kept.reversed(), kept.epoch(), kept.reversed());
        copiedBefore = kept.status().filter(_ -> kept.begun() && !kept.reversed());
      }
    }
    while (true) {
      Way running = claim();
      if (running == null) {
        return last();
      }
      try {
        Progress progress = running.transfer().run(goal);
        if (isCurrent(running) || stopped()) {
          return progress;
        }
      } catch (EpochLost e) {
        if (isCurrent(running)) {
          throw e;
        }
      } finally {
        release(running);
      }
    }
  }

  private synchronized boolean isCurrent(Way ran) {
    return way != null && ran.transfer() == way.transfer();
  }

  /// Waits until there is a direction that nobody runs.
  ///
  /// @return null where it was stopped or closed meanwhile
  private synchronized @Nullable Way claim() throws InterruptedException {
    while (!stopped && way != null) {
      if (way.claimed().compareAndSet(false, true)) {
        return way;
      }
      wait();
    }
    return null;
  }

  /// Lets another thread run it.
  synchronized void release(Way ran) {
    ran.claimed().set(false);
    notifyAll();
  }

  private synchronized Progress last() {
    if (way == null) {
      throw new IllegalStateException("closed");
    }
    return way.transfer().progress();
  }

  /// Ends [#run] at the next chunk.
  synchronized void stop() {
    stopped = true;
    notifyAll();
    if (way != null) {
      way.transfer().stop();
    }
  }

  /// @return whether it was stopped within that time
  synchronized boolean awaitStop(Duration wait) throws InterruptedException {
    long until = working.nanos().getAsLong() + wait.toNanos();
    long left = wait.toMillis();
    while (!stopped && left > 0) {
      wait(left);
      left = Duration.ofNanos(until - working.nanos().getAsLong()).toMillis();
    }
    return stopped;
  }

  /// @return whether nobody ran it any more within that time
  synchronized boolean awaitRest(Duration longest) throws InterruptedException {
    long until = working.nanos().getAsLong() + longest.toNanos();
    long left = longest.toMillis();
    while (way != null && way.claimed().get() && left > 0) {
      wait(left);
      left = Duration.ofNanos(until - working.nanos().getAsLong()).toMillis();
    }
    return way == null || !way.claimed().get();
  }

  synchronized boolean stopped() {
    return stopped;
  }

  /// Whatever holds an earlier epoch writes nothing any more, in either direction.
  void raise(long epoch) throws SQLException {
    there.raise(epoch);
    try (Target here = target(true)) {
      here.prepare();
      here.raise(epoch);
    }
  }

  /// What the fence of one side acts on.
  Fence fence(boolean ofTarget) {
    Database side = ofTarget ? to : from;
    return side.fence(
        options.name(), ofTarget ? toTables : fromTables, working.applications(side.name()));
  }

  /// A number for whoever is to change the fences: above all that either database has seen, even
  /// where one of them was put back to an older copy.
  long nextTurn() throws SQLException {
    return memory().nextTurn(Math.max(fence(false).turn(), fence(true).turn()));
  }

  @Override
  public void close() {
    List<String> failed = new ArrayList<>();
    try {
      Way running = replace(null);
      if (running != null) {
        running.close();
      }
      home.close();
      there.close();
    } catch (SQLException e) {
      failed.add(String.valueOf(e.getMessage()));
    }
    replicas.close();
    from.close();
    to.close();
    if (!failed.isEmpty()) {
      Working.LOG.info("closing transfer {}: {}", options.name(), failed);
    }
  }
}
