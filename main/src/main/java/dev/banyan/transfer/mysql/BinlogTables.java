package dev.banyan.transfer.mysql;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds, for what the log calls a table, how its rows are read. The log and the catalog must agree
/// on the columns, or nothing is read: the log may be older than the catalog.
final class BinlogTables {
  /// How the rows of one of our tables are read.
  @SuppressWarnings("ArrayRecordComponent") // made for each map of the log, and never written to
  record Layout(Table table, int[] key, List<BinlogCells> cells) {}

  private final Map<TableName, Table> tables = new HashMap<>();
  private final Map<TableName, Map<String, String>> charsets = new HashMap<>();

  /// @param charsets of the text columns of each table
  BinlogTables(Map<Table, Map<String, String>> charsets) {
    charsets.forEach((table, ofColumns) -> {
      this.tables.put(table.name(), table);
      this.charsets.put(table.name(), ofColumns);
    });
  }

  boolean ours(TableName name) {
    return tables.containsKey(name);
  }

  /// Empty for a table that is not ours.
  Optional<Layout> layout(TableMap map) throws SQLException {
    Table table = tables.get(map.name());
    if (table == null) {
      return Optional.empty();
    }
    refuseOther(map, table);
    List<BinlogCells> cells = new ArrayList<>();
    for (int i = 0; i < map.types().length; i++) {
      Column column = table.columns().get(i);
      cells.add(
          new BinlogCells(
              column.name(),
              column.type(),
              map.types()[i],
              map.metas()[i],
              charset(table, column),
              labels(column.type())));
    }
    return Optional.of(new Layout(table, table.keyIndexes(), cells));
  }

  private static void refuseOther(TableMap map, Table table) throws SQLException {
    List<String> known = table.columns().stream().map(Column::name).toList();
    boolean named = !map.names().isEmpty();
    if (map.types().length != known.size() || (named && !map.names().equals(known))) {
      throw new SQLException(
          "table "
              + table.name()
              + " has the columns "
              + known
              + ", but the log has "
              + (named ? map.names() : map.types().length)
              + ": it was altered since; begin its copy anew");
    }
    if (named
        && (!map.enums().equals(counts(table, false)) || !map.sets().equals(counts(table, true)))) {
      throw new SQLException(
          "table "
              + table.name()
              + ": the labels of an enum or a set are others than in the log:"
              + " it was altered since; begin its copy anew");
    }
  }

  private static List<Integer> counts(Table table, boolean sets) {
    return table.columns().stream()
        .map(Column::type)
        .filter(type -> sets ? Types.set(type) : type.kind() == Type.Kind.ENUM)
        .map(type -> labels(type).size())
        .toList();
  }

  private static List<String> labels(Type type) {
    return type.kind() == Type.Kind.ENUM || Types.set(type)
        ? Types.labels(type.declared())
        : List.of();
  }

  private Charset charset(Table table, Column column) throws SQLException {
    String charset = charsets.getOrDefault(table.name(), Map.of()).get(column.name());
    if (charset == null) {
      return StandardCharsets.UTF_8;
    }
    return Charsets.of(charset)
        .orElseThrow(() ->
            new SQLException(
                "column "
                    + table.name()
                    + "."
                    + column.name()
                    + " is in the character set "
                    + charset
                    + ", which this program can not read from the log"));
  }
}
