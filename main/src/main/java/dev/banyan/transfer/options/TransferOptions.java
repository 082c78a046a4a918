package dev.banyan.transfer.options;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/// One transfer of `banyan.yaml`: tables that move together, because families share them.
///
/// @param from the name of the database that has the rows, like `to` of the one that gets them
/// @param families those that share the tables, so that they flip together; may be empty with
///   `historyOnly`
/// @param tables at least one, in the order of the file
/// @param historyOnly whether rows are moved once, and nothing is followed
/// @param chunkRows how many rows a chunk has
/// @param parallel how many chunks are under way at one time
/// @param lag how far behind the stream may be for a gate to pass
/// @param certificateAge how old a certificate may be for a gate to pass
/// @param afterWrite how long whoever has written reads from the owner, where nothing says what of
///   it has arrived
/// @param reconcileEvery how long after one reconciliation the next begins
/// @param compare where rows are compared
public record TransferOptions(
    String name,
    String from,
    String to,
    List<String> families,
    List<TableOptions> tables,
    List<Check> checks,
    boolean historyOnly,
    Throttle throttle,
    int chunkRows,
    int parallel,
    Duration lag,
    Duration certificateAge,
    Duration afterWrite,
    Duration reconcileEvery,
    Compare compare) {
  public TransferOptions {
    Objects.requireNonNull(name);
    Objects.requireNonNull(compare);
    families = List.copyOf(families);
    tables = List.copyOf(tables);
    checks = List.copyOf(checks);
    if (from.equals(to)) {
      throw new IllegalArgumentException("a transfer goes from one database to another");
    }
    if (tables.isEmpty() || chunkRows < 1 || parallel < 1) {
      throw new IllegalArgumentException("a transfer has a table, and rows in its chunks");
    }
  }

  /// How both sides are compared.
  public enum Compare {
    /// every row of both is read
    ROWS,
    /// the databases hash their rows themselves, where they are of one engine and nothing is
    /// converted; only what differs is read
    PUSHED
  }

  /// A rule of the business: an assertion in SQL on each side, whose answers must be the same.
  public record Check(String name, String source, String target) {
    public Check {
      Objects.requireNonNull(name);
      Objects.requireNonNull(source);
      Objects.requireNonNull(target);
    }
  }
}
