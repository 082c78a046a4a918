package dev.banyan.transfer;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.TableName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    /// Takes the fewest round trips, but a row may come before the one that it refers to.
    BY_TABLE,
    AS_THEY_CAME,
    /// Of each row what became of it at last. Where chunks are ahead of the log, a value that must
    /// be the only one is with its next row already, and no row may have it on the way.
    LAST_OF_EACH
  }

  void apply(TargetWork work, List<Change> changes, Order order) throws SQLException, Refusal {
    List<List<Change>> groups =
        switch (order) {
          case BY_TABLE -> byTable(changes);
          case AS_THEY_CAME -> runs(changes);
          case LAST_OF_EACH -> runs(LastOfEach.of(changes));
        };
    for (List<Change> group : groups) {
      TableName source = group.getFirst().table();
      try {
        apply(work, source, group);
      } catch (RowRefused e) {
        throw new Refusal(source, e);
      }
    }
  }

  private void apply(TargetWork work, TableName source, List<Change> changes)
      throws SQLException, RowRefused {
    for (MappedTable each : mapping.of(source)) {
      MappedTable part = each.asks() ? knowing(each, changes) : each;
      List<Change> mapped = new ArrayList<>(changes.size());
      for (Change change : changes) {
        Change target = mapped(part, change);
        if (target != null) {
          mapped.add(target);
        }
      }
      if (!mapped.isEmpty()) {
        work.apply(part.target(), mapped);
      }
    }
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

  private static List<List<Change>> byTable(List<Change> changes) {
    Map<TableName, List<Change>> groups = new LinkedHashMap<>();
    for (Change change : changes) {
      groups.computeIfAbsent(change.table(), _ -> new ArrayList<>()).add(change);
    }
    return List.copyOf(groups.values());
  }

  private static List<List<Change>> runs(List<Change> changes) {
    List<List<Change>> runs = new ArrayList<>();
    for (Change change : changes) {
      if (runs.isEmpty() || !runs.getLast().getFirst().table().equals(change.table())) {
        runs.add(new ArrayList<>());
      }
      runs.getLast().add(change);
    }
    return runs;
  }
}
