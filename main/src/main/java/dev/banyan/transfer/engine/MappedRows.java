package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Row;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows on their way through a mapping: one by one, or page by page where the mapping has to ask
/// something about them. For one thread; the rows' cursor stays the caller's.
public final class MappedRows {
  private static final int PAGE = 2_000;

  private final RowCursor rows;
  private final MappedTable mapping;
  private MappedTable known;
  private Iterator<Row> page = List.<Row>of().iterator();
  private long read;

  public MappedRows(RowCursor rows, MappedTable mapping) {
    this.rows = rows;
    this.mapping = mapping;
    this.known = mapping;
  }

  /// @return the next row as the mapping's target has it; null where there is no more
  public @Nullable Row next() throws SQLException, RowRefused {
    for (Row row = source(); row != null; row = source()) {
      read++;
      Row there = known.forward(row);
      if (there != null) {
        return there;
      }
    }
    return null;
  }

  private @Nullable Row source() throws SQLException {
    if (!mapping.asks()) {
      return rows.next();
    }
    if (!page.hasNext()) {
      List<Row> next = new ArrayList<>();
      for (Row row = rows.next(); row != null; row = next.size() < PAGE ? rows.next() : null) {
        next.add(row);
      }
      known = mapping.knowing(next, List.of());
      page = next.iterator();
    }
    return page.hasNext() ? page.next() : null;
  }

  /// The source's rows so far, with those that the mapping leaves out.
  public long read() {
    return read;
  }
}
