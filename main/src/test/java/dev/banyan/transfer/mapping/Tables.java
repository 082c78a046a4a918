package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Tables and rules in few words.
public final class Tables {
  private Tables() {}

  public static Type type(Kind kind, int length, int scale) {
    return new Type(kind, length, scale, kind.name().toLowerCase(java.util.Locale.ROOT));
  }

  /// May be NULL, text byte for byte.
  public static Column column(String name, Type type) {
    return new Column(name, type, true, false, false, true);
  }

  public static Column column(String name, Kind kind) {
    return column(name, type(kind, 0, -1));
  }

  public static Column required(String name, Kind kind) {
    return new Column(name, type(kind, 0, -1), false, false, false, true);
  }

  /// The first column is the key.
  public static Table table(String name, Column... columns) {
    return new Table(
        new TableName("app", name), List.of(columns), List.of(columns[0].name()), -1, -1);
  }

  public static Row row(@Nullable Object... cells) {
    return new Row(cells);
  }

  public static ColumnRule renamed(String from, String to) {
    return new ColumnRule.Copied(from, to, null, null, null, null);
  }

  public static ColumnRule converted(
      String name, @Nullable String convert, @Nullable String lossy) {
    return new ColumnRule.Copied(name, name, convert, null, null, lossy);
  }

  public static TableOptions options(Table from, Table to, ColumnRule... rules) {
    return new TableOptions(from.name().name(), to.name().name(), List.of(rules), null, Map.of());
  }

  public static Draft draft(Table from, Table to, ColumnRule... rules) {
    return draft(List.of(from), List.of(to), options(from, to, rules));
  }

  public static Draft draft(List<Table> from, List<Table> to, TableOptions... options) {
    return draft(side(from), side(to), false, null, options);
  }

  /// No expression is computed on it.
  public static Draft.Side side(List<Table> tables) {
    return new Draft.Side(tables, "app", new Expressions.None("a test"));
  }

  public static Draft draft(
      Draft.Side from,
      Draft.Side to,
      boolean sameEngine,
      @Nullable IdMaps maps,
      TableOptions... options) {
    try {
      return Draft.of(List.of(options), from, to, sameEngine, maps);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  public static TableMapping mapping(Table from, Table to, ColumnRule... rules) {
    return mapping(draft(from, to, rules));
  }

  /// The row on the other side, where there must be one.
  static Row there(MappedTable mapping, Row row) throws RowRefused {
    return Objects.requireNonNull(mapping.forward(row));
  }

  static TableMapping mapping(Draft draft) {
    return draft
        .mappings()
        .orElseThrow(() -> new AssertionError(draft.findings().toString()))
        .tables()
        .getFirst();
  }

  static List<String> codes(Draft draft) {
    return draft.findings().stream()
        .filter(Finding::blocks)
        .map(finding -> finding.code() + " " + finding.subject())
        .toList();
  }
}
