package dev.banyan.transfer;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every table goes to one of the same columns.
///
/// @param tables by the source's name, the target's
public record SameTables(Map<TableName, Table> tables, boolean identity) implements Mapping {
  public SameTables {
    tables = Map.copyOf(tables);
  }

  @Override
  public List<MappedTable> of(TableName source) {
    Table target = tables.get(source);
    return target == null ? List.of() : List.of(new Same(target, identity));
  }

  @Override
  public String where(TableName source) {
    return "";
  }

  private record Same(Table target, boolean identity) implements MappedTable {
    @Override
    public boolean decides() {
      return true;
    }

    @Override
    public Table source() {
      return target;
    }

    @Override
    public boolean takes(Key source) {
      return true;
    }

    @Override
    public Row forward(Row source) {
      return source;
    }

    @Override
    public Key key(Key source) {
      return source;
    }

    @Override
    public Optional<Range> range(Range source) {
      return Ordering.known(target) ? Optional.of(source) : Optional.empty();
    }

    @Override
    public String where() {
      return "";
    }
  }
}
