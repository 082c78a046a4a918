package dev.banyan.transfer.mysql;

import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Applies changes of one table. Of several changes of one key only the last is sent: all of them
/// are in one transaction, and the row is whole each time. For one thread.
///
/// Deletes go first, so that a key that moved, or one that the server holds equal to another, is
/// free before it is written again.
final class Upserts {
  private static final int KEYS = 500;

  private final Connection connection;
  private final Table table;
  private final int[] key;
  private final int[] written;
  private final Way way;
  private final Map<Key, Optional<Row>> pending = new LinkedHashMap<>();

  /// How rows that may be there are written.
  enum Way {
    /// `ON DUPLICATE KEY UPDATE`: right only where the key is the only unique one
    OVERWRITE,
    /// Deleted, then inserted: with more unique keys, where no other table refers to this one
    REPLACE,
    /// Updated or else inserted, one by one and in order: where deleting would reach other tables
    ONE_BY_ONE,
    /// Updated or else left out, one by one and in order
    CHANGE
  }

  Upserts(Connection connection, Table table, Way way) {
    this.connection = connection;
    this.table = table;
    this.key = table.keyIndexes();
    this.written = Inserts.written(table);
    this.way = way;
  }

  void apply(List<Change> changes) throws SQLException, RowRefused {
    for (Change each : changes) {
      switch (each) {
        case Change.Upsert upsert -> upsert(upsert);
        case Change.Delete delete -> pending.put(delete.key(), Optional.empty());
        case Change.Truncate truncate -> {
          pending.clear();
          // TRUNCATE would commit what was written before it.
          Sessions.run(connection, "delete from " + Sql.name(truncate.table()));
        }
        case Change.Altered altered ->
            throw new IllegalArgumentException(
                altered.table() + " was altered: " + altered.what() + "; that is not applied");
      }
      if (inOrder()) {
        flush();
      }
    }
    flush();
  }

  private boolean inOrder() {
    return way == Way.ONE_BY_ONE || way == Way.CHANGE;
  }

  private void upsert(Change.Upsert upsert) throws SQLException, RowRefused {
    Row row = upsert.row();
    if (partial(row)) {
      Optional<Row> earlier = pending.getOrDefault(upsert.before(), Optional.empty());
      if (earlier.isEmpty()) {
        flush();
        updatePart(upsert);
        return;
      }
      row = filled(row, earlier.get());
    }
    if (upsert.moved()) {
      if (inOrder()) {
        move(upsert.before(), row);
        return;
      }
      pending.put(upsert.before(), Optional.empty());
    }
    pending.put(upsert.key(), Optional.of(row));
  }

  /// What the database computes is never written, and no log needs to carry it.
  private boolean partial(Row row) {
    for (int i : written) {
      if (row.cell(i) == Special.UNCHANGED) {
        return true;
      }
    }
    return false;
  }

  private static Row filled(Row row, Row earlier) {
    @Nullable Object[] cells = row.cells().clone();
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cells[i] == Special.UNCHANGED ? earlier.cell(i) : cells[i];
    }
    return new Row(cells);
  }

  private void updatePart(Change.Upsert upsert) throws SQLException, RowRefused {
    if (!update(upsert.before(), upsert.row()) && way != Way.CHANGE) {
      throw Refusals.of(
          table,
          upsert.row(),
          "the row is not there, and the log left out values that did not change: copy its range"
              + " again",
          new SQLException("no row was updated"));
    }
  }

  private void move(Key before, Row row) throws SQLException, RowRefused {
    flush();
    if (!update(before, row)) {
      pending.put(row.key(key), Optional.of(row));
    }
  }

  /// @return whether the row was there
  private boolean update(Key at, Row row) throws SQLException, RowRefused {
    StringBuilder sql = new StringBuilder("update ").append(Sql.name(table.name()));
    String comma = " set ";
    try {
      for (int i : written) {
        if (row.cell(i) != Special.UNCHANGED) {
          sql.append(comma).append(Sql.name(table.columns().get(i).name())).append(" = ");
          Sql.literal(sql, row.cell(i), table.columns().get(i).type());
          comma = ", ";
        }
      }
      sql.append(" where ").append(Sql.is(table, at));
    } catch (IllegalArgumentException e) {
      throw Refusals.of(table, row, String.valueOf(e.getMessage()), e);
    }
    try (Statement statement = connection.createStatement()) {
      long found = statement.executeLargeUpdate(sql.toString());
      Inserts.checkWarnings(statement, table, List.of(row));
      return found > 0;
    } catch (SQLException e) {
      throw Refusals.of(table, List.of(row), e);
    }
  }

  private void flush() throws SQLException, RowRefused {
    if (pending.isEmpty()) {
      return;
    }
    List<Key> gone = new ArrayList<>();
    List<Row> rows = new ArrayList<>();
    pending.forEach((at, row) -> {
      if (row.isEmpty() || way == Way.REPLACE) {
        gone.add(at);
      }
      row.ifPresent(rows::add);
    });
    pending.clear();
    delete(connection, table, gone);
    Inserts inserts = new Inserts(connection, table, way == Way.OVERWRITE);
    for (Row row : rows) {
      boolean there = inOrder() && update(row.key(key), row);
      if (!there && way != Way.CHANGE) {
        inserts.add(row);
      }
    }
    inserts.flush();
  }

  static void delete(Connection connection, Table table, Collection<Key> keys) throws SQLException {
    List<Key> all = List.copyOf(keys);
    for (int from = 0; from < all.size(); from += KEYS) {
      List<Key> some = all.subList(from, Math.min(all.size(), from + KEYS));
      Sessions.run(
          connection, "delete from " + Sql.name(table.name()) + " where " + Sql.anyOf(table, some));
    }
  }
}
