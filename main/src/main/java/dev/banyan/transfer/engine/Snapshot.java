package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.SnapshotToken;
import dev.banyan.transfer.table.Table;
import java.io.OutputStream;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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

  /// Reads the rows with these keys, in no particular order; a key without a row is no error.
  ///
  /// Without an index it would be slow: engines look the keys up, this default reads everything.
  ///
  /// @param keys bounded by the caller to some thousand
  default RowCursor read(Table table, Collection<Key> keys) throws SQLException {
    Set<Key> wanted = new HashSet<>(keys);
    int[] key = table.keyIndexes();
    RowCursor all = read(table, Range.ALL, "");
    return new RowCursor() {
      @Override
      public @Nullable Row next() throws SQLException {
        Row row = all.next();
        while (row != null && !wanted.contains(row.key(key))) {
          row = all.next();
        }
        return row;
      }

      @Override
      public void close() throws SQLException {
        all.close();
      }
    };
  }

  /// Reads a range in the engine's own form, not decoded, to compare it with what another database
  /// of the same engine sends.
  ///
  /// @throws UnsupportedOperationException where the engine has no such form
  default RawRows readRaw(Table table, Range range, String where) throws SQLException {
    throw new UnsupportedOperationException("rows are always decoded here");
  }

  /// Counts a range's rows and sums up their hashes inside the database, so that none is sent.
  ///
  /// Up to the hash, two databases of one engine that say the same have the same rows, as [#read]
  /// gives them. Where they do not the rows may still be the same, as `1.0` and `1.00` are, so that
  /// whoever finds a difference reads them.
  ///
  /// @param columns those that are hashed, in this order
  /// @return empty where the engine can not do that, or not with these rows
  default Optional<Checksum> checksum(Table table, List<String> columns, Range range, String where)
      throws SQLException {
    return Optional.empty();
  }

  /// Answers a query of the user's own, in this state of the database and without writing.
  ///
  /// @param most rows that are read; more are an error
  /// @return its rows, with cells as the driver gives them
  default List<Row> ask(String sql, int most) throws SQLException {
    throw new UnsupportedOperationException("queries are not answered here");
  }

  @Override
  void close() throws SQLException;
}
