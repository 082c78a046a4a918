package dev.banyan.transfer.report;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A transfer at one moment, as it is kept in the target's database: whichever process moves the
/// rows, all see the same.
///
/// @param at when this was so
/// @param from the database's name in `banyan.yaml`, like `to` and `owner`
/// @param owner the database whose rows count: that the application writes to
/// @param epoch counts the changes of the owner; whoever holds an earlier one can not write
/// @param rows that were copied, all tables together
/// @param total how many there are to copy, an estimate; null where a table does not say
/// @param seconds that copying has taken
/// @param secondsLeft null where it can not be told, or nothing is being copied
/// @param lagBytes how much of the owner's log is not on the other side yet; null where no log is
///   followed, like `lagSeconds`
/// @param differences rows that the last reconciliation found to differ and that are not repaired
/// @param certificate what the last reconciliation came to, or null before the first
/// @param stopped why it does not go on, naming table, row and column; null while it does
public record StatusReport(
    String transfer,
    Instant at,
    String from,
    String to,
    Phase phase,
    String owner,
    long epoch,
    List<Table> tables,
    long rows,
    @Nullable Long total,
    double seconds,
    double rowsPerSecond,
    @Nullable Double secondsLeft,
    @Nullable Long lagBytes,
    @Nullable Double lagSeconds,
    long differences,
    @Nullable Certificate certificate,
    @Nullable String stopped) {
  public StatusReport {
    tables = List.copyOf(tables);
  }

  /// How far a transfer has come.
  public enum Phase {
    NOT_BEGUN,
    /// rows are being copied, and changes with them
    BACKFILL,
    /// all rows were copied, and changes are followed
    STREAM,
    /// a certificate says that both sides agree, and changes are followed
    RECONCILED,
    /// the owner is being changed at this moment
    CUTOVER,
    /// the target owns the rows, and the source follows
    REVERSE,
    /// rows that do not change were moved, and nothing is followed
    HISTORY;

    /// As JSON has it.
    @Override
    public String toString() {
      return word(this);
    }
  }

  /// How far one table has come.
  ///
  /// @param table by its name on the source
  /// @param rows that were copied; while it is compared, that were compared
  /// @param total an estimate, or null where the database has none
  /// @param why the state is `stopped`, with the row's key and the column; null in any other
  /// @param waits what holds its copying back: a transaction, the source, a replica, a time of day;
  ///   null where nothing does
  public record Table(
      String table,
      String to,
      State state,
      long rows,
      @Nullable Long total,
      double rowsPerSecond,
      @Nullable Double secondsLeft,
      @Nullable String why,
      @Nullable String waits) {

    /// From 0 to 1, or null where it is not known how many rows there are.
    public @Nullable Double share() {
      if (state == State.COPIED) {
        return 1.0;
      }
      Long all = total;
      return all == null || all <= 0 ? null : Math.min(1.0, (double) rows / all);
    }
  }

  /// What is done with a table.
  public enum State {
    WAITING,
    COPYING,
    COPIED,
    COMPARING,
    STOPPED;

    /// As JSON has it.
    @Override
    public String toString() {
      return word(this);
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Tables that do not go on.
  public List<Table> stoppedTables() {
    return tables.stream().filter(table -> table.state() == State.STOPPED).toList();
  }
}
