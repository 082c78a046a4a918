package dev.banyan.transfer.postgres;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A table as the log's tuples are laid out, against the table as it was planned.
final class Relation {
  /// A column as the log describes it.
  record Described(String name, String declared) {}

  private final Table table;
  private final int[] keys;

  /// Where each of the log's columns stands in the table; -1 where it is not there.
  private final int[] places;

  private final Type[] types;

  /// What keeps tuples from being read as planned; empty where nothing does.
  private final String altered;

  Relation(Table table, List<Described> described) {
    this.table = table;
    this.keys = table.keyIndexes();
    this.types = table.columns().stream().map(Column::type).toArray(Type[]::new);
    List<String> names = table.columns().stream().map(Column::name).toList();
    this.places = described.stream().mapToInt(each -> names.indexOf(each.name())).toArray();
    this.altered = String.join(", ", differences(described));
  }

  private List<String> differences(List<Described> described) {
    List<String> differences = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < places.length; i++) {
      Described now = described.get(i);
      seen.add(now.name());
      if (places[i] < 0) {
        differences.add("column " + now.name() + " was added");
      } else if (!types[places[i]].declared().equals(now.declared())) {
        String was = types[places[i]].declared();
        differences.add("column " + now.name() + " was " + was + " and is " + now.declared());
      }
    }
    for (Column column : table.columns()) {
      if (!column.generated() && !seen.contains(column.name())) {
        differences.add("column " + column.name() + " was dropped");
      }
    }
    return differences;
  }

  Table table() {
    return table;
  }

  String altered() {
    return altered;
  }

  /// Reads a tuple. What the log does not carry, such as generated columns, is [Special#UNCHANGED].
  Row tuple(ByteBuffer from) {
    @Nullable Object[] cells = new @Nullable Object[types.length];
    Arrays.fill(cells, Special.UNCHANGED);
    int count = from.getShort();
    byte[] bytes = from.array();
    for (int i = 0; i < count; i++) {
      byte form = from.get();
      int place = places[i];
      switch (form) {
        case 'n' -> put(cells, place, null);
        case 'u' -> put(cells, place, Special.UNCHANGED);
        case 't', 'b' -> {
          int length = from.getInt();
          int at = from.arrayOffset() + from.position();
          if (place >= 0) {
            cells[place] =
                form == 't'
                    ? CellParser.parse(types[place], bytes, at, length)
                    : CellReader.read(types[place], bytes, at, length);
          }
          from.position(from.position() + length);
        }
        default -> throw new IllegalStateException("pgoutput sent a cell of form " + form);
      }
    }
    return new Row(cells);
  }

  private static void put(@Nullable Object[] cells, int place, @Nullable Object cell) {
    if (place >= 0) {
      cells[place] = cell;
    }
  }

  /// The key of a tuple; a cell that is not in it is taken from the one before.
  Key key(Row row, @Nullable Row before) {
    List<Object> cells = new ArrayList<>(keys.length);
    for (int place : keys) {
      Object cell = row.cell(place);
      if (cell == Special.UNCHANGED && before != null) {
        cell = before.cell(place);
      }
      if (cell == null || cell == Special.UNCHANGED) {
        throw new IllegalStateException(
            table.name()
                + ": the log does not carry the key's column "
                + table.columns().get(place).name()
                + "; its replica identity must cover the key");
      }
      cells.add(cell);
    }
    return new Key(cells);
  }

  /// What the new tuple leaves out, from the old one where that is whole.
  static Row filled(Row row, Row before) {
    @Nullable Object[] cells = row.cells().clone();
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == Special.UNCHANGED) {
        cells[i] = before.cell(i);
      }
    }
    return new Row(cells);
  }

  /// The columns that a row leaves out, also those that the log never carries.
  List<String> missing(Row row) {
    List<String> missing = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      if (row.cell(i) == Special.UNCHANGED) {
        missing.add(table.columns().get(i).name());
      }
    }
    return missing;
  }
}
