package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Table;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/// Pairs of ids, one to one, of the maps of one transfer, in a table of our own. Ids are texts
/// here.
///
/// A pair that was added is durable at once, before any row that has its ids, and is never changed.
/// May be used by many threads and processes.
public interface IdPairs {
  /// Creates the table if it is not there yet.
  void prepare() throws SQLException;

  /// The pairs of these ids, as far as there are any.
  ///
  /// @param forward whether the ids are the source's; else the target's
  /// @return by the ids that were asked for, the others
  Map<String, String> find(String map, boolean forward, Collection<String> ids) throws SQLException;

  /// Adds pairs, but for those of which either id has one already.
  ///
  /// @param pairs by the source's id
  void add(String map, Map<String, String> pairs) throws SQLException;

  /// The greatest whole number among a map's ids of one side; 0 where there is none.
  BigInteger greatest(String map, boolean source) throws SQLException;

  /// The greatest number in a column of this database; 0 where there is none.
  BigInteger greatest(Table table, String column) throws SQLException;

  /// Removes the pairs of all maps of the transfer, and the table where no other has any.
  ///
  /// @return how many there were
  long remove() throws SQLException;
}
