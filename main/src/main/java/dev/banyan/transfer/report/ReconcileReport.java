package dev.banyan.transfer.report;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What comparing every row of both sides has found.
///
/// @param rows that were compared, on each side
/// @param differing how many rows differ, all of them
/// @param differences the first of those, by name
/// @param repaired rows that were made equal and compared again
/// @param checks the assertions of `banyan.yaml`
public record ReconcileReport(
    String transfer,
    long rows,
    double seconds,
    double rowsPerSecond,
    long differing,
    List<Difference> differences,
    long repaired,
    List<Check> checks,
    Certificate certificate) {
  public ReconcileReport {
    differences = List.copyOf(differences);
    checks = List.copyOf(checks);
  }

  /// One row that is not the same on both sides.
  ///
  /// @param table by its name on the target
  /// @param key as people read it
  /// @param columns those that differ, by their names on the target; empty where the row is missing
  ///   or too many
  public record Difference(String table, String key, Kind kind, List<String> columns) {
    public Difference {
      columns = List.copyOf(columns);
    }
  }

  /// How a row differs.
  public enum Kind {
    /// the owner has it, the other side has not
    MISSING,
    /// the other side has it, the owner has not
    EXTRA,
    CHANGED;

    /// As JSON has it.
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// What an assertion said.
  ///
  /// @param source what the source answered, as text; null where the query failed, like `target`
  /// @param problem why a query failed, or null
  public record Check(
      String name,
      boolean agrees,
      @Nullable String source,
      @Nullable String target,
      @Nullable String problem) {}
}
