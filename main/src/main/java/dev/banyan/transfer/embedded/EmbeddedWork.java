package dev.banyan.transfer.embedded;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import java.io.InputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One transaction, row by row: a statement is a call within this process, so that there is nothing
/// to save by sending many rows at once, and a row that is refused is known by itself.
final class EmbeddedWork implements TargetWork {
  /// As SQL has it, in all engines.
  private static final String DUPLICATE = "23505";

  private final Dialect dialect;
  private final Connection connection;
  private final String transfer;
  private final List<Table> tables;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private boolean committed;

  /// @param connection has begun to write, and is closed with this
  EmbeddedWork(Dialect dialect, Connection connection, String transfer, List<Table> tables) {
    this.dialect = dialect;
    this.connection = connection;
    this.transfer = transfer;
    this.tables = tables;
  }

  private PreparedStatement statement(String sql) throws SQLException {
    PreparedStatement known = statements.get(sql);
    if (known == null) {
      known = connection.prepareStatement(sql);
      statements.put(sql, known);
    }
    return known;
  }

  @Override
  public long deleteRange(Table table, Range range, String where) throws SQLException {
    Sql.Condition condition = Sql.within(table, range, where);
    String sql = "delete from " + Sql.name(table.name()) + " where " + condition.sql();
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      condition.bind(dialect, delete, 1);
      return delete.executeUpdate();
    }
  }

  @Override
  public long copyIn(Table table, RowCursor rows) throws SQLException, RowRefused {
    int[] written = written(table);
    String sql =
        "insert into "
            + Sql.name(table.name())
            + " ("
            + Sql.names(names(table, written))
            + ") values ("
            + IntStream.of(written)
                .mapToObj(i -> dialect.parameter(table.columns().get(i)))
                .collect(Collectors.joining(", "))
            + ")";
    long count = 0;
    for (Row row = rows.next(); row != null; row = rows.next()) {
      write(table, sql, written, row);
      count++;
    }
    return count;
  }

  private static int[] written(Table table) {
    return IntStream.range(0, table.columns().size())
        .filter(i -> !table.columns().get(i).generated())
        .toArray();
  }

  private static List<String> names(Table table, int[] columns) {
    return IntStream.of(columns).mapToObj(i -> table.columns().get(i).name()).toList();
  }

  private void write(Table table, String sql, int[] written, Row row)
      throws SQLException, RowRefused {
    PreparedStatement statement = statement(sql);
    bind(table, statement, written, row);
    update(table, statement, row);
  }

  private int bind(Table table, PreparedStatement statement, int[] written, Row row)
      throws SQLException, RowRefused {
    int at = 1;
    for (int i : written) {
      Column column = table.columns().get(i);
      try {
        dialect.bind(statement, at++, row.cell(i), column);
      } catch (IllegalArgumentException e) {
        throw new RowRefused(
            table.name(), shown(table, row), column.name(), String.valueOf(e.getMessage()), e);
      }
    }
    return at;
  }

  private long update(Table table, PreparedStatement statement, Row row)
      throws SQLException, RowRefused {
    try {
      return statement.executeUpdate();
    } catch (SQLException e) {
      if (!dialect.rowsFault(e)) {
        throw e;
      }
      throw new RowRefused(
          table.name(),
          shown(table, row),
          dialect.faultyColumn(e),
          String.valueOf(e.getMessage()),
          dialect.duplicate(e) ? new SQLException(e.getMessage(), DUPLICATE, e) : e);
    }
  }

  private static String shown(Table table, Row row) {
    try {
      return row.key(table.keyIndexes()).toString();
    } catch (IllegalStateException e) {
      return "";
    }
  }

  @Override
  public long copyIn(Table table, InputStream binary) {
    throw new UnsupportedOperationException("rows have no binary form here: copy them as rows");
  }

  @Override
  public void apply(Table table, List<Change> changes) throws SQLException, RowRefused {
    int[] written = written(table);
    String upsert = dialect.upsert(table, names(table, written));
    // Where a row can not be made of these columns, not even one that is there may be inserted.
    boolean part = table.isOnlyChanged(tables);
    for (Change change : changes) {
      switch (change) {
        case Change.Upsert row when part && update(table, row) > 0 -> {}
        case Change.Upsert row -> upsert(table, row, upsert, written);
        case Change.Delete gone -> delete(table, List.of(gone.key()));
        case Change.Truncate _ -> {
          long gone = deleteRange(table, Range.ALL, "");
          assert gone >= 0;
        }
        case Change.Altered altered ->
            throw new IllegalArgumentException(
                altered.table() + " was altered: " + altered.what() + "; that is not applied");
      }
    }
  }

  @Override
  public void change(Table table, List<Change> changes) throws SQLException, RowRefused {
    for (Change change : changes) {
      if (change instanceof Change.Upsert row) {
        long found = update(table, row);
        assert found <= 1;
      } else {
        apply(table, List.of(change));
      }
    }
  }

  private void upsert(Table table, Change.Upsert change, String sql, int[] written)
      throws SQLException, RowRefused {
    Row row = change.row();
    if (IntStream.of(written).anyMatch(i -> row.cell(i) == Special.UNCHANGED)) {
      part(table, change);
      return;
    }
    if (change.moved()) {
      delete(table, List.of(change.before()));
    }
    write(table, sql, written, row);
  }

  /// The log left out what did not change.
  private void part(Table table, Change.Upsert change) throws SQLException, RowRefused {
    if (update(table, change) == 0) {
      throw new RowRefused(
          table.name(),
          shown(table, change.row()),
          "",
          "the row is not there, and the log left out values that did not change: copy its range"
              + " again",
          new SQLException("no row was updated"));
    }
  }

  private long update(Table table, Change.Upsert change) throws SQLException, RowRefused {
    Row row = change.row();
    int[] known =
        IntStream.of(written(table)).filter(i -> row.cell(i) != Special.UNCHANGED).toArray();
    List<String> sets = new ArrayList<>();
    names(table, known)
        .forEach(name -> sets.add(Sql.name(name) + " = " + dialect.parameter(table.column(name))));
    Sql.Condition at = Sql.is(table, change.before());
    PreparedStatement update =
        statement(
            "update "
                + Sql.name(table.name())
                + " set "
                + String.join(", ", sets)
                + " where "
                + at.sql());
    int next = at.bind(dialect, update, bind(table, update, known, row));
    assert next > 1;
    return update(table, update, row);
  }

  @Override
  public void delete(Table table, Collection<Key> keys) throws SQLException {
    for (Key key : keys) {
      Sql.Condition is = Sql.is(table, key);
      PreparedStatement delete =
          statement("delete from " + Sql.name(table.name()) + " where " + is.sql());
      is.bind(dialect, delete, 1);
      delete.executeUpdate();
    }
  }

  @Override
  public void remember(String name, String text) throws SQLException {
    Sessions.run(
        connection,
        "delete from " + Sql.name(Own.MEMORY) + " where \"transfer\" = ? and \"name\" = ?",
        transfer,
        name);
    if (!text.isEmpty()) {
      Sessions.run(
          connection,
          "insert into " + Sql.name(Own.MEMORY) + " values (?, ?, ?)",
          transfer,
          name,
          text);
    }
  }

  @Override
  public boolean remembers(String name, String text) throws SQLException {
    return Sessions.list(
            connection,
            "select \"text\" from "
                + Sql.name(Own.MEMORY)
                + " where \"transfer\" = ? and \"name\" = ?"
                + dialect.lock(),
            row -> row.getString(1),
            transfer,
            name)
        .equals(List.of(text));
  }

  @Override
  public void commit() throws SQLException {
    dialect.commit(connection, transfer);
    committed = true;
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      for (PreparedStatement each : statements.values()) {
        each.close();
      }
      if (!committed) {
        dialect.rollback(connection);
      }
    }
  }
}
