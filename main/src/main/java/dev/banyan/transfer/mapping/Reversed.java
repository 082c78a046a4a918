package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A mapping the other way round: rows of its target become rows of its source.
///
/// Rows come as the target's log and its snapshots have them, with every column of the table in the
/// table's own order, which need not be the mapping's. Only the columns that come back are written,
/// so that what was left behind stays as the source has it.
final class Reversed implements MappedTable {
  private final TableMapping mapping;
  private final Table from;
  private final boolean decides;
  private final Table target;

  /// Where the mapping's columns stand in a row that comes.
  private final int[] places;

  /// Which of the source's columns come back.
  private final int[] columns;

  /// Rows that need not be put in order.
  private final boolean ordered;

  /// @param from the mapping's target, as its database describes it
  Reversed(TableMapping mapping, Table from, boolean decides) {
    this.mapping = mapping;
    this.from = from;
    this.decides = decides;
    List<Column> mapped = mapping.target().columns();
    this.places = mapped.stream().mapToInt(column -> from.indexOf(column.name())).toArray();
    this.ordered = from.columns().equals(mapped);
    Table source = mapping.source();
    this.columns = IntStream.range(0, source.columns().size()).filter(mapping::givesBack).toArray();
    List<Column> given = IntStream.of(columns).mapToObj(source.columns()::get).toList();
    this.target = new Table(source.name(), given, source.key(), source.rows(), source.bytes());
  }

  @Override
  public Table source() {
    return from;
  }

  @Override
  public Table target() {
    return target;
  }

  @Override
  public boolean takes(Key key) {
    return mapping.ownsKey(key);
  }

  @Override
  public boolean decides() {
    return decides;
  }

  /// The source may have more of a row than comes back.
  @Override
  public boolean replaces() {
    List<Column> all = mapping.source().columns();
    return decides
        && IntStream.range(0, all.size())
            .allMatch(i -> mapping.givesBack(i) || all.get(i).generated());
  }

  @Override
  public boolean asks() {
    return mapping.asks();
  }

  @Override
  public MappedTable knowing(Collection<Row> rows, Collection<Key> keys) throws SQLException {
    List<Row> own = rows.stream().map(this::own).toList();
    return new Reversed(
        mapping.knowing(own, keys.stream().filter(this::takes).toList(), false), from, decides);
  }

  private Row own(Row row) {
    return ordered ? row : picked(row, places);
  }

  @Override
  public @Nullable Row forward(Row row) throws RowRefused {
    Row back = mapping.back(own(row));
    return back == null ? null : picked(back, columns);
  }

  private static Row picked(Row row, int[] columns) {
    @Nullable Object[] cells = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      cells[i] = row.cell(columns[i]);
    }
    return new Row(cells);
  }

  @Override
  public Key key(Key key) {
    return mapping.backKey(key);
  }

  /// Where the target's key has more than the source's, rows of others may lie between two of its
  /// keys, or beyond them.
  @Override
  public Optional<Range> range(Range range) {
    return mapping.sameOrder() && from.key().size() == target.key().size()
        ? Optional.of(
            new Range(range.after().map(mapping::backKey), range.upTo().map(mapping::backKey)))
        : Optional.empty();
  }

  @Override
  public String where() {
    return mapping.sourceWhere();
  }

  @Override
  public boolean leavesOut() {
    return !mapping.where().isEmpty();
  }

  @Override
  public boolean identity() {
    return ordered && mapping.identity();
  }
}
