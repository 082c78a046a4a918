package dev.banyan.transfer.table;

import org.jspecify.annotations.Nullable;

/// The cells of one row, in the order of its table's columns; see [Type.Kind] for what they are.
///
/// The array is the row's own and is never written to after it was handed over; it is not copied,
/// because millions of rows pass by.
///
/// @param cells shape: one for each column
@SuppressWarnings("ArrayRecordComponent")
public record Row(@Nullable Object[] cells) {
  public @Nullable Object cell(int column) {
    return cells[column];
  }

  /// @throws IllegalStateException where a cell of the key is NULL
  public Key key(int[] columns) {
    Object[] key = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      Object cell = cells[columns[i]];
      if (cell == null) {
        throw new IllegalStateException("a cell of the key is NULL");
      }
      key[i] = cell;
    }
    return Key.of(key);
  }
}
