package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Rows out of a binary `COPY`, each read as it comes.
final class CopyRows implements RowCursor {
  private final CopyTuples tuples;
  private final Type[] types;

  CopyRows(CopyTuples tuples, Table table) {
    this.tuples = tuples;
    this.types = table.columns().stream().map(Column::type).toArray(Type[]::new);
  }

  /// The columns in a form that is read here: what is not known in binary is asked for as text.
  static String columns(List<Column> columns) {
    return columns.stream()
        .map(column ->
            CellReader.knows(column.type()) ? Sql.column(column.name()) : Declared.text(column))
        .collect(Collectors.joining(", "));
  }

  @Override
  public @Nullable Row next() throws SQLException {
    return tuples.next() ? row(tuples.bytes(), tuples.offset()) : null;
  }

  private Row row(byte[] from, int offset) {
    int count = CellReader.i16(from, offset);
    if (count != types.length) {
      throw new IllegalStateException("COPY gave " + count + " columns, not " + types.length);
    }
    int at = offset + 2;
    @Nullable Object[] cells = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      int length = CellReader.i32(from, at);
      at += 4;
      if (length >= 0) {
        cells[i] = cell(types[i], from, at, length);
        at += length;
      }
    }
    return new Row(cells);
  }

  private static Object cell(Type type, byte[] from, int at, int length) {
    return CellReader.knows(type)
        ? CellReader.read(type, from, at, length)
        : CellParser.parse(type, from, at, length);
  }

  @Override
  public void close() throws SQLException {
    tuples.close();
  }
}
