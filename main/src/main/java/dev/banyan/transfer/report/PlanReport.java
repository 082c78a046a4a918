package dev.banyan.transfer.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a transfer would do, found out by reading both schemas: nothing was written.
///
/// @param from the product that the rows come from, for people: `old, PostgreSQL 18.1`
/// @param seconds how long the backfill would take, or null where no table says how many rows it
///   has
/// @param ddl the target's tables that are missing, as a migration; null unless it was asked for
public record PlanReport(
    String transfer,
    String from,
    String to,
    List<Table> tables,
    List<Found> findings,
    @Nullable Double seconds,
    @Nullable String ddl) {
  public PlanReport {
    tables = List.copyOf(tables);
    findings = List.copyOf(findings);
  }

  /// Whether nothing keeps the rows from moving.
  public boolean ready() {
    return findings.stream().noneMatch(Found::blocks);
  }

  /// One table on its way.
  ///
  /// @param rows an estimate, or null where the database has none, like `bytes`
  /// @param key the columns that tell its rows apart; empty where none do
  /// @param mapping what becomes of its columns, for people
  public record Table(
      String from,
      String to,
      @Nullable Long rows,
      @Nullable Long bytes,
      List<String> key,
      String mapping,
      @Nullable Double seconds) {
    public Table {
      key = List.copyOf(key);
    }
  }

  /// Something that was found.
  ///
  /// @param blocks nothing moves until it is mended; otherwise people should know it
  /// @param where which side: `source`, `target` or `mapping`
  /// @param subject the table, column, setting or right
  /// @param says what is wrong and what to do
  public record Found(boolean blocks, String where, String code, String subject, String says) {}
}
