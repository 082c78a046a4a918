package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A mapping the other way round: rows of its target become rows of its source.
///
/// Only the columns that come back are written, so that what was left behind stays as the source
/// has it.
final class Reversed implements MappedTable {
  private final TableMapping mapping;
  private final Table target;
  private final int[] columns;

  Reversed(TableMapping mapping) {
    this.mapping = mapping;
    Table source = mapping.source();
    List<Column> given = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    for (int i = 0; i < source.columns().size(); i++) {
      if (mapping.givesBack(i)) {
        given.add(source.columns().get(i));
        indexes.add(i);
      }
    }
    this.target = new Table(source.name(), given, source.key(), source.rows(), source.bytes());
    this.columns = indexes.stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public Table target() {
    return target;
  }

  @Override
  public @Nullable Row forward(Row row) throws RowRefused {
    Row back = mapping.back(row);
    if (back == null) {
      return null;
    }
    @Nullable Object[] cells = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      cells[i] = back.cell(columns[i]);
    }
    return new Row(cells);
  }

  @Override
  public Key key(Key key) {
    return mapping.backKey(key);
  }

  @Override
  public Optional<Range> range(Range range) {
    return mapping.sameOrder()
        ? Optional.of(
            new Range(range.after().map(mapping::backKey), range.upTo().map(mapping::backKey)))
        : Optional.empty();
  }

  @Override
  public String where() {
    return mapping.sourceWhere();
  }

  @Override
  public boolean identity() {
    return mapping.identity();
  }
}
