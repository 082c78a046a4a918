package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One target table that rows of one source table go to. An immutable value that may be used by any
/// thread.
public interface MappedTable {
  /// The source's table as its database describes it: a row has a cell for each of its columns, in
  /// their order, whether or not the mapping takes it.
  Table source();

  /// The columns that are written, in the order in which [#forward] gives them.
  Table target();

  /// Whether a source row with this key may be of this mapping; false where the key says that it is
  /// another's, which shares the source's table.
  boolean takes(Key source);

  /// Whether a row of the target is there as long as the source's is. Of a row of the target that
  /// is put together from several, one of the source's tables says that; the others neither make a
  /// row nor take it away.
  boolean decides();

  /// Writes changes of the target's rows, as far as they are this mapping's to make.
  default void write(TargetWork work, List<Change> changes) throws SQLException, RowRefused {
    if (decides()) {
      work.apply(target(), changes);
    } else {
      work.change(target(), changes);
    }
  }

  /// Whether rows of the target may be deleted and made anew, since they hold nothing but what this
  /// mapping writes.
  default boolean replaces() {
    return true;
  }

  /// Whether it leaves rows out, so that a change alone may make it take one that is not there yet.
  default boolean leavesOut() {
    return false;
  }

  /// Whether a row can only be mapped once something was asked about it, by [#knowing].
  default boolean asks() {
    return false;
  }

  /// The same mapping with the answers to all that these rows and keys of the source raise, asked
  /// at once; it maps these and may map no others.
  default MappedTable knowing(Collection<Row> rows, Collection<Key> keys) throws SQLException {
    return this;
  }

  /// The keys of the target's rows, in the order of the source's.
  default List<Key> keys(Collection<Key> sources) throws SQLException {
    MappedTable known = knowing(List.of(), sources);
    return sources.stream().map(known::key).toList();
  }

  /// The target's row.
  ///
  /// A cell [dev.banyan.transfer.table.Special#UNCHANGED] comes out as one in every column that is
  /// made of it.
  ///
  /// @return null where the mapping leaves the row out, which deletes it if it was there
  /// @throws RowRefused where the row has no counterpart; its table stops
  @Nullable Row forward(Row source) throws RowRefused;

  /// The key of the target's row, for a source row that is known by its key alone.
  Key key(Key source);

  /// The target's keys that a range of source keys becomes, where both databases order them alike.
  ///
  /// @return empty where the target can not tell the range: then the table is cleared once, before
  ///   its first chunk
  Optional<Range> range(Range source);

  /// Which rows of the target table belong to this source table, in the target's SQL; empty for
  /// all. Only these are ever deleted by range.
  String where();

  /// Rows go over as they are, column by column, so that they need not be read on the way.
  boolean identity();
}
