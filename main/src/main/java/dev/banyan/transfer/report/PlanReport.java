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

  /// Whether nothing keeps the rows from being copied and followed. What blocks their cutover or
  /// the way back can be mended meanwhile.
  public boolean ready() {
    return findings.stream().noneMatch(Found::blocksMoving);
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
  /// @param blocks what it counts for can not be done until it is mended; otherwise people should
  ///   know it
  /// @param where what it counts for: the rows' way from the `source`, to the `target` or through
  ///   the `mapping`; the `cutover`, that is the fence of the source; or the way `back`
  /// @param subject the table, column, setting or right, with the database before it where `where`
  ///   does not say which one
  /// @param says what is wrong and what to do
  public record Found(boolean blocks, String where, String code, String subject, String says) {
    public static final String CUTOVER = "cutover";
    public static final String BACK = "back";

    /// Whether no row moves until it is mended.
    public boolean blocksMoving() {
      return blocks && !where.equals(CUTOVER) && !where.equals(BACK);
    }
  }
}
