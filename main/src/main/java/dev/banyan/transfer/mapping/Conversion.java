package dev.banyan.transfer.mapping;

import java.util.function.UnaryOperator;

/// Takes the cells of one type to another, and back. Cells are neither NULL nor special.
///
/// @param name for people and for the mapping's hash
/// @param loss what may become of a value on the way there and back
/// @param ordered whether greater cells stay greater
record Conversion(
    String name,
    UnaryOperator<Object> forward,
    UnaryOperator<Object> back,
    Loss loss,
    boolean ordered)
    implements Found {

  enum Loss {
    /// every value comes back
    NONE,
    /// values come back, or are refused: each is tried
    TRIED,
    /// most values do not come back: to be declared
    CERTAIN
  }

  static final Conversion COPY =
      new Conversion("copy", UnaryOperator.identity(), UnaryOperator.identity(), Loss.NONE, true);

  static Conversion exact(String name, UnaryOperator<Object> forward, UnaryOperator<Object> back) {
    return new Conversion(name, forward, back, Loss.NONE, false);
  }

  static Conversion tried(String name, UnaryOperator<Object> forward, UnaryOperator<Object> back) {
    return new Conversion(name, forward, back, Loss.TRIED, false);
  }

  Conversion inOrder() {
    return new Conversion(name, forward, back, loss, true);
  }

  /// The same, as it is where the values are tried and those that are rounded are refused.
  Conversion onlyExact() {
    return new Conversion(name, forward, back, Loss.TRIED, ordered);
  }

  /// Whether cells stay what they are.
  boolean copies() {
    return name.equals(COPY.name);
  }

  Conversion otherWay() {
    UnaryOperator<Object> there = back;
    UnaryOperator<Object> again = forward;
    return new Conversion(name + ", the other way", there, again, loss, ordered);
  }

  Conversion then(Conversion next) {
    if (next.copies()) {
      return this;
    }
    if (copies()) {
      return next;
    }
    UnaryOperator<Object> first = forward;
    UnaryOperator<Object> second = next.forward;
    UnaryOperator<Object> secondBack = next.back;
    UnaryOperator<Object> firstBack = back;
    return new Conversion(
        name + ", " + next.name,
        cell -> second.apply(first.apply(cell)),
        cell -> firstBack.apply(secondBack.apply(cell)),
        loss.compareTo(next.loss) > 0 ? loss : next.loss,
        ordered && next.ordered);
  }
}
