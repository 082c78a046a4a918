package dev.banyan.transfer.mapping;

import static dev.banyan.transfer.mapping.Tables.column;
import static dev.banyan.transfer.mapping.Tables.required;
import static dev.banyan.transfer.mapping.Tables.row;
import static dev.banyan.transfer.mapping.Tables.table;
import static dev.banyan.transfer.mapping.Tables.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banyan.transfer.Property;
import dev.banyan.transfer.mapping.Condition.Truth;
import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Row;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Table;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConditionTest {
  private static final Table TABLE =
      table(
          "t",
          required("id", Kind.INTEGER),
          column("a", Kind.INTEGER),
          column("b", Kind.TEXT),
          column("c", Kind.BOOLEAN),
          column("price", type(Kind.DECIMAL, 10, 2)));

  private static Truth truth(String where, @Nullable Object... cells) {
    return ConditionParser.parse(where, TABLE).condition().of(row(cells).cells());
  }

  /// A real database has the last word on what SQL means, NULL included.
  @Test
  void conditionsFindTheRowsThatADatabaseFinds() throws Exception {
    try (Connection h2 = DriverManager.getConnection("jdbc:h2:mem:")) {
      try (Statement create = h2.createStatement()) {
        create.execute(
            "create table t (id bigint primary key, a bigint, b varchar, c boolean, price"
                + " decimal(10, 2))");
      }
      List<Row> rows = rows();
      for (Row row : rows) {
        try (PreparedStatement insert =
            h2.prepareStatement("insert into t values (?, ?, ?, ?, ?)")) {
          for (int i = 0; i < 5; i++) {
            insert.setObject(i + 1, row.cell(i));
          }
          insert.executeUpdate();
        }
      }
      Property.forAll(
          300,
          random -> {
            String where = condition(random, 3);
            Condition condition = ConditionParser.parse(where, TABLE).condition();
            Set<Long> ours = new TreeSet<>();
            for (Row row : rows) {
              if (condition.of(row.cells()) == Truth.TRUE) {
                ours.add((Long) row.cells()[0]);
              }
            }
            assertThat(ours).as(where).isEqualTo(found(h2, where));
          });
    }
  }

  private static Set<Long> found(Connection h2, String where) throws SQLException {
    Set<Long> found = new TreeSet<>();
    try (Statement statement = h2.createStatement();
        ResultSet result = statement.executeQuery("select id from t where " + where)) {
      while (result.next()) {
        found.add(result.getLong(1));
      }
    }
    return found;
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    long id = 0;
    for (@Nullable Long a : new Long[] {null, -1L, 0L, 2L}) {
      for (@Nullable String b : new String[] {null, "", "x", "it's"}) {
        for (@Nullable Boolean c : new Boolean[] {null, true, false}) {
          rows.add(row(id++, a, b, c, id % 3 == 0 ? null : java.math.BigDecimal.valueOf(id, 2)));
        }
      }
    }
    return rows;
  }

  private static String condition(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      String left = condition(random, depth - 1);
      return switch (random.nextInt(4)) {
        case 0 -> "not (" + left + ")";
        case 1 -> "(" + left + ") or " + condition(random, depth - 1);
        case 2 -> "NOT " + left.replaceAll("^not ", "") + " and " + condition(random, depth - 1);
        default -> "(" + left + " AND " + condition(random, depth - 1) + ")";
      };
    }
    String sign = List.of("=", "<>", "<", ">", "<=", ">=", "!=").get(random.nextInt(7));
    return switch (random.nextInt(9)) {
      case 0 -> "a is null";
      case 1 -> "b IS NOT NULL";
      case 2 -> "a " + sign + " " + (random.nextInt(4) - 1);
      case 3 -> "b " + sign + " 'it''s'";
      case 4 -> "b not in ('x', '')";
      case 5 -> "a in (0, 2, null)";
      case 6 -> "c";
      case 7 -> "a between -1 and 1";
      default -> "price " + sign + " 0.075";
    };
  }

  @Test
  void whatOnlyTheDatabaseCouldSayIsRefused() {
    for (String where :
        List.of(
            "lower(b) = 'x'",
            "a = b",
            "a + 1 = 2",
            "b like 'x%'",
            "exists (select 1)",
            "a = 1; drop table t",
            "a = 1 -- true",
            "a is",
            "(a = 1",
            "a = 1 or",
            "b = 'x",
            "b = 'back\\slash'",
            "",
            "not",
            "nothing = 1",
            "a = 'x'",
            "a between 1",
            "5 = a")) {
      assertThatThrownBy(() -> ConditionParser.parse(where, TABLE))
          .as(where)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> ConditionParser.parse("lower(b) = 'x'", TABLE))
        .hasMessageContaining("calls lower(…)")
        .hasMessageContaining("is not null");
    assertThatThrownBy(() -> ConditionParser.parse("(".repeat(1_000), TABLE))
        .hasMessageContaining("nested deeper");
  }

  @Test
  void textWithACollationIsTriedHereAndNotOrdered() {
    Table collated =
        table(
            "t",
            required("id", Kind.INTEGER),
            new Column("b", type(Kind.TEXT, 0, -1), true, false, false, false));
    assertThat(ConditionParser.parse("b = 'x'", collated).alike()).isFalse();
    assertThat(ConditionParser.parse("id = 1 and b is null", collated).alike()).isTrue();
    assertThatThrownBy(() -> ConditionParser.parse("b > 'x'", collated))
        .hasMessageContaining("in its own way");
  }

  @Test
  void infinitiesAreBeyondEverything() {
    Table timed = table("t", required("id", Kind.INTEGER), column("at", Kind.DATE));
    Condition after = ConditionParser.parse("at > '2024-01-01'", timed).condition();
    assertThat(after.of(row(1L, Special.INFINITY).cells())).isEqualTo(Truth.TRUE);
    assertThat(after.of(row(1L, Special.MINUS_INFINITY).cells())).isEqualTo(Truth.FALSE);
    assertThat(after.of(row(1L, java.time.LocalDate.of(2024, 1, 2)).cells())).isEqualTo(Truth.TRUE);
  }

  @Test
  void aColumnThatTheChangeLeftOutIsNotGuessed() {
    assertThatThrownBy(() -> truth("b is null", 1L, null, Special.UNCHANGED, null, null))
        .isInstanceOf(CellRefused.class)
        .hasMessageContaining("whole rows");
  }
}
