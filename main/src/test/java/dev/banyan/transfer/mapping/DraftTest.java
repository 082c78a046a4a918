package dev.banyan.transfer.mapping;

import static dev.banyan.transfer.mapping.Tables.codes;
import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.converted;
import static dev.banyan.transfer.mapping.Tables.draft;
import static dev.banyan.transfer.mapping.Tables.mapping;
import static dev.banyan.transfer.mapping.Tables.options;
import static dev.banyan.transfer.mapping.Tables.renamed;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.there;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.engine.Finding;
import dev.banyan.transfer.engine.MappedTable;
import dev.banyan.transfer.engine.RowRefused;
import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Range;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type.Kind;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DraftTest {
  private static final Table USERS =
      table(
          "users",
          required("user_id", Kind.INTEGER),
          column("full_name", Kind.TEXT),
          column("created_at", Kind.TIMESTAMP),
          column("active", Kind.BOOLEAN));
  private static final Table PEOPLE =
      table(
          "people",
          required("id", Kind.INTEGER),
          column("first", Kind.TEXT),
          column("last", Kind.TEXT),
          column("created", Kind.TIMESTAMP),
          column("active", type(Kind.INTEGER, 1, -1)));
  private static final ColumnRule[] RULES = {
    renamed("user_id", "id"),
    new ColumnRule.Split("full_name", " ", List.of("first", "last"), null),
    renamed("created_at", "created")
  };

  @Test
  void rowsGoThereAndBack() throws RowRefused {
    TableMapping mapping = mapping(USERS, PEOPLE, RULES);
    assertThat(mapping.forward(row(1L, "Ada Lovelace King", null, true)))
        .isNotNull()
        .extracting(there -> List.of(there.cells()[0], there.cells()[1], there.cells()[2]))
        .isEqualTo(List.of(1L, "Ada", "Lovelace King"));
    for (@Nullable String name :
        new String[] {"Ada Lovelace", "Cher", "", " ", "a  b", "x ", null}) {
      assertThat(mapping.check(row(1L, name, null, false))).as("<" + name + ">").isEmpty();
    }
    assertThat(mapping.key(Key.of(9L))).isEqualTo(Key.of(9L));
    assertThat(mapping.range(new Range(Optional.of(Key.of(1L)), Optional.empty())))
        .contains(new Range(Optional.of(Key.of(1L)), Optional.empty()));
    assertThat(mapping.identity()).isFalse();
  }

  @Test
  void aPartThatIsMissingIsEmptyWhereNullIsNotTakenAndTheLossIsDeclared() throws RowRefused {
    Table strict =
        table(
            "people",
            required("id", Kind.INTEGER),
            column("first", Kind.TEXT),
            required("last", Kind.TEXT));
    Table source = table("users", required("id", Kind.INTEGER), column("name", Kind.TEXT));
    TableMapping mapping =
        mapping(
            source,
            strict,
            new ColumnRule.Split("name", " ", List.of("first", "last"), "names of one word"));
    assertThat(there(mapping, row(1L, "Cher")).cells()).containsExactly(1L, "Cher", "");
    assertThat(mapping.check(row(1L, "Cher"))).containsExactly("name");
  }

  @Test
  void textsAreMergedAndToldApartAgain() throws RowRefused {
    Table source =
        table("t", required("id", Kind.INTEGER), column("a", Kind.TEXT), column("b", Kind.TEXT));
    Table target = table("t", required("id", Kind.INTEGER), column("ab", Kind.TEXT));
    TableMapping mapping =
        mapping(source, target, new ColumnRule.Merged(List.of("a", "b"), "/", "ab", null));
    assertThat(there(mapping, row(1L, "x", "y/z")).cell(1)).isEqualTo("x/y/z");
    assertThat(mapping.check(row(1L, "x", "y/z"))).isEmpty();
    assertThat(mapping.check(row(1L, null, null))).isEmpty();
    assertThat(mapping.check(row(1L, "x", null))).isEmpty();
    assertThatThrownBy(() -> mapping.forward(row(1L, "x/y", "z")))
        .isInstanceOf(RowRefused.class)
        .hasMessageContaining("column a, b")
        .hasMessageContaining("told apart");
    assertThatThrownBy(() -> mapping.forward(row(1L, null, "z")))
        .hasMessageContaining("NULL before another");
  }

  @Test
  void everythingThatDoesNotFitIsNamed() {
    Table target =
        table(
            "people",
            required("id", Kind.INTEGER),
            column("full_name", Kind.DATE),
            required("country", Kind.TEXT),
            column("created_at", type(Kind.TIMESTAMP, 0, 0)));
    assertThat(codes(draft(USERS, target, renamed("nothing", "id"), renamed("user_id", "no"))))
        .containsExactly(
            "no-column app.users.nothing",
            "no-column app.people.no",
            "no-conversion app.users.created_at",
            "not-filled app.people.id",
            "not-filled app.people.country",
            "key-not-filled app.people.id",
            "key-not-unique app.people",
            "column-left app.users.active",
            "column-left app.users.user_id");
  }

  @Test
  void aLossIsDeclaredOrRefused() {
    Table source = table("t", required("id", Kind.INTEGER), column("v", Kind.DOUBLE));
    Table target = table("t", required("id", Kind.INTEGER), column("v", Kind.REAL));
    assertThat(codes(draft(source, target))).containsExactly("lossy app.t.v");
    assertThat(codes(draft(source, target, converted("v", null, "half the digits")))).isEmpty();
    assertThat(codes(draft(source, target, converted("v", "exact", null)))).isEmpty();
  }

  @Test
  void anExpressionIsRefusedWhereTheDatabaseComputesNone() {
    Draft draft =
        draft(
            table("t", required("id", Kind.INTEGER), column("v", Kind.TEXT)),
            table("t", required("id", Kind.INTEGER), column("v", Kind.TEXT)),
            new ColumnRule.Expression(List.of("v"), "v", "lower(v)", "v", null));
    assertThat(codes(draft)).containsExactly("sql app.t.v", "sql app.t.v");
    assertThat(draft.findings())
        .extracting(Finding::says)
        .satisfiesExactly(
            there -> assertThat(there).startsWith("`sql: lower(v)` is refused: a test"),
            back -> assertThat(back).startsWith("`inverse: v` is refused: a test"));
  }

  @Test
  void hintsThatAreNotUnderstoodAreNamed() {
    for (String hint : List.of("zone Mars", "round up_a_bit", "epoch days", "faster", "values a")) {
      assertThat(
              codes(
                  draft(
                      table("t", required("id", Kind.INTEGER), column("v", Kind.TEXT)),
                      table("t", required("id", Kind.INTEGER), column("v", Kind.TEXT)),
                      converted("v", hint, null))))
          .as(hint)
          .containsExactly("value app.t.v");
    }
  }

  @Test
  void aKeyMustBeFoundAgainByItself() {
    Column id = required("id", Kind.INTEGER);
    Column other = required("other", Kind.INTEGER);
    Table source = table("t", id, other);
    Table byOther =
        new Table(new TableName("app", "t"), List.of(id, other), List.of("other"), -1, -1);
    assertThat(codes(draft(source, byOther)))
        .containsExactly("key-of-other app.t.other", "key-not-unique app.t");
    Table without = new Table(new TableName("app", "t"), List.of(id, other), List.of(), -1, -1);
    assertThat(codes(draft(source, without))).containsExactly("no-key app.t");
    assertThat(codes(draft(without, source))).containsExactly("no-key app.t");
  }

  @Test
  void aColumnMayBeLeftBehindAndKeepsWhatTheSourceHas() throws RowRefused {
    Table source =
        table(
            "t",
            required("id", Kind.INTEGER),
            required("flag", Kind.INTEGER),
            column("v", Kind.TEXT));
    Table target = table("t", required("id", Kind.INTEGER), column("v", Kind.TEXT));
    Draft draft = draft(source, target, new ColumnRule.Dropped("flag", "not used"));
    assertThat(draft.findings()).extracting(Finding::code).containsExactly("no-way-back");
    TableMapping mapping = mapping(draft);
    assertThat(there(mapping, row(1L, 5L, "x")).cells()).containsExactly(1L, "x");
    assertThat(mapping.check(row(1L, 5L, "x"))).isEmpty();
    MappedTable back = mapping.reversed();
    assertThat(back.target().columns()).extracting(Column::name).containsExactly("id", "v");
    assertThat(there(back, row(1L, "y")).cells()).containsExactly(1L, "y");
  }

  @Test
  void aTableIsSplitOverTwoAndEachHasItsColumns() throws RowRefused {
    Table source =
        table("t", required("id", Kind.INTEGER), column("a", Kind.TEXT), column("b", Kind.TEXT));
    Table left = table("l", required("id", Kind.INTEGER), column("a", Kind.TEXT));
    Table right = table("r", required("id", Kind.INTEGER), column("b", Kind.TEXT));
    Draft both =
        draft(List.of(source), List.of(left, right), options(source, left), options(source, right));
    Mappings mappings = both.mappings().orElseThrow();
    assertThat(mappings.of(source.name())).hasSize(2);
    assertThat(there(mappings.tables().get(1), row(1L, "x", "y")).cells()).containsExactly(1L, "y");
    assertThat(mappings.tables().get(1).check(row(1L, "x", "y"))).isEmpty();
    assertThat(there(mappings.reversed().of(right.name()).getFirst(), row(1L, "z")).cells())
        .containsExactly(1L, "z");
    assertThat(codes(draft(List.of(source), List.of(left), options(source, left))))
        .containsExactly("column-left app.t.b");
  }

  private static List<Boolean> decide(@Nullable String... conditions) {
    Table source =
        table("t", required("id", Kind.INTEGER), column("a", Kind.TEXT), column("n", Kind.INTEGER));
    List<Table> targets = new ArrayList<>();
    List<TableOptions> options = new ArrayList<>();
    for (int i = 0; i < conditions.length; i++) {
      targets.add(
          table(
              "t" + i,
              required("id", Kind.INTEGER),
              column("a", Kind.TEXT),
              column("n", Kind.INTEGER)));
      options.add(new TableOptions("t", "t" + i, List.of(), conditions[i], Map.of()));
    }
    return draft(List.of(source), targets, options.toArray(TableOptions[]::new))
        .mappings()
        .orElseThrow()
        .tables()
        .stream()
        .map(each -> each.reversed().decides())
        .toList();
  }

  /// A row that is in several tables is gone only when the one that has all of them says so.
  @Test
  void oneTableAloneDecidesOfEachRow() {
    assertThat(decide(null, null)).containsExactly(true, false);
    assertThat(decide(null, "a is not null")).containsExactly(true, false);
    assertThat(decide("a is not null", null)).containsExactly(false, true);
    assertThat(decide("a is null", "a is not null")).containsExactly(true, true);
    assertThat(decide("a = 'open'", "a <> 'open'", "a is null")).containsExactly(true, true, true);
    assertThat(decide("a in ('x', 'y')", "a in ('y', 'z')")).containsExactly(true, false);
    assertThat(decide("a in ('x', 'y')", "a in ('z')")).containsExactly(true, true);
    assertThat(decide("n < 5", "n >= 5", "n between 4 and 5")).containsExactly(true, true, false);
    assertThat(decide("n < 5", "not n < 5 and a = 'b'", "n = 4"))
        .containsExactly(true, true, false);
  }

  private static final Table ALL =
      new Table(
          new TableName("app", "parties"),
          List.of(
              required("kind", Kind.TEXT), required("id", Kind.INTEGER), column("name", Kind.TEXT)),
          List.of("kind", "id"),
          -1,
          -1);

  private static TableOptions merged(Table from, Map<String, String> discriminator) {
    return new TableOptions(from.name().name(), "parties", List.of(), null, discriminator);
  }

  @Test
  void severalTablesAreMergedAndToldApartByADiscriminator() throws RowRefused {
    Table people = table("people", required("id", Kind.INTEGER), column("name", Kind.TEXT));
    Table firms = table("firms", required("id", Kind.INTEGER), column("name", Kind.TEXT));
    Draft draft =
        draft(
            List.of(people, firms),
            List.of(ALL),
            merged(people, Map.of("kind", "person's")),
            merged(firms, Map.of("kind", "firm")));
    Mappings mappings = draft.mappings().orElseThrow();
    TableMapping first = mappings.tables().getFirst();
    assertThat(first.where()).isEqualTo("kind = 'person''s'");
    assertThat(first.key(Key.of(4L))).isEqualTo(Key.of("person's", 4L));
    assertThat(first.backKey(Key.of("person's", 4L))).isEqualTo(Key.of(4L));
    assertThat(first.range(new Range(Optional.of(Key.of(1L)), Optional.of(Key.of(2L)))))
        .contains(
            new Range(Optional.of(Key.of("person's", 1L)), Optional.of(Key.of("person's", 2L))));
    assertThat(first.back(row(1L, "x", "firm"))).isNull();
    assertThat(first.check(row(1L, "x"))).isEmpty();

    assertThat(
            codes(
                draft(
                    List.of(people, firms),
                    List.of(ALL),
                    merged(people, Map.of("kind", "a")),
                    merged(firms, Map.of("kind", "a")))))
        .containsExactly("merged app.parties");
  }

  @Test
  void idsAreMappedOneToOne() throws Exception {
    Table source = table("t", required("id", Kind.INTEGER), column("parent", Kind.INTEGER));
    IdMaps shifted =
        new IdMaps() {
          @Override
          public BigInteger greatest(IdMap map, boolean source) {
            throw new AssertionError(map);
          }

          @Override
          public Map<Object, Object> forward(IdMap map, Collection<Object> ids) {
            return ids.stream().collect(Collectors.toMap(id -> id, id -> (Long) id + 1_000));
          }

          @Override
          public Map<Object, Object> back(IdMap map, Collection<Object> ids) {
            return ids.stream().collect(Collectors.toMap(id -> id, id -> (Long) id - 1_000));
          }

          @Override
          public IdMaps looking() {
            return this;
          }
        };
    TableOptions options =
        options(
            source,
            source,
            new ColumnRule.Copied("id", "id", null, null, "nodes", null),
            new ColumnRule.Copied("parent", "parent", null, null, "nodes", null));
    Draft.Side side = Tables.side(List.of(source));
    TableMapping mapping = mapping(Tables.draft(side, side, true, shifted, options));
    TableMapping known = mapping.knowing(List.of(row(1L, null), row(1L, 7L)), List.of(Key.of(4L)));
    assertThat(there(known, row(1L, null)).cells()).containsExactly(1_001L, null);
    assertThat(there(known, row(1L, 7L)).cells()).containsExactly(1_001L, 1_007L);
    assertThat(known.key(Key.of(4L))).isEqualTo(Key.of(1_004L));
    MappedTable back = mapping.reversed();
    assertThat(
            there(back.knowing(List.of(row(1_001L, 1_007L)), List.of()), row(1_001L, 1_007L))
                .cells())
        .containsExactly(1L, 7L);
    assertThat(back.keys(List.of(Key.of(1_004L)))).containsExactly(Key.of(4L));
    assertThat(mapping.range(Range.ALL)).isEmpty();
    assertThat(codes(Tables.draft(side, side, true, null, options)))
        .containsExactly(
            "id-map app.t.nodes",
            "id-map app.t.nodes",
            "key-not-filled app.t.id",
            "key-not-unique app.t");
  }

  @Test
  void nullBecomesTheDefaultAndComesBack() throws RowRefused {
    Table source = table("t", required("id", Kind.INTEGER), column("v", Kind.TEXT));
    Table target = table("t", required("id", Kind.INTEGER), required("v", Kind.TEXT));
    TableMapping mapping =
        mapping(source, target, new ColumnRule.Copied("v", "v", null, "none", null, null));
    assertThat(there(mapping, row(1L, null)).cell(1)).isEqualTo("none");
    assertThat(mapping.check(row(1L, null))).isEmpty();
    assertThatThrownBy(() -> mapping.forward(row(1L, "none")))
        .hasMessageContaining("come back as NULL");
  }

  @Test
  void onlyWhatIsTheSameInAllIsIdentity() {
    Draft.Side side = Tables.side(List.of(USERS));
    TableOptions same = TableOptions.same("users");
    assertThat(mapping(Tables.draft(side, side, true, null, same)).identity()).isTrue();
    assertThat(mapping(Tables.draft(side, side, false, null, same)).identity()).isFalse();
    Column generated = new Column("active", type(Kind.BOOLEAN, 0, -1), true, true, false, false);
    Table computed =
        table(
            "users",
            Stream.concat(USERS.columns().stream().limit(3), Stream.of(generated))
                .toArray(Column[]::new));
    Draft.Side other = Tables.side(List.of(computed));
    assertThat(mapping(Tables.draft(side, other, true, null, same)).identity()).isFalse();
  }

  @Test
  void textKeysAreOneRangeOnlyWhereBothSidesCompareThemByteForByte() {
    Table binary = table("t", required("id", Kind.TEXT));
    Table collated =
        table("t", new Column("id", type(Kind.TEXT, 0, -1), false, false, false, false));
    assertThat(mapping(binary, binary).sameOrder()).isTrue();
    assertThat(mapping(binary, collated).sameOrder()).isFalse();
    assertThat(mapping(collated, binary).sameOrder()).isFalse();
    Table uuid = table("t", required("id", Kind.DOUBLE));
    assertThat(mapping(uuid, uuid).sameOrder()).isFalse();
  }

  @Test
  void theHashChangesWithTheMappingAndWithItsColumnsOnly() {
    String hash = draft(USERS, PEOPLE, RULES).mappings().orElseThrow().hash();
    assertThat(hash).isEqualTo("d259a304a1d847402c919a7d9cc85d80");
    Table busier = new Table(USERS.name(), USERS.columns(), USERS.key(), 1_000_000, 5);
    assertThat(draft(busier, PEOPLE, RULES).mappings().orElseThrow().hash()).isEqualTo(hash);
    ColumnRule[] other = RULES.clone();
    other[1] = new ColumnRule.Split("full_name", "  ", List.of("first", "last"), null);
    assertThat(draft(USERS, PEOPLE, other).mappings().orElseThrow().hash()).isNotEqualTo(hash);
    TableOptions filtered =
        new TableOptions("users", "people", List.of(RULES), "user_id > 1", Map.of());
    assertThat(draft(List.of(USERS), List.of(PEOPLE), filtered).mappings().orElseThrow().hash())
        .isNotEqualTo(hash);
  }
}
