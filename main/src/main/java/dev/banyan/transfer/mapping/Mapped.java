package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.TableName;
import java.math.BigInteger;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Another id by a map that is kept in the target, for the rows of which it was asked before.
///
/// @param known the other side's ids, there or back, by this side's
record Mapped(int from, int to, IdMap map, IdMaps maps, Map<Key, Object> known) implements Lens {
  Mapped(int from, int to, IdMap map, IdMaps maps) {
    this(from, to, map, maps, Map.of());
  }

  @Override
  public int[] sources() {
    return new int[] {from};
  }

  @Override
  public int[] targets() {
    return new int[] {to};
  }

  @Override
  public boolean asks() {
    return true;
  }

  @Override
  public Lens knowing(List<@Nullable Object[]> rows, boolean forward) throws SQLException {
    int column = forward ? from : to;
    Set<Key> asked = new LinkedHashSet<>();
    for (@Nullable Object[] cells : rows) {
      Object id = cells[column];
      if (id != null && !(id instanceof Special)) {
        asked.add(Key.of(id));
      }
    }
    List<Object> ids = asked.stream().map(key -> key.cells().getFirst()).toList();
    Map<Key, Object> answers = new HashMap<>();
    (forward ? maps.forward(map, ids) : maps.back(map, ids))
        .forEach((id, other) -> answers.put(Key.of(id), other));
    return new Mapped(from, to, map, maps, answers);
  }

  /// Adds the greatest id that a pair has on one side, for the table whose key its ids are.
  void given(boolean source, Map<TableName, BigInteger> into) throws SQLException {
    IdMap.Ids ids = source ? map.source() : map.target();
    if (ids.home().isPresent() && ids.making() == IdMap.Making.NEXT_NUMBER) {
      into.merge(ids.home().get().table().name(), maps.greatest(map, source), BigInteger::max);
    }
  }

  @Override
  public Lens looking() {
    return new Mapped(from, to, map, maps.looking());
  }

  private @Nullable Object other(@Nullable Object id) {
    if (id == null || id == Special.UNCHANGED) {
      return id;
    }
    if (id instanceof Special) {
      throw new CellRefused("a value that is no id");
    }
    Object other = known.get(Key.of(id));
    if (other == null) {
      throw new IllegalStateException("a row was mapped of which nothing was asked");
    }
    return other;
  }

  @Override
  public void forward(@Nullable Object[] source, @Nullable Object[] target) {
    target[to] = other(source[from]);
  }

  @Override
  public void back(@Nullable Object[] target, @Nullable Object[] source) {
    source[from] = other(target[to]);
  }

  @Override
  public String says() {
    return "id_map " + map.name();
  }
}
