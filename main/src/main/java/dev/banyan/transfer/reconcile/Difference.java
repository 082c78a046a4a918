package dev.banyan.transfer.reconcile;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.TableName;
import java.util.List;
import java.util.Locale;

/// A row that the two sides do not agree on.
///
/// @param table the source's table
/// @param target the target's
/// @param key the target's row; [Key#toString] is for people
/// @param columns the target's columns that differ; for a row that one side does not have, none
public record Difference(
    TableName table, TableName target, Key key, Kind kind, List<String> columns) {
  public Difference {
    columns = List.copyOf(columns);
  }

  public enum Kind {
    /// the target does not have it
    LOST,
    /// only the target has it
    EXTRA,
    CHANGED;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
