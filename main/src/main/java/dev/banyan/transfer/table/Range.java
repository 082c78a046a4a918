package dev.banyan.transfer.table;

import java.util.Optional;

/// The keys beyond one and up to another: a chunk of a table. Without bounds it is the whole table.
///
/// @param after the first key that is not in it any more, going down
/// @param upTo the last key that is in it
public record Range(Optional<Key> after, Optional<Key> upTo) {
  public static final Range ALL = new Range(Optional.empty(), Optional.empty());

  public boolean contains(Key key) {
    return after.map(bound -> key.compareTo(bound) > 0).orElse(true)
        && upTo.map(bound -> key.compareTo(bound) <= 0).orElse(true);
  }

  @Override
  public String toString() {
    return "("
        + after.map(Key::toString).orElse("-∞")
        + ", "
        + upTo.map(Key::toString).orElse("+∞")
        + "]";
  }
}
