package dev.banyan.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.Mapping;
import dev.banyan.transfer.engine.TargetWork;
import dev.banyan.transfer.mapping.Tables;
import dev.banyan.transfer.table.Change;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WritingTest {
  private static final Table USERS = Tables.table("users", Tables.required("id", Kind.INTEGER));

  private static final TableName FORMER = new TableName("test", "former");

  /// A source table that goes to the users, like all others.
  ///
  /// @param decides whether it says which users there are
  /// @param named the keys that were mapped, as whoever listens hears them
  private record Part(boolean decides, List<Key> named) implements Mapping, MappedTable {
    @Override
    public List<MappedTable> of(TableName source) {
      return source.equals(FORMER) ? List.of(new Part(true, named)) : List.of(this);
    }

    @Override
    public Table source() {
      return USERS;
    }

    @Override
    public Table target() {
      return USERS;
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
      named.add(source);
      return source;
    }

    @Override
    public Optional<Range> range(Range source) {
      return Optional.empty();
    }

    @Override
    public String where(TableName source) {
      return "";
    }

    @Override
    public String where() {
      return "";
    }

    @Override
    public boolean identity() {
      return false;
    }
  }

  @Test
  void aPartThatIsGoneLeavesTheRowAndIsLookedAtOnceMore() throws Exception {
    MemoryTarget target = new MemoryTarget();
    target.insert(USERS.name(), Key.of(7L), new Row(new Object[] {7L}));
    Part part = new Part(false, new ArrayList<>());
    try (TargetWork work = target.begin(0)) {
      new Writing(part)
          .apply(
              work,
              List.of(new Change.Delete(USERS.name(), Key.of(7L))),
              Writing.Order.BY_TABLE,
              _ -> false);
      work.commit();
    }
    assertThat(target.rows(USERS.name())).containsOnlyKeys(Key.of(7L));
    assertThat(part.named()).containsExactly(Key.of(7L));
  }

  private static Change upsert(TableName table, long id) {
    return new Change.Upsert(table, Key.of(id), Key.of(id), new Row(new Object[] {id}));
  }

  private static MemoryTarget written(boolean decides, Writing.Order order, Change... changes)
      throws Exception {
    MemoryTarget target = new MemoryTarget();
    target.insert(USERS.name(), Key.of(7L), new Row(new Object[] {7L}));
    try (TargetWork work = target.begin(0)) {
      new Writing(new Part(decides, new ArrayList<>()))
          .apply(work, List.of(changes), order, _ -> false);
      work.commit();
    }
    return target;
  }

  /// Whatever came before of either table.
  @ParameterizedTest
  @EnumSource(Writing.Order.class)
  void aRowThatGoesFromOneTableToAnotherStays(Writing.Order order) throws Exception {
    MemoryTarget target =
        written(
            true,
            order,
            upsert(USERS.name(), 1),
            new Change.Delete(FORMER, Key.of(7L)),
            upsert(USERS.name(), 7));
    assertThat(target.rows(USERS.name())).containsOnlyKeys(Key.of(1L), Key.of(7L));
  }

  @ParameterizedTest
  @EnumSource(Writing.Order.class)
  void aPartMakesNoRow(Writing.Order order) throws Exception {
    MemoryTarget target =
        written(
            false,
            order,
            upsert(USERS.name(), 7),
            upsert(USERS.name(), 8),
            new Change.Delete(FORMER, Key.of(7L)),
            upsert(USERS.name(), 7),
            new Change.Delete(USERS.name(), Key.of(7L)));
    assertThat(target.rows(USERS.name())).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Writing.Order.class)
  void aPartThatComesBeforeItsRowIsWritten(Writing.Order order) throws Exception {
    Change part =
        new Change.Upsert(
            USERS.name(), Key.of(8L), Key.of(8L), new Row(new Object[] {8L, "of the part"}));
    MemoryTarget target = written(false, order, part, upsert(FORMER, 8));
    assertThat(target.rows(USERS.name()).get(Key.of(8L)))
        .extracting(row -> row.cells().length)
        .isEqualTo(2);
  }
}
