package dev.banyan.transfer.mapping;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.draft;
import static dev.banyan.transfer.mapping.Tables.options;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.there;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.Property;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The way back: rows of the target's table, in whatever order that has its columns, become the
/// source's, column by column.
class ReversedTest {
  /// Two tables whose columns stand in any order, all of one type where they can be, so that a
  /// value in the wrong column is not refused but wrong.
  private static final class Case {
    final List<Column> source = new ArrayList<>();
    final List<Column> target = new ArrayList<>();
    final List<String> sourceKey = new ArrayList<>();
    final List<String> targetKey = new ArrayList<>();
    final List<ColumnRule> rules = new ArrayList<>();

    /// The source's row by name, without what is left behind.
    final Map<String, @Nullable Object> given = new HashMap<>();

    Case(Random random) {
      for (int i = 0; i <= random.nextInt(3); i++) {
        key(i, random);
      }
      for (int i = 0; i < 2 + random.nextInt(6); i++) {
        text(i, random);
      }
      if (random.nextBoolean()) {
        target.add(column("extra", Kind.TEXT));
      }
      if (random.nextBoolean()) {
        target.add(required("fixed", Kind.TEXT));
        rules.add(new ColumnRule.Constant("fixed", "f"));
      }
      Collections.shuffle(source, random);
      Collections.shuffle(target, random);
      Collections.shuffle(targetKey, random);
      Collections.shuffle(rules, random);
    }

    private void key(int i, Random random) {
      String here = "k" + i;
      String there = random.nextBoolean() ? here : "key" + i;
      source.add(required(here, Kind.INTEGER));
      target.add(required(there, Kind.INTEGER));
      sourceKey.add(here);
      targetKey.add(there);
      given.put(here, (long) random.nextInt(1_000));
      if (!here.equals(there)) {
        rules.add(Tables.renamed(here, there));
      }
    }

    private void text(int i, Random random) {
      String here = "c" + i;
      String value = "v" + i + random.nextInt(100);
      switch (random.nextInt(7)) {
        case 0 -> {
          plain(here, here, random.nextInt(4) == 0 ? null : value);
        }
        case 1 -> {
          plain(here, "renamed" + i, value);
          rules.add(Tables.renamed(here, "renamed" + i));
        }
        case 2 -> {
          source.add(column(here, Kind.TEXT));
          target.add(column("first" + i, Kind.TEXT));
          target.add(column("last" + i, Kind.TEXT));
          given.put(here, value + " of " + i);
          rules.add(new ColumnRule.Split(here, " ", List.of("last" + i, "first" + i), null));
        }
        case 3 -> {
          source.add(column(here, Kind.TEXT));
          source.add(column("d" + i, Kind.TEXT));
          target.add(column("both" + i, Kind.TEXT));
          given.put(here, value);
          given.put("d" + i, "w" + i);
          rules.add(new ColumnRule.Merged(List.of("d" + i, here), "/", "both" + i, null));
        }
        case 4 -> {
          source.add(column(here, Kind.TEXT));
          target.add(required("never" + i, Kind.TEXT));
          given.put(here, random.nextBoolean() ? null : value);
          rules.add(new ColumnRule.Copied(here, "never" + i, null, "none", null, null));
        }
        case 5 -> {
          source.add(column(here, Kind.TEXT));
          rules.add(new ColumnRule.Dropped(here, "not used"));
        }
        default -> {
          source.add(column(here, Kind.TEXT));
          target.add(new Column(here, type(Kind.TEXT, 0, -1), true, true, false, true));
          given.put(here, value);
        }
      }
    }

    private void plain(String here, String there, @Nullable Object value) {
      source.add(column(here, Kind.TEXT));
      target.add(column(there, Kind.TEXT));
      given.put(here, value);
    }

    TableMapping mapping() {
      Table from = new Table(new TableName("app", "old"), source, sourceKey, -1, -1);
      Table to = new Table(new TableName("app", "new"), target, targetKey, -1, -1);
      return Tables.mapping(
          draft(List.of(from), List.of(to), options(from, to, rules.toArray(ColumnRule[]::new))));
    }

    Row sourceRow() {
      return new Row(source.stream().map(each -> given.get(each.name())).toArray());
    }
  }

  /// The row as the target's database has it.
  private static Row stored(Table whole, Table written, Row row) {
    @Nullable Object[] cells = new Object[whole.columns().size()];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = "of the database";
    }
    for (int i = 0; i < written.columns().size(); i++) {
      cells[whole.indexOf(written.columns().get(i).name())] = row.cell(i);
    }
    return new Row(cells);
  }

  @Test
  void everyCellComesBackToItsColumnInWhateverOrderEitherTableHasThem() throws Exception {
    Property.forAll(
        2_000,
        random -> {
          Case tried = new Case(random);
          TableMapping mapping = tried.mapping();
          MappedTable back = mapping.reversed();
          assertThat(back.source().columns()).as("as its database has it").isEqualTo(tried.target);
          Row row = tried.sourceRow();
          Row stored = stored(back.source(), mapping.target(), there(mapping, row));
          Row returned = there(back, stored);
          Map<String, @Nullable Object> named = new HashMap<>();
          for (int i = 0; i < back.target().columns().size(); i++) {
            named.put(back.target().columns().get(i).name(), returned.cell(i));
          }
          assertThat(named).isEqualTo(tried.given);
          Key key = stored.key(back.source().keyIndexes());
          assertThat(back.key(key)).isEqualTo(row.key(mapping.source().keyIndexes()));
          assertThat(back.takes(key)).isTrue();
        });
  }

  @Test
  void aCellThatTheLogLeftOutIsLeftOutOfTheColumnThatItBelongsTo() throws Exception {
    Table source =
        table("t", required("id", Kind.INTEGER), column("a", Kind.TEXT), column("b", Kind.TEXT));
    Table target =
        table("t", source.columns().get(0), column("b", Kind.TEXT), column("a", Kind.TEXT));
    MappedTable back = Tables.mapping(source, target).reversed();
    assertThat(there(back, row(1L, Special.UNCHANGED, "x")).cells())
        .containsExactly(1L, "x", Special.UNCHANGED);
  }

  @Test
  void rowsGoBackUnreadOnlyWhereBothTablesHaveTheSameColumnsInTheSameOrder() {
    Table source = table("t", required("id", Kind.INTEGER), column("a", Kind.TEXT));
    Table more =
        table("t", required("id", Kind.INTEGER), column("a", Kind.TEXT), column("b", Kind.TEXT));
    Table turned =
        new Table(
            source.name(),
            source.columns().reversed(),
            source.key(),
            source.rows(),
            source.bytes());
    assertThat(identities(source, source)).containsExactly(true, true);
    assertThat(identities(source, more)).containsExactly(true, false);
    assertThat(identities(source, turned)).containsExactly(true, false);
  }

  private static List<Boolean> identities(Table source, Table target) {
    Draft.Side from = Tables.side(List.of(source));
    Draft.Side to = Tables.side(List.of(target));
    TableMapping mapping =
        Tables.mapping(Tables.draft(from, to, true, null, options(source, target)));
    return List.of(mapping.identity(), mapping.reversed().identity());
  }

  @Test
  void ofTablesThatAreMergedEachTakesItsOwnKeysBackAndNoRanges() throws Exception {
    Table people = table("people", required("id", Kind.INTEGER), column("name", Kind.TEXT));
    Table firms = table("firms", required("id", Kind.INTEGER), column("name", Kind.TEXT));
    Table parties =
        new Table(
            new TableName("app", "parties"),
            List.of(
                column("name", Kind.TEXT),
                required("kind", Kind.TEXT),
                required("id", Kind.INTEGER)),
            List.of("kind", "id"),
            -1,
            -1);
    Mappings mappings =
        draft(
                List.of(people, firms),
                List.of(parties),
                new TableOptions("people", "parties", List.of(), null, Map.of("kind", "person")),
                new TableOptions("firms", "parties", List.of(), null, Map.of("kind", "firm")))
            .mappings()
            .orElseThrow();
    List<MappedTable> back = mappings.reversed().of(parties.name());
    Key firm = Key.of("firm", 5L);
    assertThat(back).extracting(each -> each.takes(firm)).containsExactly(false, true);
    assertThat(there(back.get(1), row("Acme", "firm", 5L)).cells()).containsExactly(5L, "Acme");
    assertThat(back.get(0).forward(row("Acme", "firm", 5L))).isNull();
    assertThat(back.get(1).range(new Range(Optional.of(firm), Optional.empty())))
        .as("people lie between firms and the table's end")
        .isEmpty();
  }
}
