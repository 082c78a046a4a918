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
import org.postgresql.copy.CopyOut;

/// Rows out of a binary `COPY`, each read as it comes.
final class CopyRows implements RowCursor {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0
  };

  /// What is read to its end when nobody wants it any more, before it is called off.
  private static final int REST = 50_000;

  private final CopyOut copy;
  private final Runnable broken;
  private final Type[] types;
  private byte[] message = new byte[0];
  private int at;
  private boolean begun;
  private boolean ended;

  /// @param broken called where the copy was called off: the connection is of no more use, for the
  ///   server may hear of that late and end the query after it
  CopyRows(CopyOut copy, Table table, Runnable broken) {
    this.copy = copy;
    this.broken = broken;
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
    while (!ended) {
      if (at < message.length) {
        int count = CellReader.i16(message, at);
        at += 2;
        if (count >= 0) {
          return row(count);
        }
        ended = true; // the server still says that the command is complete
        byte[] rest;
        do {
          rest = copy.readFromCopy();
        } while (rest != null);
        return null;
      }
      byte[] more = copy.readFromCopy();
      if (more == null) {
        ended = true;
        return null;
      }
      message = more;
      at = 0;
      header();
    }
    return null;
  }

  private void header() {
    if (!begun) {
      begun = true;
      at = SIGNATURE.length + 8 + CellReader.i32(message, SIGNATURE.length + 4);
    }
  }

  private Row row(int count) {
    if (count != types.length) {
      throw new IllegalStateException("COPY gave " + count + " columns, not " + types.length);
    }
    @Nullable Object[] cells = new @Nullable Object[count];
    for (int i = 0; i < count; i++) {
      int length = CellReader.i32(message, at);
      at += 4;
      if (length >= 0) {
        cells[i] = cell(types[i], length);
        at += length;
      }
    }
    return new Row(cells);
  }

  private Object cell(Type type, int length) {
    return CellReader.knows(type)
        ? CellReader.read(type, message, at, length)
        : CellParser.parse(type, message, at, length);
  }

  @Override
  public void close() throws SQLException {
    for (int i = 0; !ended && i < REST; i++) {
      ended = copy.readFromCopy() == null;
    }
    if (!ended) {
      ended = true;
      broken.run();
      copy.cancelCopy();
    }
  }
}
