package dev.banyan.transfer.engine;

import dev.banyan.transfer.table.Column;
import dev.banyan.transfer.table.Type;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Has a database compute expressions of the user's over cells that are at hand.
///
/// The cells go there as literals of their columns' types, many rows in one statement that reads no
/// table. So it does not matter whether a row came from a chunk, from the log or from a comparison.
/// May be used by many threads.
public interface Expressions {
  /// @param inputs the columns that it names, of this database
  /// @param sql in this database's words
  /// @param result what it is to give; of either database
  record Expression(List<Column> inputs, String sql, Type result) {
    public Expression {
      inputs = List.copyOf(inputs);
      Objects.requireNonNull(sql);
      Objects.requireNonNull(result);
    }
  }

  /// Asks whether it gives the same value for the same cells at any time: whether the database
  /// would take it for a generated column that is stored.
  ///
  /// @return why it does not, for people; empty where it does
  Optional<String> refusal(Expression expression) throws SQLException;

  /// Computes the value of each row, in their order. Nothing can be written meanwhile.
  ///
  /// @param rows the cells of the inputs
  /// @throws SQLException of class 22 where a row has no such value
  /// @throws IllegalArgumentException where the database has no such cell
  List<@Nullable Object> evaluate(Expression expression, List<@Nullable Object[]> rows)
      throws SQLException;

  /// Of an engine that computes none.
  record None(String product) implements Expressions {
    @Override
    public Optional<String> refusal(Expression expression) {
      return Optional.of(
          product
              + " is not asked for expressions: use `split`, `merge`, `convert` or `default`, or"
              + " let the target compute the column (generated always as …)");
    }

    @Override
    public List<@Nullable Object> evaluate(Expression expression, List<@Nullable Object[]> rows)
        throws SQLException {
      throw new SQLException(product + " is not asked for expressions");
    }
  }
}
