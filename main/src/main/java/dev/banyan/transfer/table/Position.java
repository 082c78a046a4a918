package dev.banyan.transfer.table;

/// A place in a source's log. Later commits have greater positions.
///
/// @param file the number in a binary log's file name; 0 where a log is not in files
/// @param offset PostgreSQL's LSN, the offset within a binary log's file, or the number of an entry
///   in a change log that triggers keep
public record Position(long file, long offset) implements Comparable<Position> {
  public static final Position START = new Position(0, 0);

  /// Reads what [#toString] writes.
  ///
  /// @throws IllegalArgumentException for anything else
  public static Position parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not a position: " + text);
    }
    return new Position(
        Long.parseUnsignedLong(text.substring(0, slash)),
        Long.parseUnsignedLong(text.substring(slash + 1)));
  }

  @Override
  public int compareTo(Position other) {
    int byFile = Long.compareUnsigned(file, other.file);
    return byFile != 0 ? byFile : Long.compareUnsigned(offset, other.offset);
  }

  @Override
  public String toString() {
    return Long.toUnsignedString(file) + "/" + Long.toUnsignedString(offset);
  }
}
