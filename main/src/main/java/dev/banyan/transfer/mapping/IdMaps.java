package dev.banyan.transfer.mapping;

import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Map;

/// Gives rows other ids, one to one, by maps that are kept in the target.
///
/// What was once given stays given, so that a row can be sent twice. May be used by many threads.
public interface IdMaps {
  /// @param ids the source's, none of them NULL, each as a key of its own
  /// @return the target's, of which those that there were not yet are given now
  Map<Object, Object> forward(IdMap map, Collection<Object> ids) throws SQLException;

  /// @return the source's, given now for rows that began on the target
  Map<Object, Object> back(IdMap map, Collection<Object> ids) throws SQLException;

  /// The greatest number that was given, or taken, on one side; 0 where there is none.
  ///
  /// @param source of the source's ids, which are numbers; else of the target's
  BigInteger greatest(IdMap map, boolean source) throws SQLException;

  /// The same maps for whoever only looks: nothing is given, and an id without a pair gets a
  /// stand-in that no row has, always the same one, which leads back to it.
  IdMaps looking();
}
