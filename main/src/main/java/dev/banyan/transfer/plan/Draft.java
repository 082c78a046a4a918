package dev.banyan.transfer.plan;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Commit;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Position;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Transaction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// The next plan while it is being made. Confined to one call of [Plan].
final class Draft {
  final Rules rules;
  final Predicate<String> ours;
  Position durable;
  Position delivered;
  Unseen unseen;
  final Map<TableName, TablePlan> tables;
  Chain<Part> pending = Chain.empty();
  Optional<Cut> cut = Optional.empty();
  final Map<String, String> remembered;
  private final Map<TableName, Boolean> ordered;

  Draft(Plan.Scope scope, Rules rules, Position position, Unseen unseen) {
    this.rules = rules;
    this.ours = scope.ours();
    this.durable = position;
    this.delivered = position;
    this.unseen = unseen;
    this.tables = new HashMap<>();
    this.remembered = new HashMap<>();
    this.ordered = scope.ordered();
  }

  Draft(Plan plan) {
    rules = plan.rules;
    ours = plan.ours;
    durable = plan.durable;
    delivered = plan.delivered;
    unseen = plan.unseen;
    tables = Plan.copy(plan.tables);
    pending = plan.pending;
    cut = plan.cut;
    remembered = new HashMap<>(plan.remembered);
    ordered = Map.of();
  }

  Plan plan() {
    return new Plan(this);
  }

  void table(TableName name, Mark mark) {
    tables.put(name, new TablePlan(ordered.getOrDefault(name, false), mark, List.of()));
  }

  private TablePlan table(TableName name) {
    TablePlan plan = tables.get(name);
    if (plan == null) {
      throw new IllegalStateException("no plan of " + name);
    }
    return plan;
  }

  Position acknowledged() {
    return plan().acknowledgeable();
  }

  // ---- the log ----

  void deliver(Transaction transaction) {
    Commit commit = transaction.commit();
    if (commit.position().compareTo(delivered) <= 0) {
      return;
    }
    delivered = commit.position();
    if (transaction.changes().isEmpty()) {
      return;
    }
    if (delivered.compareTo(durable) > 0) {
      unseen = unseen.plus(commit);
    }
    if (ours.test(transaction.marks())) {
      return;
    }
    for (Change change : transaction.changes()) {
      TablePlan table = tables.get(change.table());
      if (table != null && !table.stopped() && delivered.compareTo(table.durable(durable)) > 0) {
        take(commit, change);
      }
    }
  }

  private void take(Commit commit, Change change) {
    switch (change) {
      case Change.Truncate _ ->
          stop(change.table(), "it was truncated on the source; it will be copied anew", false);
      case Change.Altered altered ->
          stop(
              change.table(),
              "it was altered on the source (" + altered.what() + "); it will be copied anew",
              false);
      case Change.Upsert _, Change.Delete _ -> {
        for (Change each : rules.split(change)) {
          place(change, new Part(commit, each));
        }
      }
    }
  }

  /// Each key's part by itself; the table may have stopped by the one before.
  private void place(Change whole, Part part) {
    TablePlan table = table(whole.table());
    Rules.Fate fate = table.stopped() ? Rules.Fate.DISCARD : fate(table, part);
    if (fate == Rules.Fate.DISCARD) {
      return;
    }
    if (whole instanceof Change.Upsert upsert && upsert.moved() && partial(upsert)) {
      stop(
          upsert.table(),
          "the key "
              + upsert.before()
              + " became "
              + upsert.key()
              + ", and the log leaves out values of the row: have it carry full rows"
              + " (REPLICA IDENTITY FULL, binlog_row_image=FULL)",
          false);
    } else if (fate == Rules.Fate.BUFFER) {
      InFlight chunk = table.inFlight(key(part.change())).orElseThrow();
      tables.put(whole.table(), table.replace(chunk, Optional.of(chunk.plus(part))));
    } else if (cut.isPresent() && cut.get().parks(part)) {
      cut = Optional.of(cut.get().park(part));
    } else {
      pending = pending.plus(part);
    }
  }

  private static boolean partial(Change.Upsert upsert) {
    for (Object cell : upsert.row().cells()) {
      if (cell == Special.UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  private Rules.Fate fate(TablePlan table, Part part) {
    Key key = key(part.change());
    if (table.inFlight(key).isPresent()) {
      return rules.inFlight();
    }
    return table
        .done(key)
        .map(done ->
            done.seen().map(seen -> rules.done(seen, part.commit())).orElse(Rules.Fate.APPLY))
        .orElseGet(rules::ahead);
  }

  private static Key key(Change change) {
    return switch (change) {
      case Change.Upsert upsert -> upsert.key();
      case Change.Delete delete -> delete.key();
      case Change.Truncate _, Change.Altered _ ->
          throw new IllegalStateException("not a change of one row");
    };
  }

  Draft reach(Position position) {
    delivered = position;
    return this;
  }

  Draft observe(SnapshotToken snapshot) {
    unseen = unseen.without(snapshot);
    return this;
  }

  /// The position moves in the same transaction as the effects, and so does what depends on it.
  Write flush() {
    List<Change> changes = pending.list().stream().map(Part::change).toList();
    Position to = cut.map(Cut::from).orElse(delivered);
    durable = later(durable, to);
    for (TableName name : List.copyOf(tables.keySet())) {
      TablePlan table = table(name);
      Mark mark = table.mark();
      if (mark.own().isPresent() && !table.holds()) {
        Position own = later(mark.own().get(), to);
        mark = mark.at(own.equals(durable) ? Optional.empty() : Optional.of(own));
      }
      Position at = mark.own().orElse(durable);
      mark = cut.isPresent() && !table.holds() ? seenAt(mark, cut.get()) : mark;
      mark = mark.settle(seen -> rules.settled(seen, at));
      if (!mark.equals(table.mark())) {
        tables.put(name, table.with(mark));
      }
    }
    pending = Chain.empty();
    return write(changes, List.copyOf(tables.keySet()), true);
  }

  /// At a cut every row that is done is the snapshot's.
  private static Mark seenAt(Mark mark, Cut cut) {
    Optional<Seen> seen = cut.snapshot().map(token -> new Seen(token, cut.from()));
    return mark.with(mark.done().stream().map(done -> new Done(done.range(), seen)).toList());
  }

  private Write write(List<Change> changes, List<TableName> names, boolean head) {
    Map<String, String> remember = new HashMap<>();
    if (head) {
      remember(remember, Plan.MEMORY, Texts.text(new Texts.Head(durable, unseen)));
    }
    for (TableName name : names) {
      remember(remember, Plan.name(name), Texts.text(table(name).mark()));
    }
    return new Write(changes, remember, plan());
  }

  private void remember(Map<String, String> remember, String name, String text) {
    if (!text.equals(remembered.getOrDefault(name, ""))) {
      remember.put(name, text);
      remembered.put(name, text);
    }
  }

  // ---- chunks ----

  Write clear(TableName name) {
    Mark mark = table(name).mark();
    tables.put(name, table(name).with(new Mark(true, mark.done(), mark.own(), mark.stopped())));
    return write(List.of(), List.of(name), false);
  }

  Draft register(TableName name, Range range) {
    TablePlan table = table(name);
    if (!table.ordered()) {
      Position own = later(table.durable(durable), delivered);
      table = table.with(table.mark().at(Optional.of(own)));
    }
    List<InFlight> inFlight = new ArrayList<>(table.inFlight());
    inFlight.add(new InFlight(range, unseen, Optional.empty(), Chain.empty()));
    tables.put(name, table.with(inFlight));
    return this;
  }

  Draft open(TableName name, InFlight chunk, SnapshotToken snapshot) {
    tables.put(name, table(name).replace(chunk, Optional.of(chunk.opened(snapshot))));
    return this;
  }

  Write merge(TableName name, InFlight chunk) {
    TablePlan table = table(name);
    SnapshotToken snapshot = chunk.snapshot().orElseThrow();
    Predicate<Part> left = part -> !table.ordered() || !snapshot.contains(part.commit());
    List<Change> changes = chunk.buffer().list().stream().filter(left).map(Part::change).toList();
    Seen seen = new Seen(snapshot, delivered);
    Mark mark = table.mark();
    if (table.ordered()) {
      mark =
          mark.plus(
              new Done(
                  chunk.range(),
                  rules.settled(seen, table.durable(durable))
                      ? Optional.empty()
                      : Optional.of(seen)));
    } else {
      mark =
          mark.plus(new Done(chunk.range(), Optional.empty()))
              .at(delivered.equals(durable) ? Optional.empty() : Optional.of(delivered));
    }
    mark = mark.settle(_ -> false);
    tables.put(name, table.replace(chunk, Optional.empty()).with(mark));
    return write(changes, List.of(name), false);
  }

  /// Of a table whose keys are not ordered, what was buffered belongs to rows that are done as
  /// well.
  Draft abandon(TableName name, InFlight chunk) {
    TablePlan table = table(name);
    tables.put(name, table.replace(chunk, Optional.empty()));
    if (!table.ordered() && !table.mark().done().isEmpty()) {
      for (Part part : chunk.buffer().list()) {
        pending = pending.plus(part);
      }
    }
    return this;
  }

  Draft stop(TableName name, String why, boolean holds) {
    TablePlan table = table(name);
    Mark mark =
        holds
            ? table.mark().at(Optional.of(table.durable(durable))).stop(why)
            : table.mark().forget(why);
    tables.put(name, new TablePlan(table.ordered(), mark, List.of()));
    pending = pending.where(part -> !part.change().table().equals(name));
    cut =
        cut.map(at ->
            at.with(at.snapshot(), at.parked().where(part -> !part.change().table().equals(name))));
    return this;
  }

  // ---- aligned cuts ----

  Draft cut(Optional<Cut> next) {
    cut = next;
    return this;
  }

  Draft open(SnapshotToken snapshot) {
    Cut opened = cut.orElseThrow().with(Optional.of(snapshot), cut.orElseThrow().parked());
    for (Part part : opened.parked().list()) {
      if (!opened.parks(part)) {
        pending = pending.plus(part);
      }
    }
    return cut(Optional.of(opened.with(opened.snapshot(), opened.parked().where(opened::parks))));
  }

  Draft endCut() {
    Cut ended = cut.orElseThrow();
    List<Part> waiting = new ArrayList<>(pending.list());
    waiting.addAll(ended.parked().list());
    pending = Chain.of(waiting);
    return cut(Optional.empty());
  }

  private static Position later(Position a, Position b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
