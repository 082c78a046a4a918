package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.math.BigInteger;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One source table's rows in one target table, and back.
///
/// [#target] has only the columns that are written or compared, in the mapping's own order; the
/// database fills the others. Fast enough to be called for each row, and immutable, but for the id
/// maps that it may ask.
public final class TableMapping implements MappedTable {
  private final Table source;
  private final Table target;
  private final Table wholeTarget;
  private final Lens[] lenses;
  private final Lens[] keyLenses;
  private final Condition condition;
  private final List<Share> shares;
  private final Facts facts;
  private final int[] sourceKey;
  private final int[] targetKey;
  private final boolean asks;

  /// What was found out when it was built.
  ///
  /// @param sourceWhere may be asked of the source; empty where only we may try rows
  /// @param targetWhere which rows of the target are this table's; empty for all
  /// @param sameOrder a range of source keys is a range of target keys
  /// @param plain every cell goes over as it is, so that both databases can hash it
  /// @param identity rows need not be read
  /// @param given which source columns come back; the others are not of this mapping
  /// @param decides whether a target row that is gone says that the source's is
  @SuppressWarnings("ArrayRecordComponent") // read for each row, and never written to
  record Facts(
      String sourceWhere,
      String targetWhere,
      boolean sameOrder,
      boolean plain,
      boolean identity,
      boolean[] given,
      boolean decides,
      String canonical) {}

  /// A column that says by its value whether a target's row is of this mapping.
  record Share(int column, Object value) {}

  /// @param target with the columns that the mapping fills, in its own order
  /// @param wholeTarget the same table as its database describes it
  TableMapping(
      Table source,
      Table target,
      Table wholeTarget,
      List<Lens> lenses,
      Condition condition,
      List<Share> shares,
      Facts facts) {
    this.source = source;
    this.target = target;
    this.wholeTarget = wholeTarget;
    this.lenses = lenses.toArray(Lens[]::new);
    this.condition = condition;
    this.shares = List.copyOf(shares);
    this.facts = facts;
    this.sourceKey = source.keyIndexes();
    this.targetKey = target.keyIndexes();
    this.keyLenses = lenses.stream().filter(lens -> feeds(lens, targetKey)).toArray(Lens[]::new);
    this.asks = lenses.stream().anyMatch(Lens::asks);
  }

  static boolean feeds(Lens lens, int[] columns) {
    for (int made : lens.targets()) {
      for (int column : columns) {
        if (made == column) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public Table source() {
    return source;
  }

  @Override
  public Table target() {
    return target;
  }

  /// Every row of the source is of this mapping, or of nobody.
  @Override
  public boolean takes(Key key) {
    return true;
  }

  /// Which rows of the source are meant, in its own SQL; empty where all are, or where it would not
  /// find the same rows as [#forward].
  public String sourceWhere() {
    return facts.sourceWhere();
  }

  @Override
  public String where() {
    return facts.targetWhere();
  }

  @Override
  public boolean identity() {
    return facts.identity();
  }

  /// One cell that goes over as it is.
  ///
  /// @param source the column's name there, like `target`
  public record Copied(String source, String target) {}

  /// What both databases can hash by themselves, because both are of one engine and every cell goes
  /// over as it is, perhaps by another name.
  ///
  /// @return empty where any is converted, or where SQL does not tell which rows are meant
  public List<Copied> copied() {
    List<Copied> copied = new ArrayList<>();
    for (Lens lens : facts.plain() ? lenses : new Lens[0]) {
      Column from = source.columns().get(lens.sources()[0]);
      Column to = target.columns().get(lens.targets()[0]);
      copied.add(new Copied(from.name(), to.name()));
    }
    return copied;
  }

  /// In words that only change when the mapping does.
  String canonical() {
    return facts.canonical();
  }

  /// Rows are split on their way there, and never put together.
  @Override
  public boolean decides() {
    return true;
  }

  @Override
  public boolean asks() {
    return asks;
  }

  @Override
  public TableMapping knowing(Collection<Row> rows, Collection<Key> keys) throws SQLException {
    return knowing(rows, keys, true);
  }

  /// @param forward whether rows and keys are the source's; else they are the target's
  TableMapping knowing(Collection<Row> rows, Collection<Key> keys, boolean forward)
      throws SQLException {
    if (!asks) {
      return this;
    }
    List<@Nullable Object[]> whole = new ArrayList<>();
    for (Row row : rows) {
      if (forward ? selected(row) : owns(row)) {
        whole.add(row.cells());
      }
    }
    List<@Nullable Object[]> withKeys = new ArrayList<>(whole);
    int[] columns = forward ? sourceKey : targetKey;
    int width = (forward ? source : target).columns().size();
    for (Key key : keys) {
      withKeys.add(spread(key, columns, width));
    }
    List<Lens> known = new ArrayList<>();
    for (Lens lens : lenses) {
      known.add(lens.knowing(feeds(lens, targetKey) ? withKeys : whole, forward));
    }
    return new TableMapping(source, target, wholeTarget, known, condition, shares, facts);
  }

  /// The same mapping for whoever only compares: it gives no row an id, and one that has none has a
  /// stand-in.
  public TableMapping looking() {
    List<Lens> looking = Arrays.stream(lenses).map(Lens::looking).toList();
    return new TableMapping(source, target, wholeTarget, looking, condition, shares, facts);
  }

  void given(boolean ofSource, Map<TableName, BigInteger> into) throws SQLException {
    for (Lens lens : lenses) {
      if (lens instanceof Mapped mapped) {
        mapped.given(ofSource, into);
      }
    }
  }

  @Override
  public boolean leavesOut() {
    return !(condition instanceof Condition.Always);
  }

  /// A row of which the condition can not be told is refused when it is mapped.
  private boolean selected(Row row) {
    try {
      return condition.of(row.cells()) == Condition.Truth.TRUE;
    } catch (CellRefused | ArithmeticException | ClassCastException | DateTimeException _) {
      return false;
    }
  }

  private static @Nullable Object[] spread(Key key, int[] columns, int width) {
    @Nullable Object[] cells = new Object[width];
    for (int i = 0; i < columns.length; i++) {
      cells[columns[i]] = key.cells().get(i);
    }
    return cells;
  }

  @Override
  public @Nullable Row forward(Row row) throws RowRefused {
    if (facts.identity() && condition instanceof Condition.Always) {
      return row;
    }
    @Nullable Object[] made = new Object[target.columns().size()];
    int at = -1;
    try {
      if (condition.of(row.cells()) != Condition.Truth.TRUE) {
        return null;
      }
      for (at = 0; at < lenses.length; at++) {
        lenses[at].forward(row.cells(), made);
      }
    } catch (CellRefused
        | ArithmeticException
        | ClassCastException
        | DateTimeException
        | IllegalArgumentException e) {
      throw refused(source, row, at < 0 ? "" : sourceColumns(lenses[at]), e);
    }
    return new Row(made);
  }

  /// The source's row, as far as this target table has it: a cell of a column that is left behind,
  /// or that another target table has, is NULL here and [#givesBack] says so.
  ///
  /// @return null where the row is of another source table, or of none
  public @Nullable Row back(Row row) throws RowRefused {
    @Nullable Object[] made = new Object[source.columns().size()];
    int at = -1;
    try {
      if (!owns(row)) {
        return null;
      }
      for (at = 0; at < lenses.length; at++) {
        lenses[at].back(row.cells(), made);
      }
    } catch (CellRefused
        | ArithmeticException
        | ClassCastException
        | DateTimeException
        | IllegalArgumentException e) {
      throw refused(target, row, at < 0 ? "" : targetColumns(lenses[at]), e);
    }
    return new Row(made);
  }

  /// Whether a row of the target table is of this mapping's source table.
  public boolean owns(Row row) {
    for (Share share : shares) {
      if (!Cells.same(share.value(), row.cell(share.column()))) {
        return false;
      }
    }
    return true;
  }

  /// The same by its key, as far as that tells.
  boolean ownsKey(Key key) {
    for (Share share : shares) {
      for (int i = 0; i < targetKey.length; i++) {
        if (targetKey[i] == share.column() && !Cells.same(share.value(), key.cells().get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /// Whether [#back] gives this source column.
  public boolean givesBack(int column) {
    return facts.given()[column];
  }

  /// Tries `back(forward(row)) = row`.
  ///
  /// @return the source's columns that do not come back as they were, those that were declared to
  ///   be left behind not counted; empty where all do, and where the row is left out
  public List<String> check(Row row) throws RowRefused {
    Row there = forward(row);
    if (there == null) {
      return List.of();
    }
    Row again = back(there);
    List<String> differ = new ArrayList<>();
    for (int i = 0; i < source.columns().size(); i++) {
      if (givesBack(i) && (again == null || !Cells.same(row.cell(i), again.cell(i)))) {
        differ.add(source.columns().get(i).name());
      }
    }
    return differ;
  }

  @Override
  public Key key(Key key) {
    return mapped(
        key, sourceKey, source.columns().size(), targetKey, target.columns().size(), true);
  }

  /// The key of the source's row, for a target row that is known by its key alone.
  public Key backKey(Key key) {
    return mapped(
        key, targetKey, target.columns().size(), sourceKey, source.columns().size(), false);
  }

  private Key mapped(Key key, int[] from, int fromWidth, int[] to, int toWidth, boolean forward) {
    @Nullable Object[] cells = spread(key, from, fromWidth);
    @Nullable Object[] made = new Object[toWidth];
    try {
      for (Lens lens : keyLenses) {
        if (forward) {
          lens.forward(cells, made);
        } else {
          lens.back(cells, made);
        }
      }
    } catch (CellRefused e) {
      throw new IllegalStateException(source.name() + ", key " + key + ": " + e.getMessage(), e);
    }
    return new Row(made).key(to);
  }

  @Override
  public Optional<Range> range(Range range) {
    return facts.sameOrder()
        ? Optional.of(new Range(range.after().map(this::key), range.upTo().map(this::key)))
        : Optional.empty();
  }

  /// Whether [#range] tells the target's range.
  public boolean sameOrder() {
    return facts.sameOrder();
  }

  /// The mapping of the way back: for changes of the target, and to write the source from it.
  public MappedTable reversed() {
    return new Reversed(this, wholeTarget, facts.decides());
  }

  private static RowRefused refused(Table table, Row row, String columns, RuntimeException why) {
    String key;
    try {
      key = row.key(table.keyIndexes()).toString();
    } catch (IllegalStateException e) {
      key = "";
    }
    String message = why instanceof CellRefused ? why.getMessage() : null;
    String says = message != null ? message : "a value that its column's type does not have";
    return new RowRefused(table.name(), key, columns, says, why);
  }

  private String sourceColumns(Lens lens) {
    return names(source, lens.sources());
  }

  private String targetColumns(Lens lens) {
    return names(target, lens.targets());
  }

  private static String names(Table table, int[] columns) {
    List<String> names = new ArrayList<>();
    for (int column : columns) {
      names.add(table.columns().get(column).name());
    }
    return String.join(", ", names);
  }
}
