package dev.banyan.transfer.mapping;

import dev.banyan.transfer.engine.Expressions;
import dev.banyan.transfer.engine.Expressions.Expression;
import dev.banyan.transfer.table.Special;
import dev.banyan.transfer.table.Type.Kind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A column that the databases compute: there by one expression, and back by another.
///
/// @param source computes `forward`
/// @param target computes `back`
/// @param back null where nothing comes back
/// @param tried whether what comes out is taken back and compared
/// @param fit null where everything fits
record Computing(
    Expressions source,
    Expression forward,
    Expressions target,
    @Nullable Expression back,
    boolean tried,
    @Nullable Fit fit) {

  /// The cells that an expression names, equal by value.
  @SuppressWarnings("ArrayRecordComponent")
  record Inputs(@Nullable Object[] cells) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Inputs inputs && Arrays.deepEquals(cells, inputs.cells);
    }

    @Override
    public int hashCode() {
      return Arrays.deepHashCode(cells);
    }

    boolean leftOut() {
      return Arrays.asList(cells).contains(Special.UNCHANGED);
    }
  }

  /// What an expression comes to.
  ///
  /// @param refused why there is no value; null where there is
  record Value(@Nullable Object cell, @Nullable String refused) {
    @Nullable Object orRefuse() {
      if (refused != null) {
        throw new CellRefused(refused);
      }
      return cell;
    }
  }

  Map<Inputs, Value> there(Collection<Inputs> all) throws SQLException {
    Map<Inputs, Value> values = computed(source, forward, all);
    return tried && back != null ? tried(values, back) : values;
  }

  /// @throws IllegalStateException where nothing comes back
  Map<Inputs, Value> again(Collection<Inputs> all) throws SQLException {
    if (back == null) {
      throw new IllegalStateException("the rule has no inverse");
    }
    return computed(target, back, all);
  }

  private Map<Inputs, Value> tried(Map<Inputs, Value> values, Expression inverse)
      throws SQLException {
    List<Inputs> made = new ArrayList<>();
    values.values().stream()
        .filter(value -> value.refused() == null)
        .forEach(value -> made.add(new Inputs(new @Nullable Object[] {value.cell()})));
    Map<Inputs, Value> again = computed(target, inverse, made);
    Map<Inputs, Value> tried = new HashMap<>();
    values.forEach((inputs, value) -> {
      Value returned = again.get(new Inputs(new @Nullable Object[] {value.cell()}));
      boolean same =
          returned != null
              && returned.refused() == null
              && Cells.same(inputs.cells()[0], returned.cell());
      tried.put(
          inputs,
          value.refused() != null || same
              ? value
              : new Value(
                  null,
                  "the value can not be brought back: `inverse` gives another one; mend it, or"
                      + " declare `lossy`"));
    });
    return tried;
  }

  private Map<Inputs, Value> computed(
      Expressions where, Expression expression, Collection<Inputs> all) throws SQLException {
    Set<Inputs> distinct = new LinkedHashSet<>(all);
    distinct.removeIf(Inputs::leftOut);
    Map<Inputs, Value> values = new HashMap<>();
    compute(where, expression, List.copyOf(distinct), values);
    return values;
  }

  /// Where the database has no value for some row, its half is asked for in halves until that row
  /// is alone.
  private void compute(
      Expressions where, Expression expression, List<Inputs> rows, Map<Inputs, Value> into)
      throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try {
      List<@Nullable Object> cells =
          where.evaluate(expression, rows.stream().map(Inputs::cells).toList());
      for (int i = 0; i < rows.size(); i++) {
        into.put(rows.get(i), value(expression, cells.get(i)));
      }
    } catch (SQLException | IllegalArgumentException e) {
      String state = e instanceof SQLException sql ? sql.getSQLState() : "22000";
      if (state == null || !state.startsWith("22")) {
        throw e;
      }
      if (rows.size() == 1) {
        into.put(
            rows.getFirst(),
            new Value(
                null,
                "`sql` has no value for it (SQLSTATE " + state + ", `" + expression.sql() + "`)"));
        return;
      }
      int half = rows.size() / 2;
      compute(where, expression, rows.subList(0, half), into);
      compute(where, expression, rows.subList(half, rows.size()), into);
    }
  }

  private Value value(Expression expression, @Nullable Object cell) {
    Object plain =
        cell instanceof String text && expression.result().kind() == Kind.CHAR
            ? TextConversions.stripped(text)
            : cell;
    if (plain != null && fit != null && expression.equals(forward)) {
      try {
        fit.check(plain);
      } catch (CellRefused e) {
        return new Value(null, String.valueOf(e.getMessage()));
      }
    }
    return new Value(plain, null);
  }
}
