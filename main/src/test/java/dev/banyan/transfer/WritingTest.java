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

class WritingTest {
  private static final Table USERS = Tables.table("users", Tables.required("id", Kind.INTEGER));

  /// A part of a row, which does not say that the row is gone.
  ///
  /// @param named the keys that were mapped, as whoever listens hears them
  private record Part(List<Key> named) implements Mapping, MappedTable {
    @Override
    public List<MappedTable> of(TableName source) {
      return List.of(this);
    }

    @Override
    public boolean decides() {
      return false;
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
    Part part = new Part(new ArrayList<>());
    try (TargetWork work = target.begin(0)) {
      new Writing(part)
          .apply(
              work, List.of(new Change.Delete(USERS.name(), Key.of(7L))), Writing.Order.BY_TABLE);
      work.commit();
    }
    assertThat(target.rows(USERS.name())).containsOnlyKeys(Key.of(7L));
    assertThat(part.named()).containsExactly(Key.of(7L));
  }
}
