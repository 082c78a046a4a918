package dev.banyan.transfer.mapping;

/// Gives rows other ids, one to one, by maps that are kept in the target.
///
/// What was once given stays given, so that a row can be sent twice. May be used by many threads; a
/// call may go to the database.
public interface IdMaps {
  /// @param map its name, which columns that refer to each other share
  /// @param id the source's, never NULL
  /// @return the target's, given now if there was none
  Object forward(String map, Object id);

  /// @return the source's, given now if the row began on the target
  Object back(String map, Object id);
}
