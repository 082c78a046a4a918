package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Applies changes to one table, many with one statement: of each key only its last state is
/// written, the deletes first.
///
/// Where a batch is refused, because two rows swap a unique value or because one of them does not
/// fit, its changes are applied again one by one, in their order: then the row at fault has a name.
final class Applying {
  private static final int BATCH = 5_000;

  /// Never written to: most rows are whole.
  private static final BitSet NOTHING = new BitSet();

  private final Connection connection;
  private final Table table;
  private final Set<String> always;
  private final List<Column> keys;
  private final int[] written;
  private final Making making;

  /// What becomes of a row that is not there.
  enum Making {
    MADE,
    /// made, or refused for what it lacks: it needs more columns than these
    REFUSED,
    LEFT_OUT
  }

  /// @param always the columns that are always numbered by the database: no update may name them
  Applying(Connection connection, Table table, Set<String> always, Making making) {
    if (table.key().isEmpty()) {
      throw new IllegalArgumentException(table.name() + " has no key to apply changes by");
    }
    this.connection = connection;
    this.table = table;
    this.always = always;
    this.making = making;
    this.keys = table.key().stream().map(table::column).toList();
    this.written =
        IntStream.range(0, table.columns().size())
            .filter(i -> !table.columns().get(i).generated())
            .toArray();
  }

  void apply(List<Change> changes) throws SQLException, RowRefused {
    for (int from = 0; from < changes.size(); from += BATCH) {
      List<Change> batch = changes.subList(from, Math.min(from + BATCH, changes.size()));
      Savepoint before = connection.setSavepoint();
      try {
        together(batch);
      } catch (SQLException e) {
        if (!Refusals.isRow(e)) {
          throw e;
        }
        connection.rollback(before);
        oneByOne(batch);
      }
      connection.releaseSavepoint(before);
    }
  }

  private void oneByOne(List<Change> batch) throws SQLException, RowRefused {
    for (Change change : batch) {
      try {
        together(List.of(change));
      } catch (SQLException e) {
        throw Refusals.of(table.name(), e, _ -> shown(change));
      }
    }
  }

  private static String shown(Change change) {
    return switch (change) {
      case Change.Upsert upsert -> upsert.key().toString();
      case Change.Delete delete -> delete.key().toString();
      case Change.Truncate _, Change.Altered _ -> "";
    };
  }

  /// What is to be of each key: its row, or that it has none.
  private Map<Key, Pending> pending = new LinkedHashMap<>();

  private record Pending(@Nullable Row row, BitSet missing) {
    static final Pending GONE = new Pending(null, NOTHING);
  }

  private void together(List<Change> batch) throws SQLException {
    pending = new LinkedHashMap<>();
    for (Change change : batch) {
      switch (change) {
        case Change.Delete delete -> set(delete.key(), Pending.GONE);
        case Change.Upsert upsert -> upsert(upsert);
        case Change.Truncate _ -> {
          pending.clear();
          run("delete from " + Sql.table(table.name()), null);
        }
        case Change.Altered altered ->
            throw new IllegalArgumentException(
                table.name() + " was altered (" + altered.what() + "), which is not applied");
      }
    }
    flush();
  }

  /// In the order of the last change, so that a value moves on as it did.
  private void set(Key key, Pending state) {
    pending.remove(key);
    pending.put(key, state);
  }

  private void upsert(Change.Upsert upsert) throws SQLException {
    Row row = upsert.row();
    BitSet missing = missing(row);
    Pending before = pending.get(upsert.before());
    if (missing.isEmpty()) {
      if (upsert.moved()) {
        set(upsert.before(), Pending.GONE);
      }
      set(upsert.key(), new Pending(row, missing));
    } else if (before != null && before.row() != null) {
      Row merged = Relation.filled(row, before.row());
      BitSet left = missing(merged);
      if (upsert.moved() && !left.isEmpty()) {
        flush();
        move(upsert, missing);
      } else {
        if (upsert.moved()) {
          set(upsert.before(), Pending.GONE);
        }
        set(upsert.key(), new Pending(merged, left));
      }
    } else if (upsert.moved()) {
      flush();
      move(upsert, missing);
    } else if (before == null) {
      set(upsert.key(), new Pending(row, missing));
    }
    // Otherwise it is gone: what the log left out of it, it says of no row that will remain.
  }

  private BitSet missing(Row row) {
    BitSet missing = NOTHING;
    for (int i : written) {
      if (row.cell(i) == Special.UNCHANGED) {
        missing = missing.isEmpty() ? new BitSet() : missing;
        missing.set(i);
      }
    }
    return missing;
  }

  private void flush() throws SQLException {
    Lanes gone = new Lanes(keys);
    Map<BitSet, Lanes> groups = new LinkedHashMap<>();
    for (Map.Entry<Key, Pending> each : pending.entrySet()) {
      Row row = each.getValue().row();
      if (row == null) {
        gone.add(each.getKey().cells().toArray());
        continue;
      }
      BitSet missing = each.getValue().missing();
      groups
          .computeIfAbsent(missing, without -> new Lanes(columns(without)))
          .add(cells(row, missing));
    }
    pending.clear();
    if (gone.rows() > 0) {
      run(deleting(), gone);
    }
    for (Map.Entry<BitSet, Lanes> group : groups.entrySet()) {
      BitSet missing = group.getKey();
      Lanes rows = group.getValue();
      write(missing, rows);
    }
  }

  private void write(BitSet missing, Lanes rows) throws SQLException {
    // Where a row can not be made of these columns, not even one that is there may be inserted.
    boolean updates = making != Making.MADE || !missing.isEmpty();
    boolean there = updates && run(updating(missing), rows) == rows.rows();
    if (!there && missing.isEmpty() && making != Making.LEFT_OUT) {
      run(upserting(), rows);
    }
  }

  void delete(Collection<Key> gone) throws SQLException {
    List<Key> all = List.copyOf(gone);
    for (int from = 0; from < all.size(); from += BATCH) {
      Lanes lanes = new Lanes(keys);
      all.subList(from, Math.min(from + BATCH, all.size()))
          .forEach(key -> lanes.add(key.cells().toArray()));
      run(deleting(), lanes);
    }
  }

  private List<Column> columns(BitSet without) {
    return IntStream.of(written)
        .filter(i -> !without.get(i))
        .mapToObj(table.columns()::get)
        .toList();
  }

  private @Nullable Object[] cells(Row row, BitSet without) {
    List<@Nullable Object> cells = new ArrayList<>(written.length);
    for (int i : written) {
      if (!without.get(i)) {
        cells.add(row.cell(i));
      }
    }
    return cells.toArray();
  }

  private int run(String sql, @Nullable Lanes lanes) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      if (lanes != null) {
        lanes.bind(statement);
      }
      return statement.executeUpdate();
    }
  }

  private String deleting() {
    return "delete from "
        + Sql.table(table.name())
        + " t using "
        + Lanes.unnest(keys)
        + " where "
        + matching(keys, 0);
  }

  /// @param first where the key's columns begin among the lanes
  private static String matching(List<Column> keys, int first) {
    return IntStream.range(0, keys.size())
        .mapToObj(i -> Sql.column(keys.get(i).name()) + " = " + Lanes.value(keys.get(i), first + i))
        .collect(Collectors.joining(" and "));
  }

  private String upserting() {
    List<Column> columns = columns(new BitSet());
    List<Column> rest =
        columns.stream()
            .filter(each -> !table.key().contains(each.name()) && !always.contains(each.name()))
            .toList();
    return "insert into "
        + Sql.table(table.name())
        + " ("
        + Sql.names(columns.stream().map(Column::name).toList())
        + ") overriding system value select "
        + IntStream.range(0, columns.size())
            .mapToObj(i -> Lanes.value(columns.get(i), i))
            .collect(Collectors.joining(", "))
        + " from "
        + Lanes.unnest(columns)
        + " on conflict ("
        + Sql.names(table.key())
        + ")"
        + (rest.isEmpty()
            ? " do nothing"
            : " do update set "
                + rest.stream()
                    .map(each -> Sql.name(each.name()) + " = excluded." + Sql.name(each.name()))
                    .collect(Collectors.joining(", ")));
  }

  private String updating(BitSet without) {
    List<Column> columns = columns(without);
    List<String> sets = new ArrayList<>();
    List<String> matches = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      String value = Lanes.value(column, i);
      if (table.key().contains(column.name())) {
        matches.add(Sql.column(column.name()) + " = " + value);
      } else if (!always.contains(column.name())) {
        sets.add(Sql.name(column.name()) + " = " + value);
      }
    }
    if (sets.isEmpty()) {
      String key = Sql.name(table.key().getFirst());
      sets.add(key + " = " + Sql.column(table.key().getFirst()));
    }
    return "update "
        + Sql.table(table.name())
        + " t set "
        + String.join(", ", sets)
        + " from "
        + Lanes.unnest(columns)
        + " where "
        + String.join(" and ", matches);
  }

  /// A row that goes to another key and leaves out large values: it is moved as it stands. Where it
  /// is not here under its old key, it was moved before, or a later change says that it is gone.
  private void move(Change.Upsert upsert, BitSet without) throws SQLException {
    List<Column> columns = columns(without);
    List<Column> lanes = new ArrayList<>(columns);
    lanes.addAll(keys);
    Lanes moved = new Lanes(lanes);
    List<@Nullable Object> cells = new ArrayList<>(List.of());
    for (Object cell : cells(upsert.row(), without)) {
      cells.add(cell);
    }
    cells.addAll(upsert.before().cells());
    moved.add(cells.toArray());
    String sets =
        IntStream.range(0, columns.size())
            .filter(i -> !always.contains(columns.get(i).name()))
            .mapToObj(i -> Sql.name(columns.get(i).name()) + " = " + Lanes.value(columns.get(i), i))
            .collect(Collectors.joining(", "));
    int found =
        run(
            "update "
                + Sql.table(table.name())
                + " t set "
                + sets
                + " from "
                + Lanes.unnest(lanes)
                + " where "
                + matching(keys, columns.size()),
            moved);
    if (found == 0) {
      Lanes again = new Lanes(columns);
      again.add(cells(upsert.row(), without));
      run(updating(without), again);
    }
  }
}
