package dev.banyan.transfer.mapping;

/// A cell has no counterpart. Whoever knows row and column makes a
/// [dev.banyan.transfer.engine.RowRefused] of it.
///
/// Unchecked, because it comes out of converters by the hundred; it never leaves the package.
final class CellRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param why without the value itself, which may be a secret
  CellRefused(String why) {
    super(why);
  }
}
