package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// One transfer's state: what is done, in flight and ahead of each table, what the log has
/// delivered, and what of it is durable. An immutable value; each step gives the next.
///
/// A plan that was not committed is simply not adopted: whoever holds it goes on with the one
/// before, or begins again with [#resume] from what the target remembers.
public final class Plan {
  /// Names in the target's memory: this alone for the whole transfer, with a table's behind it.
  static final String MEMORY = "plan";

  final Rules rules;
  final Predicate<String> ours;
  final Position durable;
  final Position delivered;
  final Unseen unseen;
  final Map<TableName, TablePlan> tables;
  final Chain<Part> pending;
  final Optional<Cut> cut;
  final Map<String, String> remembered;

  Plan(Draft draft) {
    rules = draft.rules;
    ours = draft.ours;
    durable = draft.durable;
    delivered = draft.delivered;
    unseen = draft.unseen;
    tables = draft.tables;
    pending = draft.pending;
    cut = draft.cut;
    remembered = draft.remembered;
  }

  /// What the plan must be told of the tables.
  ///
  /// @param ordered by table, whether the client orders its keys exactly as the source does
  /// @param ours tells by its marks a transaction that the reverse of this transfer wrote, which is
  ///   not sent back
  public record Scope(Map<TableName, Boolean> ordered, Predicate<String> ours) {
    public Scope {
      ordered = Map.copyOf(ordered);
    }
  }

  /// A transfer of which nothing is remembered yet: write [#batch] before anything else.
  ///
  /// @param position where the log begins
  /// @param s0 what it does not deliver
  public static Plan begin(Scope scope, Position position, SnapshotToken s0) {
    return begin(scope, position, s0, Rules.ALL);
  }

  static Plan begin(Scope scope, Position position, SnapshotToken s0, Rules rules) {
    Draft draft = new Draft(scope, rules, position, Unseen.since(s0));
    scope.ordered().keySet().forEach(table -> draft.table(table, Mark.NEW));
    return draft.plan();
  }

  /// A transfer whose rows are on the target already, such as the reverse of one that was done: it
  /// only follows the log.
  ///
  /// @param position from before which the target has everything
  public static Plan following(Scope scope, Position position) {
    return following(scope, position, Rules.ALL);
  }

  static Plan following(Scope scope, Position position, Rules rules) {
    Draft draft = new Draft(scope, rules, position, new Unseen(Chain.empty(), Optional.empty()));
    Mark done = Mark.NEW.with(List.of(new Done(Range.ALL, Optional.empty())));
    scope.ordered().keySet().forEach(table -> draft.table(table, done));
    return draft.plan();
  }

  /// A transfer that follows no log: rows are copied once, as they are.
  public static Plan still(Scope scope) {
    Draft draft =
        new Draft(scope, Rules.ALL, Position.START, new Unseen(Chain.empty(), Optional.empty()));
    scope.ordered().keySet().forEach(table -> draft.table(table, Mark.NEW));
    return draft.plan();
  }

  /// The plan that the target remembers. What was in flight is ahead again; tables that had stopped
  /// go on.
  ///
  /// @return empty where nothing is remembered
  /// @throws IllegalArgumentException where what is remembered can not be read
  public static Optional<Plan> resume(Scope scope, Map<String, String> memory) {
    return resume(scope, memory, Rules.ALL);
  }

  static Optional<Plan> resume(Scope scope, Map<String, String> memory, Rules rules) {
    String text = memory.get(MEMORY);
    if (text == null) {
      return Optional.empty();
    }
    Texts.Head head = Texts.head(text);
    Draft draft = new Draft(scope, rules, head.durable(), head.unseen());
    draft.remembered.put(MEMORY, text);
    for (TableName table : scope.ordered().keySet()) {
      String mark = memory.get(name(table));
      draft.table(table, mark == null ? Mark.NEW : Texts.mark(mark).stop(""));
      draft.remembered.put(name(table), mark == null ? "" : mark);
    }
    draft.delivered = draft.acknowledged();
    return Optional.of(draft.plan());
  }

  /// Whether there is anything to resume.
  public static boolean isKept(Map<String, String> memory) {
    return memory.containsKey(MEMORY);
  }

  static String name(TableName table) {
    return MEMORY + " " + table;
  }

  // ---- the log ----

  /// What the log delivers next. What was delivered before is dropped.
  public Plan deliver(List<Transaction> transactions) {
    Draft draft = new Draft(this);
    transactions.forEach(draft::deliver);
    return draft.plan();
  }

  /// The log has delivered everything up to here, even if nothing was ours.
  public Plan reached(Position position) {
    return position.compareTo(delivered) <= 0 ? this : new Draft(this).reach(position).plan();
  }

  /// A snapshot was opened, for whatever reason: it shows what need not be waited for any more.
  public Plan observed(SnapshotToken snapshot) {
    return new Draft(this).observe(snapshot).plan();
  }

  /// Whether [#observed] would be of use.
  public boolean waitsToSee() {
    return unseen.commits().size() > 0 || unseen.s0().isPresent();
  }

  /// How many changes wait to be written.
  public int pending() {
    return pending.size();
  }

  /// Whether [#batch] may be written now.
  public boolean writable() {
    return cut.isEmpty() || cut.get().complete(delivered);
  }

  /// What is to be written of what was delivered. Also moves the position where there is nothing to
  /// apply.
  public Write batch() {
    if (!writable()) {
      throw new IllegalStateException("an aligned cut is not complete yet");
    }
    return new Draft(this).flush();
  }

  /// Everything up to here is durable, of every table.
  public Position applied() {
    return durable;
  }

  /// Everything up to here was delivered.
  public Position delivered() {
    return delivered;
  }

  /// Up to where the source may forget its log. Also where to follow it from after [#resume].
  public Position acknowledgeable() {
    List<Position> durables = new ArrayList<>(List.of(durable));
    tables.values().forEach(table -> table.mark().own().ifPresent(durables::add));
    return rules.acknowledged(delivered, durables);
  }

  // ---- chunks ----

  /// What is neither done nor in flight. Of a table whose keys are not ordered only the first may
  /// be registered, and one at a time.
  public List<Range> ahead(TableName table) {
    return table(table).ahead();
  }

  /// The chunks in flight.
  public List<Range> inFlight(TableName table) {
    return table(table).inFlight().stream().map(InFlight::range).toList();
  }

  /// Everything is on the target, and follows the log.
  public boolean copied(TableName table) {
    return table(table).copied();
  }

  /// Why the table stands still; empty where it goes on.
  public String stopped(TableName table) {
    return table(table).mark().stopped();
  }

  public boolean ordered(TableName table) {
    return table(table).ordered();
  }

  public boolean cleared(TableName table) {
    return table(table).mark().cleared();
  }

  /// Remembers, in the transaction that deletes all of its rows, that the table was cleared.
  ///
  /// @throws IllegalStateException where rows were copied already
  public Write clear(TableName table) {
    TablePlan plan = table(table);
    require(plan.mark().done().isEmpty() && plan.inFlight().isEmpty(), "rows are there already");
    return new Draft(this).clear(table);
  }

  /// Puts a range in flight. Rule 1: from now on what touches it is buffered, and what its snapshot
  /// must contain is frozen.
  ///
  /// @throws IllegalStateException while changes wait to be written, or during an aligned cut
  public Plan register(TableName table, Range range) {
    require(pending.size() == 0, "changes wait to be written");
    require(cut.isEmpty(), "an aligned cut is open");
    TablePlan plan = table(table);
    require(!plan.stopped(), "the table stands still");
    require(plan.ordered() || plan.inFlight().isEmpty(), "one chunk at a time");
    require(registrable(table), "what was merged before is not delivered again yet");
    return new Draft(this).register(table, range).plan();
  }

  /// Whether [#register] may be asked for. After a restart, a table whose keys are not ordered
  /// waits until what was merged into it was delivered again: only then it is known what a snapshot
  /// must contain.
  public boolean registrable(TableName table) {
    TablePlan plan = table(table);
    return !plan.stopped() && (plan.ordered() || plan.level(delivered));
  }

  /// Whether any of a table's rows on the target may be newer than what was delivered, because a
  /// chunk is of a later moment.
  public boolean leads(TableName table) {
    return table(table).leads(delivered);
  }

  /// Whether rows of which changes are written may not be on the target yet. Of a table whose keys
  /// are not ordered nobody can tell which are ahead, so that it is so until all are copied.
  public boolean lacks(TableName table) {
    return !ordered(table) && !copied(table);
  }

  /// Whether [#cut] may be asked for: nothing is in flight, and everything that is on the target
  /// was delivered.
  public boolean cuttable() {
    return cut.isEmpty()
        && pending.size() == 0
        && tables.values().stream()
            .allMatch(table -> table.inFlight().isEmpty() && table.level(delivered));
  }

  /// Whether a snapshot may be read for the range. Rule 2.
  public boolean admits(TableName table, Range range, SnapshotToken snapshot) {
    return rules.admits(chunk(table, range).frozen(), snapshot);
  }

  /// The transactions that a refused snapshot lacks; empty where it is the log's beginning that is
  /// not seen yet.
  public List<Commit> missing(TableName table, Range range, SnapshotToken snapshot) {
    return chunk(table, range).frozen().missing(snapshot);
  }

  /// The snapshot that the range is read from.
  public Plan opened(TableName table, Range range, SnapshotToken snapshot) {
    require(admits(table, range, snapshot), "the snapshot lacks what was discarded");
    return new Draft(this).open(table, chunk(table, range), snapshot).plan();
  }

  /// How many changes are buffered for the range.
  public int buffered(TableName table, Range range) {
    return chunk(table, range).buffer().size();
  }

  /// Whether [#merge] may be asked for: a table whose keys are not ordered waits until everything
  /// in its snapshot was delivered. Rule 6.
  public boolean mergeable(TableName table, Range range) {
    InFlight chunk = chunk(table, range);
    return chunk.snapshot().isPresent()
        && (table(table).ordered() || delivered.compareTo(chunk.snapshot().get().upTo()) >= 0);
  }

  /// What is left to do in the transaction that has written the range's rows. Rule 3.
  public Write merge(TableName table, Range range) {
    require(mergeable(table, range), "its snapshot is not delivered yet");
    return new Draft(this).merge(table, chunk(table, range));
  }

  /// The range is not copied after all.
  public Plan abandon(TableName table, Range range) {
    return table(table).inFlight(range).isEmpty()
        ? this
        : new Draft(this).abandon(table, chunk(table, range)).plan();
  }

  /// A table stands still, and the log is held for it from where its changes are durable.
  public Plan stop(TableName table, String why) {
    return new Draft(this).stop(table, why, true).plan();
  }

  /// A table stands still and will be copied anew: the log is not held for it.
  public Plan forget(TableName table, String why) {
    return new Draft(this).stop(table, why, false).plan();
  }

  // ---- aligned cuts ----

  /// Begins an aligned cut: from now on nothing is written until a snapshot of the source can be
  /// reached exactly.
  ///
  /// @throws IllegalStateException unless [#cuttable]
  public Plan cut() {
    require(cuttable(), "chunks are in flight, or changes wait");
    return new Draft(this).cut(Optional.of(Cut.at(delivered, unseen))).plan();
  }

  /// Whether the cut can be made at a snapshot.
  public boolean cutAdmits(SnapshotToken snapshot) {
    return rules.aligns(cut.orElseThrow().frozen(), snapshot);
  }

  /// What a refused snapshot lacks.
  public List<Commit> cutMissing(SnapshotToken snapshot) {
    return cut.orElseThrow().frozen().missing(snapshot);
  }

  /// The cut is made at this snapshot: as soon as [#batch] may be written, and was, the target is
  /// what the snapshot is.
  public Plan cutOpened(SnapshotToken snapshot) {
    require(cutAdmits(snapshot), "the snapshot lacks what was applied");
    return new Draft(this).open(snapshot).plan();
  }

  /// Ends the cut, made or not: what was parked is to be written.
  public Plan resumeFromCut() {
    return cut.isEmpty() ? this : new Draft(this).endCut().plan();
  }

  private TablePlan table(TableName name) {
    TablePlan plan = tables.get(name);
    if (plan == null) {
      throw new IllegalArgumentException(name + " is not of this transfer");
    }
    return plan;
  }

  private InFlight chunk(TableName table, Range range) {
    return table(table)
        .inFlight(range)
        .orElseThrow(() -> new IllegalStateException(table + " " + range + " is not in flight"));
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  static Map<TableName, TablePlan> copy(Map<TableName, TablePlan> tables) {
    return new HashMap<>(tables);
  }
}
