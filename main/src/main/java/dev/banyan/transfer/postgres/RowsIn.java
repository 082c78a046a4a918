package dev.banyan.transfer.postgres;

import dev.banyan.transfer.engine.RowCursor;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows into one table by `COPY`: in binary where every column's form is known here, else as text.
final class RowsIn {
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int PIECE = 1 << 16;

  private final Connection connection;
  private final Table table;
  private final List<Column> columns;
  private final int[] places;
  private final Type[] types;
  private final Recent recent;

  RowsIn(Connection connection, Table table) {
    this.connection = connection;
    this.table = table;
    this.columns = table.columns().stream().filter(each -> !each.generated()).toList();
    this.places = columns.stream().mapToInt(each -> table.indexOf(each.name())).toArray();
    this.types = columns.stream().map(Column::type).toArray(Type[]::new);
    this.recent = new Recent(table);
  }

  private CopyIn copy(boolean binary) throws SQLException {
    String sql =
        "copy "
            + Sql.table(table.name())
            + " ("
            + Sql.names(columns.stream().map(Column::name).toList())
            + ") from stdin (format "
            + (binary ? "binary)" : "text)");
    return connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
  }

  long unread(InputStream rows) throws SQLException, RowRefused {
    Unread.check(table.name(), columns);
    CopyIn copy = copy(true);
    try {
      Unread.pass(rows, copy);
      return copy.endCopy();
    } catch (IOException e) {
      cancel(copy);
      throw new SQLException("the other end of the copy of " + table.name() + " is gone", e);
    } catch (SQLException e) {
      throw Refusals.of(table.name(), e, line -> line > 0 ? "in line " + line : "");
    }
  }

  long rows(RowCursor rows) throws SQLException, RowRefused {
    boolean binary = columns.stream().allMatch(each -> CellWriter.knows(each.type()));
    CopyIn copy = copy(binary);
    try {
      Growing piece = new Growing(PIECE + 4_096);
      if (binary) {
        piece.put(HEADER);
      }
      for (Row row = rows.next(); row != null; row = rows.next()) {
        int before = piece.size();
        if (binary) {
          binary(row, piece);
        } else {
          text(row, piece);
        }
        recent.add(row, piece.size() - before);
        if (piece.size() >= PIECE) {
          copy.writeToCopy(piece.bytes(), 0, piece.size());
          piece.clear();
        }
      }
      if (binary) {
        piece.i16(-1);
      }
      copy.writeToCopy(piece.bytes(), 0, piece.size());
      return copy.endCopy();
    } catch (SQLException e) {
      cancel(copy);
      throw Refusals.of(table.name(), e, recent::key);
    } catch (RowRefused e) {
      cancel(copy);
      throw e;
    }
  }

  private static void cancel(CopyIn copy) throws SQLException {
    if (copy.isActive()) {
      copy.cancelCopy();
    }
  }

  private void binary(Row row, Growing to) throws RowRefused {
    to.i16(places.length);
    for (int i = 0; i < places.length; i++) {
      try {
        CellWriter.write(types[i], row.cell(places[i]), to);
      } catch (CellWriter.Unfit e) {
        throw refused(row, i, e);
      }
    }
  }

  private RowRefused refused(Row row, int column, CellWriter.Unfit e) {
    String name = columns.get(column).name();
    return new RowRefused(table.name(), recent.keyOf(row), name, String.valueOf(e.getMessage()), e);
  }

  private void text(Row row, Growing to) {
    for (int i = 0; i < places.length; i++) {
      if (i > 0) {
        to.u8('\t');
      }
      Object cell = row.cell(places[i]);
      if (cell == null) {
        to.u8('\\');
        to.u8('N');
      } else {
        escaped(CellPrinter.print(types[i], cell).getBytes(StandardCharsets.UTF_8), to);
      }
    }
    to.u8('\n');
  }

  private static void escaped(byte[] text, Growing to) {
    for (byte each : text) {
      switch (each) {
        case '\\', '\t', '\n', '\r' -> {
          to.u8('\\');
          to.u8(
              switch (each) {
                case '\t' -> 't';
                case '\n' -> 'n';
                case '\r' -> 'r';
                default -> '\\';
              });
        }
        default -> to.u8(each);
      }
    }
  }

  /// The rows last sent: an error comes after what was already on its way, and names a line.
  private static final class Recent {
    private static final int ROWS = 1 << 16;

    /// More than the buffers of both ends of a connection hold.
    private static final long BYTES = 16L << 20;

    private final int[] keys;
    private final @Nullable Row[] rows = new @Nullable Row[ROWS];
    private final int[] sizes = new int[ROWS];
    private long added;
    private long dropped;
    private long held;

    Recent(Table table) {
      this.keys = table.keyIndexes();
    }

    void add(Row row, int size) {
      while (dropped < added && (added - dropped == ROWS || held > BYTES)) {
        int oldest = (int) (dropped++ & ROWS - 1);
        rows[oldest] = null;
        held -= sizes[oldest];
      }
      int place = (int) (added++ & ROWS - 1);
      rows[place] = row;
      sizes[place] = size;
      held += size;
    }

    String key(long line) {
      if (line <= 0 || line > added) {
        return "";
      }
      Row row = line > dropped ? rows[(int) (line - 1 & ROWS - 1)] : null;
      return row == null ? "in line " + line : keyOf(row);
    }

    String keyOf(Row row) {
      for (int each : keys) {
        if (row.cell(each) == null) {
          return "";
        }
      }
      return keys.length == 0 ? "" : row.key(keys).toString();
    }
  }
}
