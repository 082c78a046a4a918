package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Row;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Rows one after the other, as a database hands them over; never all at once in memory.
public interface RowCursor extends AutoCloseable {
  /// @return null when there are no more
  @Nullable Row next() throws SQLException;

  @Override
  void close() throws SQLException;
}
