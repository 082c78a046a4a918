package dev.banyan.transfer.moving;

import dev.banyan.migration.Certificate;
import dev.banyan.transfer.Progress;
import dev.banyan.transfer.engine.EpochLost;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.Snapshot;
import dev.banyan.transfer.mapping.TableMapping;
import dev.banyan.transfer.reconcile.AlignedCut;
import dev.banyan.transfer.reconcile.Difference;
import dev.banyan.transfer.reconcile.Reconciliation;
import dev.banyan.transfer.reconcile.Repair;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Compares both sides of a transfer: in aligned cuts of its stream where there is one, else at two
/// moments that lie close together.
final class Comparing {
  /// A handover looks at so many in well under a second.
  private static final int MANY = 5_000;

  private static final Duration LOOK = Duration.ofMillis(100);

  /// No log comes to this.
  private static final Position BEYOND = new Position(-1, -1);

  /// Rows that differ are looked at for some seconds: what was written to one side may be on its
  /// way to the other.
  private static final Reconciliation.Limits APART =
      new Reconciliation.Limits(1_000_000, 200_000, 10_000, 10);

  private static final Duration BETWEEN = Duration.ofMillis(300);

  private final Moving moving;
  private final Moving.Way way;
  private final Working working;
  private final Reconciliation reconciliation;
  private final AlignedCut cuts;

  /// @param way what runs, or what would
  Comparing(Moving moving, Moving.Way way, Working working) {
    this.moving = moving;
    this.way = way;
    this.working = working;
    this.cuts = moving.options().historyOnly() ? new TwoMoments(moving, way) : new Cuts(way);
    this.reconciliation =
        new Reconciliation(
            moving.options().name(),
            moving.mappings().looking(),
            cuts,
            moving.options().compare(),
            moving.options().historyOnly() ? APART : Reconciliation.Limits.STANDARD,
            task -> working.threads().newThread(task).start(),
            working.clock());
  }

  /// Compares every row if it is time to. What comes of it is in the certificate.
  void ifDue() throws SQLException, InterruptedException, RowRefused, EpochLost {
    if (isDue()) {
      var _ = all(false, (_, _, _) -> {});
    }
  }

  /// Whether all rows should be compared by now.
  private boolean isDue() throws SQLException {
    if (!way.transfer().progress().copied()) {
      return false;
    }
    Memory.Kept kept = moving.memory().read();
    Optional<Certificate> last = kept.certificate();
    return last.isEmpty()
        // What another process compared does not tell which rows were touched since: no handover
        // could verify them.
        || !way.mapping().listens()
        || way.mapping().isPassedBy(way.transfer().gaps())
        || last.get().epoch() != kept.epoch()
        || !last.get().mapping().equals(moving.mappings().hash())
        || isOld(last.get());
  }

  /// Where too many rows were touched for a handover to look at them, it is so soon, but no more
  /// than one part in five of the time is spent with it.
  private boolean isOld(Certificate last) {
    Duration took = Duration.between(last.from(), last.until());
    Duration rest =
        way.mapping().tooMany() ? took.multipliedBy(4) : moving.options().reconcileEvery();
    return last.until().plus(rest).isBefore(working.clock().instant());
  }

  /// What a comparison came to.
  ///
  /// @param differences that are left
  /// @param repaired rows
  record Compared(Certificate certificate, List<Difference> differences, long repaired) {}

  /// Compares every row, and has the certificate kept.
  Compared all(boolean repair, Reconciliation.Progress progress)
      throws SQLException, InterruptedException, RowRefused, EpochLost {
    Reconciliation.Report report = compare(progress);
    long repaired = 0;
    if (repair && !report.differences().isEmpty()) {
      repaired = repair(report.differences());
      report = compare(progress);
    }
    moving.memory().certificate(report.certificate());
    return new Compared(report.certificate(), report.differences(), repaired);
  }

  private Reconciliation.Report compare(Reconciliation.Progress progress)
      throws SQLException, InterruptedException, RowRefused {
    Touched.Since since = way.mapping().begin(way.transfer().gaps());
    boolean whole = false;
    try {
      Reconciliation.Report report =
          reconciliation.run(way.epoch(), moving.options().checks(), progress);
      differing(report.differences(), since);
      whole = report.certificate().complete();
      return report;
    } finally {
      way.mapping().end(since, whole);
    }
  }

  /// What differs by now is no less to be verified than what changes later.
  private void differing(List<Difference> differences, Touched.Since since) throws SQLException {
    for (TableMapping mapping : moving.mappings().looking().tables()) {
      List<Key> keys = keys(differences, mapping);
      TableName where = where(mapping);
      for (Key key : there(mapping, keys)) {
        way.mapping().differs(since, where, key);
      }
    }
  }

  private static List<Key> keys(List<Difference> differences, TableMapping mapping) {
    return differences.stream()
        .filter(each ->
            each.target().equals(mapping.target().name())
                && each.table().equals(mapping.source().name()))
        .map(Difference::key)
        .toList();
  }

  private long repair(List<Difference> differences)
      throws SQLException, InterruptedException, RowRefused, EpochLost {
    Repair repair =
        new Repair(
            cuts,
            way.reverse() ? Repair.Owner.TARGET : Repair.Owner.SOURCE,
            way.target(),
            way.epoch());
    long repaired = 0;
    for (TableMapping mapping : moving.mappings().tables()) {
      List<Key> keys = keys(differences, mapping);
      if (!keys.isEmpty()) {
        repaired += repair.run(mapping, keys);
      }
    }
    return repaired;
  }

  /// Compares the rows that were touched since all were compared last.
  ///
  /// @return what differs, for people
  List<String> touched() throws SQLException, InterruptedException, RowRefused {
    way.transfer().look();
    List<String> differ = new ArrayList<>();
    for (Progress.OfTable each : way.transfer().progress().tables()) {
      if (each.state() != Progress.State.FOLLOWING) {
        differ.add(each.table() + " does not follow: " + each.says());
      }
    }
    if (!differ.isEmpty()) {
      return differ;
    }
    Optional<Map<TableName, Set<Key>>> keys = way.mapping().keys(way.transfer().gaps());
    if (keys.isEmpty()) {
      return List.of(
          "more than "
              + Touched.MOST
              + " rows were touched since the last reconciliation of this process, or a table stood"
              + " still; reconcile again first");
    }
    for (TableMapping mapping : moving.mappings().looking().tables()) {
      for (Difference each : verify(mapping, keys.get())) {
        differ.add(each.target() + " " + each.key() + " is " + each.kind().word());
      }
    }
    return differ;
  }

  /// Looks at rows that were touched, where they are many.
  void lookAheadIfDue() throws SQLException, InterruptedException, RowRefused {
    lookAhead(MANY);
  }

  /// Looks at rows that were touched, so that a handover, for which writes wait, has few left.
  ///
  /// @param least how many it takes for that
  void lookAhead(int least) throws SQLException, InterruptedException, RowRefused {
    Optional<Touched.Seen> seen = way.mapping().seen(least);
    if (seen.isEmpty()) {
      return;
    }
    Map<TableName, Set<Key>> differing = new HashMap<>();
    for (TableMapping mapping : moving.mappings().looking().tables()) {
      List<Key> differ = verify(mapping, seen.get().keys()).stream().map(Difference::key).toList();
      differing
          .computeIfAbsent(where(mapping), _ -> new HashSet<>())
          .addAll(there(mapping, differ));
    }
    way.mapping().agree(seen.get(), differing);
  }

  /// @param touched by the tables that rows go to
  private List<Difference> verify(TableMapping mapping, Map<TableName, Set<Key>> touched)
      throws SQLException, InterruptedException, RowRefused {
    Set<Key> there = touched.getOrDefault(where(mapping), Set.of());
    Set<Key> keys = new HashSet<>(way.reverse() ? mapping.keys(there) : there);
    return reconciliation.verify(mapping, List.copyOf(keys));
  }

  /// The keys that rows have where they go, by the target's.
  private List<Key> there(TableMapping mapping, List<Key> targets) throws SQLException {
    return way.reverse() ? mapping.reversed().keys(targets) : targets;
  }

  /// Where the rows of a mapping go.
  private TableName where(TableMapping mapping) {
    return way.reverse() ? mapping.source().name() : mapping.target().name();
  }

  /// There is no moment at which both sides can be compared. Another time there may be.
  static final class NoCut extends SQLException {
    private static final long serialVersionUID = 1L;

    NoCut(String says) {
      super(says);
    }
  }

  /// Both sides one after the other, where nothing says which of their states belong together. Two
  /// looks at what differs are some time apart.
  private record TwoMoments(Moving moving, Moving.Way way) implements AlignedCut {
    @Override
    public Cut open() throws SQLException, InterruptedException {
      if (moving.awaitStop(BETWEEN)) {
        throw new NoCut("the transfer was stopped");
      }
      Snapshot owner = way.source().snapshot();
      try {
        return Turned.of(way, owner, way.target().snapshot(), Position.START);
      } catch (SQLException e) {
        owner.close();
        throw e;
      }
    }

    @Override
    public <T> T hold(Work<T> work)
        throws SQLException, InterruptedException, EpochLost, RowRefused {
      try (Cut cut = open()) {
        return work.of(cut);
      }
    }
  }

  /// The stream's cuts, turned so that the source is the mapping's.
  private record Cuts(Moving.Way way) implements AlignedCut {
    @Override
    public Cut open() throws SQLException, InterruptedException {
      try {
        return way.transfer().cut(this::turned).orElseThrow(Cuts::none);
      } catch (EpochLost | RowRefused e) {
        throw new SQLException(e.getMessage(), e);
      }
    }

    @Override
    public <T> T hold(Work<T> work)
        throws SQLException, InterruptedException, EpochLost, RowRefused {
      return way.transfer()
          .cut((source, target) -> {
            try (Cut cut = turned(source, target)) {
              return work.of(cut);
            }
          })
          .orElseThrow(Cuts::none);
    }

    private static NoCut none() {
      return new NoCut(
          "both sides could not be looked at in one state: the stream is not running, a table is"
              + " not copied yet or stands still, or transactions stay unseen at the source");
    }

    private Cut turned(Snapshot source, Snapshot target) {
      return Turned.of(way, source, target, way.transfer().applied());
    }
  }

  /// A cut whose source is the mapping's, in whichever direction rows flow.
  private record Turned(Snapshot source, Snapshot target, Position position)
      implements AlignedCut.Cut {
    static Turned of(Moving.Way way, Snapshot owner, Snapshot other, Position position) {
      return way.reverse()
          ? new Turned(other, owner, position)
          : new Turned(owner, other, position);
    }

    @Override
    public void close() throws SQLException {
      try (source;
          target) {
        // both are closed, whichever fails
      }
    }
  }

  /// Waits until all tables follow the log and nothing is left to catch up with.
  boolean ready(Duration wait) throws SQLException, InterruptedException {
    long until = working.nanos().getAsLong() + wait.toNanos();
    Position tip = way.source().tip();
    while (working.nanos().getAsLong() < until) {
      boolean copied = way.transfer().progress().copied();
      if (way.transfer().awaitApplied(copied ? tip : BEYOND, LOOK) && copied) {
        return true;
      }
    }
    return false;
  }
}
