package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyOut;

/// Rows from one PostgreSQL to another as they are, in large pieces.
final class Unread {
  private static final int PIECE = 1 << 16;

  private Unread() {}

  /// @throws UnsupportedOperationException where an array or a composite names its types by numbers
  ///   that each database gives on its own
  static void check(TableName table, List<Column> columns) {
    for (Column column : columns) {
      Type type = column.type();
      boolean array = type.kind() == Type.Kind.ARRAY && !CellWriter.knows(type);
      boolean own = type.kind() == Type.Kind.OTHER && !Declared.builtIn(type.declared());
      if (array || own) {
        throw new UnsupportedOperationException(
            table + "." + column.name() + ": " + type.declared() + " can not be copied unread");
      }
    }
  }

  static long pass(CopyOut copy, OutputStream to) throws SQLException, IOException {
    byte[] piece = new byte[PIECE];
    int filled = 0;
    for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
      if (row.length > PIECE - filled) {
        to.write(piece, 0, filled);
        filled = 0;
      }
      if (row.length >= PIECE) {
        to.write(row);
      } else {
        System.arraycopy(row, 0, piece, filled, row.length);
        filled += row.length;
      }
    }
    to.write(piece, 0, filled);
    to.flush();
    return copy.getHandledRowCount();
  }

  static void pass(InputStream from, CopyIn copy) throws SQLException, IOException {
    byte[] piece = new byte[PIECE];
    for (int read = from.read(piece); read >= 0; read = from.read(piece)) {
      copy.writeToCopy(piece, 0, read);
    }
  }
}
