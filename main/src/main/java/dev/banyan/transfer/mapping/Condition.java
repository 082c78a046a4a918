package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Key;
import dev.banyan.transfer.table.Special;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The `where` of a table, tried on rows as SQL would: what is not known to be true is left out.
///
/// Text is compared byte for byte, whatever the column's collation.
sealed interface Condition {
  /// @throws CellRefused where a change left out a cell that it takes
  Truth of(@Nullable Object[] row);

  enum Truth {
    TRUE,
    FALSE,
    UNKNOWN;

    Truth not() {
      return switch (this) {
        case TRUE -> FALSE;
        case FALSE -> TRUE;
        case UNKNOWN -> UNKNOWN;
      };
    }

    static Truth of(boolean truth) {
      return truth ? TRUE : FALSE;
    }
  }

  record Always() implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      return Truth.TRUE;
    }
  }

  record IsNull(int column) implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      return Truth.of(cell(row, column) == null);
    }
  }

  /// A column of truth values alone.
  record IsTrue(int column) implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      Object cell = cell(row, column);
      return cell == null ? Truth.UNKNOWN : Truth.of(Boolean.TRUE.equals(cell));
    }
  }

  record Compared(int column, Comparison comparison, Object value) implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      Object cell = cell(row, column);
      return cell == null ? Truth.UNKNOWN : Truth.of(comparison.holds(order(cell, value)));
    }
  }

  enum Comparison {
    EQUAL,
    DIFFERENT,
    LESS,
    GREATER,
    AT_MOST,
    AT_LEAST;

    boolean holds(int order) {
      return switch (this) {
        case EQUAL -> order == 0;
        case DIFFERENT -> order != 0;
        case LESS -> order < 0;
        case GREATER -> order > 0;
        case AT_MOST -> order <= 0;
        case AT_LEAST -> order >= 0;
      };
    }
  }

  /// @param withNull whether NULL is in the list: then nothing is known not to be in it
  record In(int column, List<Object> values, boolean withNull) implements Condition {
    public In {
      values = List.copyOf(values);
    }

    @Override
    public Truth of(@Nullable Object[] row) {
      Object cell = cell(row, column);
      if (cell == null) {
        return Truth.UNKNOWN;
      }
      for (Object value : values) {
        if (order(cell, value) == 0) {
          return Truth.TRUE;
        }
      }
      return withNull ? Truth.UNKNOWN : Truth.FALSE;
    }
  }

  record Not(Condition condition) implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      return condition.of(row).not();
    }
  }

  record And(Condition left, Condition right) implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      Truth first = left.of(row);
      Truth second = first == Truth.FALSE ? first : right.of(row);
      return first == Truth.TRUE || second == Truth.FALSE ? second : first;
    }
  }

  record Or(Condition left, Condition right) implements Condition {
    @Override
    public Truth of(@Nullable Object[] row) {
      Truth first = left.of(row);
      Truth second = first == Truth.TRUE ? first : right.of(row);
      return first == Truth.FALSE || second == Truth.TRUE ? second : first;
    }
  }

  private static @Nullable Object cell(@Nullable Object[] row, int column) {
    Object cell = row[column];
    if (cell == Special.UNCHANGED) {
      throw new CellRefused(
          "the change left out a column that `where` takes: the log must carry whole rows");
    }
    return cell;
  }

  private static int order(Object cell, Object value) {
    return Special.class == cell.getClass()
        ? special((Special) cell)
        : Key.of(cell).compareTo(Key.of(value));
  }

  private static int special(Special cell) {
    return switch (cell) {
      case MINUS_INFINITY, ZERO_DATE -> -1;
      case INFINITY, NAN, UNCHANGED -> 1;
    };
  }
}
