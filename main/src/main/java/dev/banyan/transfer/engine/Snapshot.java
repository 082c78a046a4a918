package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.Optional;

/// The database as it was at one moment: one connection, one transaction that only reads.
public interface Snapshot extends AutoCloseable {
  SnapshotToken token();

  /// The key that ends the next chunk.
  ///
  /// @param after where the chunk before ended; empty for the first
  /// @return empty where fewer rows than that are left: the last chunk has no end
  Optional<Key> boundary(Table table, Optional<Key> after, long rows) throws SQLException;

  /// Reads a range, in no particular order.
  ///
  /// @param where a further condition in the source's SQL; empty for none
  RowCursor read(Table table, Range range, String where) throws SQLException;

  /// Writes a range in the engine's own binary form, unread; only between two databases of one
  /// engine.
  ///
  /// @return rows
  /// @throws UnsupportedOperationException where the engine has no such form
  long copyOut(Table table, Range range, String where, OutputStream to) throws SQLException;

  @Override
  void close() throws SQLException;
}
