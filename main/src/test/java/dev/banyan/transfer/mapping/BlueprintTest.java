package dev.banyan.transfer.mapping;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.renamed;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banyan.transfer.options.ColumnRule;
import dev.banyan.transfer.options.TableOptions;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.TableName;
import dev.banyan.transfer.table.Type.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BlueprintTest {
  private static final TableName THERE = new TableName("new", "people");

  private static Blueprint blueprint(Table source, ColumnRule... rules) {
    TableOptions declared = new TableOptions("app.users", "people", List.of(rules), null, Map.of());
    return Blueprint.of(THERE, List.of(new Blueprint.Part(declared, source)));
  }

  private static Stream<String> columns(Blueprint blueprint) {
    return blueprint.table().columns().stream()
        .map(each -> each.name() + " " + each.type().kind() + (each.nullable() ? "" : " needed"));
  }

  @Test
  void columnsStandWhereTheirSourcesDoUnderTheNamesThatTheRulesGive() {
    Blueprint made =
        blueprint(
            table(
                "users",
                required("user_id", Kind.INTEGER),
                required("full_name", Kind.TEXT),
                column("note", Kind.TEXT),
                column("credit", Kind.DECIMAL),
                column("old_flag", Kind.BOOLEAN)),
            renamed("user_id", "id"),
            new ColumnRule.Split("full_name", " ", List.of("first", "last"), "three words"),
            new ColumnRule.Constant("status", "active"),
            new ColumnRule.Expression(
                List.of("credit"), "cents", "credit * 100", "cents / 100.0", null),
            new ColumnRule.Dropped("old_flag", "nothing reads it"));

    assertThat(columns(made))
        .containsExactly(
            "id INTEGER needed",
            "first TEXT needed",
            "last TEXT",
            "note TEXT",
            "cents DECIMAL",
            "status TEXT needed");
    assertThat(made.table().key()).containsExactly("id");
    assertThat(made.table().name()).isEqualTo(THERE);
    assertThat(made.guesses())
        .containsExactly("cents: `credit * 100`", "status: the same in every row: active");
  }

  @Test
  void aMergedColumnIsAsLongAsItsPartsAndWhatOnlyReadsTakesNothing() {
    Column first = column("first", type(Kind.TEXT, 20, -1));
    Column last = column("last", type(Kind.TEXT, 30, -1));
    Blueprint made =
        blueprint(
            table("users", required("id", Kind.INTEGER), first, last),
            new ColumnRule.Merged(List.of("first", "last"), ", ", "name", null),
            new ColumnRule.Expression(List.of("id"), "even", "id % 2", null, "computed"));

    assertThat(columns(made))
        .containsExactly("even INTEGER needed", "id INTEGER needed", "name TEXT");
    assertThat(made.table().column("name").type().length()).isEqualTo(52);
  }

  @Test
  void severalTablesAreOneWithTheColumnThatTellsThemApartInItsKey() {
    Table users = table("users", required("id", Kind.INTEGER), column("name", Kind.TEXT));
    Table staff = table("staff", required("id", Kind.INTEGER), column("room", Kind.TEXT));
    Blueprint made =
        Blueprint.of(
            THERE,
            List.of(
                new Blueprint.Part(part("users", "u"), users),
                new Blueprint.Part(part("staff", "s"), staff)));

    assertThat(columns(made))
        .containsExactly("id INTEGER needed", "name TEXT", "kind TEXT needed", "room TEXT");
    assertThat(made.table().key()).containsExactly("id", "kind");
  }

  private static TableOptions part(String from, String kind) {
    return new TableOptions(from, "people", List.of(), null, Map.of("kind", kind));
  }

  @Test
  void aRuleThatNamesNoColumnIsLeftOut() {
    assertThat(
            columns(
                blueprint(
                    table("users", required("id", Kind.INTEGER)), renamed("identity", "number"))))
        .containsExactly("id INTEGER needed");
  }

  @Test
  void aKeyThatIsNotCopiedWholeIsNone() {
    Blueprint made =
        blueprint(
            table("users", required("code", Kind.TEXT)),
            new ColumnRule.Split("code", "-", List.of("land", "number"), null));
    assertThat(made.table().key()).isEmpty();
  }
}
