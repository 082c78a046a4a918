package dev.banyan.transfer;

import static java.util.Comparator.naturalOrder;

import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.LogLost;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.engine.Source;
import dev.banyan.transfer.engine.Target;
import dev.banyan.transfer.plan.Plan;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Copies tables from one database to another and has the copies follow, until it is stopped.
///
/// May be killed at any point and run again: it goes on from what the target remembers, and ends
/// with the same rows. [#run] blocks; everything else may be called by other threads meanwhile.
public final class Transfer {
  private final Setup setup;
  private final Vitals vitals;

  /// What a transfer is made of.
  ///
  /// @param tables of the source, as they are
  /// @param ours tells by a transaction's marks that the reverse of this transfer wrote it
  /// @param epoch of the owner; the target refuses every transaction once there is a later one
  /// @param binary both databases are of one engine and know
  ///   [dev.banyan.transfer.engine.Snapshot#copyOut]
  /// @param threads for the follower, the copiers, and the readers that help them
  /// @param killer for tests; [Killer#NEVER] in earnest
  public record Setup(
      Source source,
      Target target,
      List<Table> tables,
      Mapping mapping,
      Predicate<String> ours,
      long epoch,
      Mode mode,
      boolean binary,
      Pace pace,
      Options options,
      InstantSource clock,
      ThreadFactory threads,
      Killer killer) {
    public Setup {
      tables = List.copyOf(tables);
    }
  }

  /// What is done.
  public enum Mode {
    COPY_AND_FOLLOW,
    /// no log is followed: rows are copied once, as they are
    COPY_ONCE,
    /// the rows are there already, up to where the log begins
    FOLLOW
  }

  /// Ends the program at named points, where a test wants it.
  public interface Killer {
    Killer NEVER = _ -> {};

    /// @throws SQLException as if a database had gone
    void at(String point) throws SQLException;
  }

  public Transfer(Setup setup) {
    this.setup = setup;
    this.vitals = new Vitals(setup);
  }

  /// Runs until the goal is reached or [#stop] is called, which waits for the chunks in flight.
  /// Databases that fail are tried again, a bounded number of times without any progress.
  ///
  /// @throws LogLost where the source has forgotten what comes next: the tables must be copied anew
  /// @throws EpochLost where the rows have another owner by now
  public Progress run(Goal goal) throws SQLException, LogLost, EpochLost, InterruptedException {
    int failures = 0;
    while (true) {
      long before = vitals.moves();
      try {
        Session session =
            new Session(setup, vitals, Life.begun(setup.target(), setup.epoch()), plan());
        vitals.session(session);
        session.run(goal);
        return vitals.progress();
      } catch (SQLException e) {
        failures = vitals.moves() > before ? 1 : failures + 1;
        if (failures > setup.options().retries() || vitals.stopping()) {
          throw e;
        }
        vitals.says("begins again after: " + e.getMessage());
        vitals.pause(setup.options().pause());
      } finally {
        vitals.session(null);
      }
    }
  }

  /// What is remembered, or a beginning. A log without a memory is of a life that was killed before
  /// it had copied anything, and is thrown away.
  private Plan plan() throws SQLException {
    Map<TableName, Boolean> ordered = new HashMap<>();
    setup.tables().forEach(table -> ordered.put(table.name(), Ordering.known(table)));
    Plan.Scope scope = new Plan.Scope(ordered, setup.ours());
    Optional<Plan> remembered = Plan.resume(scope, setup.target().memory());
    if (setup.mode() == Mode.COPY_ONCE) {
      return remembered.orElseGet(() -> Plan.still(scope));
    }
    if (remembered.isPresent()) {
      return remembered.get();
    }
    Optional<Source.Beginning> beginning = setup.source().begin();
    if (beginning.isEmpty()) {
      setup.source().remove();
      beginning = setup.source().begin();
    }
    Source.Beginning at =
        beginning.orElseThrow(() -> new SQLException("the source's log could not be begun anew"));
    return setup.mode() == Mode.FOLLOW
        ? Plan.following(scope, at.position())
        : Plan.begin(scope, at.position(), at.s0());
  }

  /// Ends [#run] at the next chunk, for good: to go on, make another. No error where it is not
  /// running.
  public void stop() {
    vitals.stop();
  }

  public Progress progress() {
    return vitals.progress();
  }

  /// Grows for as long as any table stands still or is not copied: where it is the same as before,
  /// all changes since then have gone through the mapping.
  public long gaps() {
    return vitals.gaps();
  }

  /// Has [#progress] and [#gaps] say how it stands now, and not a second ago.
  public void look() {
    Session session = vitals.session();
    if (session != null) {
      session.report();
    }
  }

  /// Everything up to here is durable on the target, of every table.
  public Position applied() {
    return vitals.progress().applied();
  }

  /// Waits until everything up to a position is durable.
  ///
  /// @return false where that took too long
  public boolean awaitApplied(Position position, Duration patience) throws InterruptedException {
    return vitals.awaitApplied(position, patience);
  }

  /// Looks at both sides at one moment: the target as it was when it held exactly what the source's
  /// snapshot does. Chunks wait until the work is done, and nothing is written to the target; the
  /// source does not wait.
  ///
  /// @return empty where it is not running, or no snapshot would do within the patience
  public <T> Optional<T> cut(CutWork<T> work)
      throws SQLException, EpochLost, RowRefused, InterruptedException {
    Session session = vitals.session();
    return session == null ? Optional.empty() : session.cut(work);
  }

  /// What is done in a cut. It closes both snapshots, now or later: to open them is all that it
  /// needs to do where rows are only read.
  public interface CutWork<T> {
    T of(Snapshot source, Snapshot target)
        throws SQLException, EpochLost, RowRefused, InterruptedException;
  }

  /// What other threads see. Guarded by itself.
  static final class Vitals {
    private final Setup setup;
    private final Map<TableName, Meter> meters = new HashMap<>();
    private @Nullable Session session;
    private boolean stopping;
    private long moves;
    private long gaps;
    private long earlier;
    private long now;
    private long lag = -1;
    private Position applied = Position.START;
    private Instant lastCommit = Instant.EPOCH;
    private String says = "";
    private Map<TableName, Progress.State> states = Map.of();
    private final Map<TableName, String> reasons = new HashMap<>();

    Vitals(Setup setup) {
      this.setup = setup;
      setup.tables().forEach(table -> meters.put(table.name(), new Meter(setup.options())));
    }

    Meter meter(TableName table) {
      return Objects.requireNonNull(meters.get(table));
    }

    synchronized void session(@Nullable Session next) {
      session = next;
      earlier += now;
      now = 0;
      notifyAll();
    }

    synchronized @Nullable Session session() {
      return session;
    }

    synchronized void stop() {
      stopping = true;
      notifyAll();
    }

    synchronized boolean stopping() {
      return stopping;
    }

    synchronized void moved() {
      moves++;
      says = "";
    }

    synchronized long moves() {
      return moves;
    }

    synchronized void says(String what) {
      says = what;
    }

    synchronized void lag(long bytes) {
      lag = bytes;
    }

    synchronized void delivered(List<Transaction> transactions) {
      if (!transactions.isEmpty()) {
        lastCommit = transactions.getLast().at();
      }
    }

    synchronized void applied(Position position, long changes) {
      if (position.compareTo(applied) > 0) {
        moved();
      }
      applied = position;
      now = changes;
      notifyAll();
    }

    synchronized boolean awaitApplied(Position position, Duration patience)
        throws InterruptedException {
      Instant until = setup.clock().instant().plus(patience);
      while (applied.compareTo(position) < 0) {
        long left = Duration.between(setup.clock().instant(), until).toMillis();
        if (left <= 0) {
          return false;
        }
        wait(Math.min(left, 100));
      }
      return true;
    }

    synchronized void pause(Duration longest) throws InterruptedException {
      Instant until = setup.clock().instant().plus(longest);
      long left = longest.toMillis();
      while (left > 0 && !stopping) {
        wait(left);
        left = Duration.between(setup.clock().instant(), until).toMillis();
      }
    }

    synchronized long gaps() {
      return gaps;
    }

    synchronized void report(Plan plan) {
      applied = plan.acknowledgeable();
      Map<TableName, Progress.State> next = new HashMap<>();
      for (Table table : setup.tables()) {
        next.put(table.name(), state(plan, table.name()));
        reasons.put(table.name(), plan.stopped(table.name()));
      }
      states = next;
      if (next.values().stream().anyMatch(state -> state != Progress.State.FOLLOWING)) {
        gaps++;
      }
      notifyAll();
    }

    private Progress.State state(Plan plan, TableName table) {
      if (!plan.stopped(table).isEmpty()) {
        return Progress.State.STOPPED;
      }
      if (plan.copied(table)) {
        return Progress.State.FOLLOWING;
      }
      if (meter(table).says().startsWith(Session.BLOCKED)) {
        return Progress.State.BLOCKED;
      }
      boolean begun =
          !plan.inFlight(table).isEmpty() || !plan.ahead(table).equals(List.of(Range.ALL));
      return begun ? Progress.State.COPYING : Progress.State.AHEAD;
    }

    private Duration copying() {
      Instant began =
          meters.values().stream()
              .flatMap(each -> each.began().stream())
              .min(naturalOrder())
              .orElse(Instant.EPOCH);
      Instant ended =
          meters.values().stream()
              .flatMap(each -> each.ended().stream())
              .max(naturalOrder())
              .orElse(began);
      return Duration.between(began, ended);
    }

    synchronized Progress progress() {
      Instant now = setup.clock().instant();
      List<Progress.OfTable> tables =
          setup.tables().stream()
              .map(table -> {
                Meter meter = meter(table.name());
                String reason = reasons.getOrDefault(table.name(), "");
                Progress.State state = states.getOrDefault(table.name(), Progress.State.AHEAD);
                return new Progress.OfTable(
                    table.name(),
                    state,
                    meter.rows(),
                    table.rows(),
                    meter.perSecond(state == Progress.State.FOLLOWING, now),
                    reason.isEmpty() ? meter.says() : reason);
              })
              .toList();
      return new Progress(applied, lag, lastCommit, earlier + this.now, copying(), says, tables);
    }
  }
}
