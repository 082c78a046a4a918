package dev.banyan.transfer;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Writes changes of source tables as changes of target tables.
final class Writing {
  private final Mapping mapping;

  Writing(Mapping mapping) {
    this.mapping = mapping;
  }

  /// A row was refused, on its way or by the target.
  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient TableName source;
    private final RowRefused why;

    Refusal(TableName source, RowRefused why) {
      super(String.valueOf(why.getMessage()), why);
      this.source = source;
      this.why = why;
    }

    RowRefused why() {
      return why;
    }

    TableName source() {
      return source;
    }
  }

  /// How several changes are written in one transaction.
  enum Order {
    /// One target table after the other. Takes the fewest round trips, but a row may come before
    /// the one that it refers to.
    BY_TABLE,
    AS_THEY_CAME,
    /// Of each row what became of it at last. Where chunks are ahead of the log, a value that must
    /// be the only one is with its next row already, and no row may have it on the way.
    LAST_OF_EACH
  }

  /// Changes of one source table, next to one another, for one of its target tables.
  private record Run(TableName source, MappedTable part, List<Change> changes) {}

  /// Parts that do not decide whether a row is there come after those that do, since a transaction
  /// may have written them before.
  ///
  /// @param lacks tells of a source's table whether a changed row may not be there yet
  void apply(TargetWork work, List<Change> all, Order order, Predicate<TableName> lacks)
      throws SQLException, Refusal {
    boolean inOrder = order != Order.BY_TABLE;
    List<Change> changes = order == Order.LAST_OF_EACH ? LastOfEach.of(all) : all;
    Map<TableName, List<MappedTable>> parts = new HashMap<>();
    changes.forEach(each -> parts.computeIfAbsent(each.table(), mapping::of));
    List<Run> rest = byTarget(changes, parts, false);
    Set<Place> made = new HashSet<>();
    for (Run run : inOrder ? inOrder(changes, parts) : byTarget(changes, parts, true)) {
      List<Change> written = apply(work, run, lacks.test(run.source()), _ -> true);
      if (!rest.isEmpty() && run.part().decides()) {
        places(written).forEach(made::add);
      }
    }
    for (Run run : rest) {
      boolean lacking = lacks.test(run.source());
      apply(
          work,
          run,
          lacking,
          change -> !inOrder || places(List.of(change)).allMatch(made::contains));
    }
  }

  /// @return what was written, of the target's table
  private static List<Change> apply(
      TargetWork work, Run run, boolean lacking, Predicate<Change> which)
      throws SQLException, Refusal {
    MappedTable part = run.part();
    List<Change> mapped = new ArrayList<>(run.changes().size());
    try {
      MappedTable known = part.asks() ? knowing(part, run.changes()) : part;
      for (Change change : run.changes()) {
        Change target = mapped(known, change);
        if (target != null && which.test(target)) {
          mapped.add(target);
        }
      }
      if (lacking && part.decides()) {
        writeWhatIsThere(work, part.target(), mapped);
      } else if (!mapped.isEmpty()) {
        known.write(work, mapped);
      }
      return mapped;
    } catch (RowRefused e) {
      throw new Refusal(run.source(), e);
    }
  }

  /// A row that is not there comes whole with its chunk, or is gone by then, so that a change that
  /// leaves out what has not changed says nothing of it.
  private static void writeWhatIsThere(TargetWork work, Table target, List<Change> changes)
      throws SQLException, RowRefused {
    int from = 0;
    for (int i = 1; i <= changes.size(); i++) {
      boolean partial = isPartial(target, changes.get(from));
      if (i == changes.size() || isPartial(target, changes.get(i)) != partial) {
        List<Change> some = changes.subList(from, i);
        if (partial) {
          work.change(target, some);
        } else {
          work.apply(target, some);
        }
        from = i;
      }
    }
  }

  private static boolean isPartial(Table target, Change change) {
    return change instanceof Change.Upsert upsert
        && IntStream.range(0, target.columns().size())
            .filter(i -> !target.columns().get(i).generated())
            .anyMatch(i -> upsert.row().cell(i) == Special.UNCHANGED);
  }

  /// Those that rows are written to.
  private static Stream<Place> places(List<Change> changes) {
    return changes.stream()
        .flatMap(each ->
            each instanceof Change.Upsert upsert
                ? Stream.of(new Place(upsert.table(), upsert.key()))
                : Stream.empty());
  }

  private static MappedTable knowing(MappedTable part, List<Change> changes) throws SQLException {
    List<Row> rows = new ArrayList<>();
    List<Key> keys = new ArrayList<>();
    for (Change change : changes) {
      switch (change) {
        case Change.Delete delete -> keys.add(delete.key());
        case Change.Upsert upsert -> {
          keys.add(upsert.key());
          rows.add(upsert.row());
        }
        case Change.Truncate _, Change.Altered _ -> {}
      }
    }
    return part.knowing(rows, keys.stream().filter(part::takes).toList());
  }

  private static @Nullable Change mapped(MappedTable part, Change change) throws RowRefused {
    TableName target = part.target().name();
    if (isAnothers(part, change)) {
      return null;
    }
    return switch (change) {
      case Change.Delete delete -> {
        // Also where it says nothing of the whole row, which has to be looked at once more.
        Key key = part.key(delete.key());
        yield part.decides() ? new Change.Delete(target, key) : null;
      }
      case Change.Upsert upsert -> {
        Row row = part.forward(upsert.row());
        var key = part.key(upsert.key());
        if (row == null) {
          yield part.decides() ? new Change.Delete(target, key) : null;
        }
        yield new Change.Upsert(target, key, key, row);
      }
      case Change.Truncate _, Change.Altered _ -> null;
    };
  }

  private static boolean isAnothers(MappedTable part, Change change) {
    return switch (change) {
      case Change.Delete delete -> !part.takes(delete.key());
      case Change.Upsert upsert -> !part.takes(upsert.key());
      case Change.Truncate _, Change.Altered _ -> false;
    };
  }

  /// Changes of one target table stay in their order, also where several source tables make them: a
  /// row may have gone from one of these to the other.
  ///
  /// @param decides which parts
  private static List<Run> byTarget(
      List<Change> changes, Map<TableName, List<MappedTable>> parts, boolean decides) {
    Map<TableName, List<Run>> targets = new LinkedHashMap<>();
    for (Change change : changes) {
      for (MappedTable part : parts.getOrDefault(change.table(), List.of())) {
        if (part.decides() == decides) {
          add(targets.computeIfAbsent(part.target().name(), _ -> new ArrayList<>()), part, change);
        }
      }
    }
    return targets.values().stream().flatMap(List::stream).toList();
  }

  private static List<Run> inOrder(List<Change> changes, Map<TableName, List<MappedTable>> parts) {
    List<Run> runs = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= changes.size(); i++) {
      TableName source = changes.get(from).table();
      if (i == changes.size() || !changes.get(i).table().equals(source)) {
        for (MappedTable part : parts.getOrDefault(source, List.of())) {
          runs.add(new Run(source, part, changes.subList(from, i)));
        }
        from = i;
      }
    }
    return runs;
  }

  private static void add(List<Run> runs, MappedTable part, Change change) {
    if (runs.isEmpty() || !runs.getLast().part().equals(part)) {
      runs.add(new Run(change.table(), part, new ArrayList<>()));
    }
    runs.getLast().changes().add(change);
  }
}
