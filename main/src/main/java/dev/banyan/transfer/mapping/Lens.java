package dev.banyan.transfer.mapping;

import dev.banyan.transfer.table.Special;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes some cells of a source's row to some of a target's, and back.
///
/// A cell that a change left out comes out left out. Everything else that has no counterpart is a
/// [CellRefused].
sealed interface Lens
    permits Computed, Lens.Converted, Lens.Copy, Lens.Fixed, Lens.Merge, Lens.Split, Mapped {
  /// The source's columns that it reads.
  int[] sources();

  /// The target's columns that it writes.
  int[] targets();

  /// The source's columns that [#back] writes.
  default int[] given() {
    return sources();
  }

  void forward(@Nullable Object[] source, @Nullable Object[] target);

  void back(@Nullable Object[] target, @Nullable Object[] source);

  /// What it does, in words that do not change: part of the mapping's hash.
  String says();

  /// Whether a row can only be mapped once [#knowing] has asked about it.
  default boolean asks() {
    return false;
  }

  /// The same lens with the answers to what these rows raise; it maps no others.
  ///
  /// @param rows the source's cells, or the target's on the way back
  default Lens knowing(List<@Nullable Object[]> rows, boolean forward) throws SQLException {
    return this;
  }

  /// The same lens for whoever only compares.
  default Lens looking() {
    return this;
  }

  /// Whether nothing can be lost.
  default boolean lossless() {
    return true;
  }

  /// One cell as it is.
  record Copy(int from, int to) implements Lens {
    @Override
    public int[] sources() {
      return new int[] {from};
    }

    @Override
    public int[] targets() {
      return new int[] {to};
    }

    @Override
    public void forward(@Nullable Object[] source, @Nullable Object[] target) {
      target[to] = source[from];
    }

    @Override
    public void back(@Nullable Object[] target, @Nullable Object[] source) {
      source[from] = target[to];
    }

    @Override
    public String says() {
      return "copy";
    }
  }

  /// One cell converted.
  ///
  /// @param tried whether what comes out is taken back and compared
  /// @param fit null where everything fits
  /// @param specials null where the special values have no counterpart
  /// @param standard stands for NULL on the target; null keeps NULL
  record Converted(
      int from,
      int to,
      Conversion conversion,
      boolean tried,
      @Nullable Fit fit,
      Specials specials,
      @Nullable Object standard,
      boolean nullable)
      implements Lens {
    @Override
    public int[] sources() {
      return new int[] {from};
    }

    @Override
    public int[] targets() {
      return new int[] {to};
    }

    @Override
    public void forward(@Nullable Object[] source, @Nullable Object[] target) {
      Object cell = source[from];
      if (cell == null) {
        target[to] = standard;
      } else if (cell instanceof Special special) {
        target[to] = specials.of(special, standard);
      } else {
        target[to] = converted(cell);
      }
    }

    private Object converted(Object cell) {
      Object converted = conversion.forward().apply(cell);
      if (tried && !Cells.same(cell, conversion.back().apply(converted))) {
        throw new CellRefused(
            "the value can not be brought back (" + conversion.name() + "); declare it `lossy`");
      }
      if (fit != null) {
        fit.check(converted);
      }
      if (tried && nullable && standard != null && Cells.same(standard, converted)) {
        throw new CellRefused(
            "the value is the one that `default` puts for NULL, and would come back as NULL;"
                + " declare another, or `lossy`");
      }
      return converted;
    }

    @Override
    public void back(@Nullable Object[] target, @Nullable Object[] source) {
      Object cell = target[to];
      boolean wasNull =
          cell == null || (standard != null && nullable && Cells.same(standard, cell));
      if (wasNull) {
        source[from] = null;
      } else if (cell instanceof Special special) {
        source[from] = specials.of(special, null);
      } else if (cell != null) {
        source[from] = conversion.back().apply(cell);
      }
    }

    @Override
    public boolean lossless() {
      return tried || conversion.loss() == Conversion.Loss.NONE;
    }

    @Override
    public String says() {
      return conversion.name()
          + specials.says()
          + (standard == null ? "" : ", default " + standard);
    }
  }

  /// What becomes of the values that Java has no type for.
  ///
  /// @param kept both sides are one engine and have them
  /// @param zeroDates null where a date of zeros is refused
  record Specials(boolean kept, @Nullable ZeroDates zeroDates) {
    /// @param cell null for NULL
    record ZeroDates(@Nullable Object cell) {}

    @Nullable Object of(Special special, @Nullable Object standard) {
      if (special == Special.UNCHANGED || kept) {
        return special;
      }
      if (special == Special.ZERO_DATE && zeroDates != null) {
        return zeroDates.cell() == null ? standard : zeroDates.cell();
      }
      throw new CellRefused(
          switch (special) {
            case ZERO_DATE ->
                "a date of zeros, which the target does not have: declare `convert: zero-dates"
                    + " null` with `lossy`";
            case INFINITY, MINUS_INFINITY -> "an infinity, which the target does not have";
            case NAN -> "a number that is none (NaN), which the target does not have";
            case UNCHANGED -> "a cell that the change left out";
          });
    }

    String says() {
      return zeroDates == null ? "" : ", zero-dates " + zeroDates.cell();
    }
  }

  /// A value that the source does not have.
  record Fixed(int to, @Nullable Object cell) implements Lens {
    @Override
    public int[] sources() {
      return new int[0];
    }

    @Override
    public int[] targets() {
      return new int[] {to};
    }

    @Override
    public void forward(@Nullable Object[] source, @Nullable Object[] target) {
      target[to] = cell;
    }

    @Override
    public void back(@Nullable Object[] target, @Nullable Object[] source) {
      // the source has no such column
    }

    @Override
    public String says() {
      return "constant " + (cell instanceof byte[] bytes ? Arrays.toString(bytes) : cell);
    }
  }

  /// One text in several, the last of which takes all that is left. Where there are fewer parts
  /// than columns the rest is NULL.
  ///
  /// @param missing what stands where a part is missing; null for NULL
  @SuppressWarnings("ArrayRecordComponent") // read for each row, and never written to
  record Split(
      int from,
      String separator,
      int[] targets,
      @Nullable Fit[] fits,
      boolean tried,
      @Nullable String missing)
      implements Lens {
    @Override
    public int[] sources() {
      return new int[] {from};
    }

    @Override
    public void forward(@Nullable Object[] source, @Nullable Object[] target) {
      Object cell = source[from];
      if (!(cell instanceof String text)) {
        Parts.fill(target, targets, cell);
        return;
      }
      Parts.cut(text, separator, target, targets, missing);
      for (int i = 0; i < targets.length; i++) {
        Fit fit = fits[i];
        Object part = target[targets[i]];
        if (fit != null && part != null) {
          fit.check(part);
        }
      }
      if (tried && !text.equals(Parts.joined(target, targets, separator, true))) {
        throw new CellRefused("split, the text can not be brought back; declare it `lossy`");
      }
    }

    @Override
    public void back(@Nullable Object[] target, @Nullable Object[] source) {
      source[from] = Parts.joined(target, targets, separator, false);
    }

    @Override
    public boolean lossless() {
      return tried;
    }

    @Override
    public String says() {
      return "split " + Parts.quoted(separator) + (missing == null ? "" : ", none is empty");
    }
  }

  /// Several texts in one: the inverse of [Split].
  @SuppressWarnings("ArrayRecordComponent") // read for each row, and never written to
  record Merge(int[] sources, String separator, int to, @Nullable Fit fit, boolean tried)
      implements Lens {
    @Override
    public int[] targets() {
      return new int[] {to};
    }

    @Override
    public void forward(@Nullable Object[] source, @Nullable Object[] target) {
      Object joined = Parts.joined(source, sources, separator, tried);
      if (joined instanceof String text) {
        if (tried) {
          tried(text, source);
        }
        if (fit != null) {
          fit.check(text);
        }
      }
      target[to] = joined;
    }

    private void tried(String text, @Nullable Object[] source) {
      @Nullable Object[] again = new Object[source.length];
      Parts.cut(text, separator, again, sources, null);
      for (int column : sources) {
        if (!Cells.same(source[column], again[column])) {
          throw new CellRefused(
              "merged, the texts can not be told apart again; declare it `lossy`");
        }
      }
    }

    @Override
    public void back(@Nullable Object[] target, @Nullable Object[] source) {
      if (target[to] instanceof String text) {
        Parts.cut(text, separator, source, sources, null);
      } else {
        Parts.fill(source, sources, target[to]);
      }
    }

    @Override
    public boolean lossless() {
      return tried;
    }

    @Override
    public String says() {
      return "merge " + Parts.quoted(separator);
    }
  }

  /// Texts in pieces.
  final class Parts {
    private Parts() {}

    /// A whole that is NULL, or that a change left out, is so in all its parts.
    static void fill(@Nullable Object[] cells, int[] columns, @Nullable Object cell) {
      if (cell != null && !(cell instanceof Special)) {
        throw new CellRefused("a value that is not text");
      }
      for (int column : columns) {
        cells[column] = cell;
      }
    }

    static void cut(
        String text,
        String separator,
        @Nullable Object[] cells,
        int[] columns,
        @Nullable String missing) {
      int from = 0;
      for (int i = 0; i < columns.length; i++) {
        if (from < 0) {
          cells[columns[i]] = missing;
          continue;
        }
        int end = i == columns.length - 1 ? -1 : text.indexOf(separator, from);
        cells[columns[i]] = end < 0 ? text.substring(from) : text.substring(from, end);
        from = end < 0 ? -1 : end + separator.length();
      }
    }

    /// @param strict a part that is missing before another is refused, not passed over
    static @Nullable Object joined(
        @Nullable Object[] cells, int[] columns, String separator, boolean strict) {
      StringBuilder text = new StringBuilder();
      int parts = 0;
      boolean missing = false;
      for (int column : columns) {
        Object cell = cells[column];
        if (cell instanceof Special special) {
          return leftOut(cells, columns, special);
        }
        if (cell == null) {
          missing = true;
          continue;
        }
        if (missing && strict) {
          throw new CellRefused("a part is NULL before another that is not; declare it `lossy`");
        }
        text.append(parts++ == 0 ? "" : separator).append((String) cell);
      }
      return parts == 0 ? null : text.toString();
    }

    private static Object leftOut(@Nullable Object[] cells, int[] columns, Special special) {
      for (int column : columns) {
        if (cells[column] != special) {
          throw new CellRefused(
              "the change left out one of the columns that are merged: the log must carry whole"
                  + " rows");
        }
      }
      return special;
    }

    static String quoted(String separator) {
      return List.of(separator).toString();
    }
  }
}
